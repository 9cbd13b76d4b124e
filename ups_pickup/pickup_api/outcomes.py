"""How did a call to UPS end? One type for each thing that a caller can do about it."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal

NO_CONNECTION = "no_connection"
CONNECTION_LOST = "connection_lost"
TIMED_OUT = "timed_out"
HTTP_STATUS = "http_status"
UNREADABLE = "unreadable"
NOT_SAID = "not_said"
NO_PRN = "no_prn"
NO_PRICE = "no_price"
REFUSED = "refused"
REASONS = (
    NO_CONNECTION, CONNECTION_LOST, TIMED_OUT, HTTP_STATUS, UNREADABLE, NOT_SAID, NO_PRN, NO_PRICE,
)  # fmt: skip
"""Why there is no usable answer; ``not_said``: UPS calls it neither good nor failed."""


@dataclass(frozen=True, slots=True)
class Alert:
    """What UPS adds to an answer that is good."""

    code: str
    words: str


@dataclass(frozen=True, slots=True)
class ChargeLine:
    """One of the charges.

    :param kind: A accessorial, B base, S surcharge, or what else UPS says.
    """

    kind: str
    words: str
    amount: Decimal | None
    incented_amount: Decimal | None = None
    tax: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Charge:
    """What UPS says it costs. UPS merges a day's requests when it bills: a sum is no cost.

    :param total: the grand total, taxes included where they were asked for.
    :param currency: three letters, or None when UPS did not say.
    :param day: ``same``, ``future``, or None.
    :param incented_total: with discounts, where UPS says so.
    """

    total: Decimal
    currency: str | None = None
    day: str | None = None
    lines: tuple[ChargeLine, ...] = ()
    total_tax: Decimal | None = None
    incented_total: Decimal | None = None
    pre_tax_total: Decimal | None = None
    disclaimer: str | None = None

    @property
    def payable(self) -> Decimal:
        """The total, with discounts where there are any."""
        return self.total if self.incented_total is None else self.incented_total


@dataclass(frozen=True, slots=True)
class Booked:
    """A driver comes.

    :param prn: what the driver and UPS's telephone ask for.
    :param charge: None when UPS named none.
    :param rate_status: 01 priced, 02 no price, 03 none applies, 04 not asked.
    :param service_date: of a smart trigger: the day that UPS chose.
    :param was_there: of a smart trigger: that day already had a pickup, and this is its PRN.
    """

    prn: str
    charge: Charge | None = None
    alerts: tuple[Alert, ...] = ()
    rate_status: str | None = None
    service_date: datetime.date | None = None
    was_there: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """UPS said no, and nothing was done.

    :param code: UPS's, or None.
    :param words: UPS's own, fit to show; may be empty.
    :param field: as ``problems()`` would name it, None when that cannot be told.
    :param retry_after: seconds, where UPS asked for a pause.
    """

    code: str | None
    words: str
    http_status: int
    field: str | None = None
    retry_after: int | None = None

    @property
    def is_of_all(self) -> bool:
        """Whether the next request would be refused, too: too many, or the application's rights.

        The Pickup API's own codes begin with 95; those of the gateway before it with 25.
        """
        is_right = self.http_status in (401, 403) and not (self.code or "").startswith("95")
        return is_right or self.http_status == 429


@dataclass(frozen=True, slots=True)
class NeverLeft:
    """Not one byte of it has reached UPS.

    :param reason: see ``REASONS``.
    :param detail: for a log: an exception's name.
    """

    reason: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Unknown:
    """UPS may have done it or not: never send it again, look it up.

    :param reason: see ``REASONS``.
    :param detail: for a log: an exception's name, or ``HTTP 503``.
    """

    reason: str
    detail: str = ""
    http_status: int | None = None

    @property
    def is_of_all(self) -> bool:
        """Whether the next request would fare no better: a gateway says that there are too many."""
        return self.http_status == 429


@dataclass(frozen=True, slots=True)
class Priced:
    """UPS's price."""

    charge: Charge
    alerts: tuple[Alert, ...] = ()


@dataclass(frozen=True, slots=True)
class NotAnswered:
    """No price; nothing was done, and it may be asked again."""

    reason: str
    detail: str = ""
    http_status: int | None = None


@dataclass(frozen=True, slots=True)
class Cancelled:
    """UPS has cancelled it.

    :param kind: ``oncall``, ``smart``, or None when UPS did not say.
    """

    kind: str | None = None
    status_code: str | None = None
    alerts: tuple[Alert, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """A pickup that UPS lists.

    :param kind: ``oncall``, ``smart``, or None.
    :param code: three digits, see ``codes.meaning(kind, code)``; None when UPS named none.
    :param reference: the one of the request; of a merged one it may be the other's.
    """

    prn: str
    kind: str | None = None
    service_date: datetime.date | None = None
    code: str | None = None
    message: str = ""
    billing_code: str | None = None
    contact_name: str = ""
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """UPS's incomplete pickups of an account, today's and tomorrow's.

    :param is_whole: whether it is a whole answer: Code 1, and each entry has
        a PRN. Only then does what is *not* in it mean anything; what is in it always counts.
    """

    entries: tuple[Entry, ...]
    is_whole: bool
    alerts: tuple[Alert, ...] = ()


@dataclass(frozen=True, slots=True)
class NoLook:
    """An answer that says nothing about pickups.

    :param reason: see ``REASONS``, or ``REFUSED``.
    :param refusal: UPS's words where it refused, for example 9510154: not the user's account.
    """

    reason: str
    detail: str = ""
    http_status: int | None = None
    refusal: Refused | None = None
