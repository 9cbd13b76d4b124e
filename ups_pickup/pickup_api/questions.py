"""What can be asked of UPS? A price, a pickup, a smart trigger: each makes UPS's JSON, or says why
it must not be sent."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal

from . import codes, problems
from .parts import (
    Account,
    PickupAddress,
    Piece,
    PriceAddress,
    common,
    common_problems,
    date_info,
    indicator,
    pieces_problems,
    without_empty,
)
from .problems import Checked, Problem, inside

MOST_TRACKING_NUMBERS = 30
_EMAIL = r"[^@\s]+@[^@\s]+"


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceRequest(Checked):
    """What would it cost? Books nothing. It depends on address, day and account, on no weight.

    :param is_account_address: whether it is the account's own address.
    :param service_day: ``codes.SAME_DAY``, ``FUTURE_DAY``, or ``THAT_DAY``, which needs date and
        both hours; all local to the address.
    :param account: None asks for the price of whoever has none.
    :param sub_version: "2007" has UPS itemize what it charges.
    """

    address: PriceAddress
    is_account_address: bool
    service_day: str
    date: datetime.date | None = None
    ready_time: datetime.time | None = None
    close_time: datetime.time | None = None
    account: Account | None = None
    rate_chart: str | None = None
    with_taxes: bool = False
    sub_version: str | None = "2007"
    context: str | None = None

    def problems(self) -> list[Problem]:
        """See :class:`Checked`."""
        says_when = any((self.date, self.ready_time, self.close_time))
        needs_when = says_when or self.service_day == codes.THAT_DAY
        when = (self.date, self.ready_time, self.close_time)
        return [
            *inside("address", self.address.problems()),
            *problems.yes_or_no("is_account_address", self.is_account_address),
            *problems.one_of("service_day", self.service_day, codes.SERVICE_DAYS),
            *(problems.window(*when) if needs_when else ()),
            *(inside("account", self.account.problems()) if self.account else ()),
            *problems.one_of("rate_chart", self.rate_chart, codes.RATE_CHARTS, required=False),
            *problems.yes_or_no("with_taxes", self.with_taxes),
            *common_problems(self.sub_version, self.context),
        ]

    def as_json(self) -> dict:
        """Return the whole body.

        :raise PickupValueError: see ``problems``.
        """
        self.check()
        when = (self.date, self.ready_time, self.close_time)
        content = {
            "ShipperAccount": self.account and self.account.as_json(),
            "PickupAddress": self.address.as_json(),
            "AlternateAddressIndicator": indicator(not self.is_account_address),
            "ServiceDateOption": self.service_day,
            "PickupDateInfo": date_info(*when) if self.date else None,
            "RateChartType": self.rate_chart,
            "TaxInformationIndicator": indicator(self.with_taxes),
        }
        request = common(self.sub_version, self.context)
        return {"PickupRateRequest": {"Request": request, **without_empty(content)}}


@dataclass(frozen=True, slots=True, kw_only=True)
class PickupRequest(Checked):
    """A driver, please. Sent, it books, whatever ``with_price`` says.

    :param date: local to the address, as both hours are.
    :param account: needed where it pays (payment method 01), good to send always.
    :param weight: of all pieces, up to 9,999.9; None leaves it out.
    :param weight_unit: ``LBS`` or ``KGS``.
    :param is_overweight: if any one package is over 70 lb or 32 kg.
    :param tracking_numbers: at most 30 of 18; needed where one pays (04).
    :param instruction: 57 characters.
    :param reference: 35; the only value of ours that UPS tells again, so make it unique.
    :param with_price: whether UPS says what it charges; it books either way.
    """

    address: PickupAddress
    is_account_address: bool
    date: datetime.date
    ready_time: datetime.time
    close_time: datetime.time
    pieces: tuple[Piece, ...]
    payment_method: str = "01"
    account: Account | None = None
    weight: Decimal | float | None = None
    weight_unit: str = "LBS"
    is_overweight: bool = False
    tracking_numbers: tuple[str, ...] = ()
    instruction: str | None = None
    reference: str | None = None
    has_labels: bool = False
    confirmation_email: str | None = None
    undeliverable_email: str | None = None
    with_price: bool = True
    rate_chart: str | None = None
    with_taxes: bool = False
    sub_version: str | None = "2007"
    context: str | None = None

    def problems(self) -> list[Problem]:
        """See :class:`Checked`."""
        return [
            *inside("address", self.address.problems()),
            *problems.window(self.date, self.ready_time, self.close_time),
            *pieces_problems(self.pieces),
            *self._payment_problems(),
            *self._weight_problems(),
            *self._text_problems(),
            *self._indicator_problems(),
            *problems.one_of("rate_chart", self.rate_chart, codes.RATE_CHARTS, required=False),
            *common_problems(self.sub_version, self.context),
        ]

    def _payment_problems(self) -> list[Problem]:
        found = problems.one_of("payment_method", self.payment_method, codes.PAYMENT_METHODS)
        if self.account:
            found += inside("account", self.account.problems())
        elif self.payment_method == "01":
            found.append(Problem("account", problems.REQUIRED))
        if self.payment_method == "04" and not self.tracking_numbers:
            found.append(Problem("tracking_numbers", problems.REQUIRED))
        if len(self.tracking_numbers) > MOST_TRACKING_NUMBERS:
            found.append(Problem("tracking_numbers", problems.TOO_MANY, MOST_TRACKING_NUMBERS))
        form = {"form": r"[A-Z0-9]{18}", "words": "18 capital letters and digits"}
        for number, value in enumerate(self.tracking_numbers):
            way = f"tracking_numbers.{number}"
            found += problems.text(way, value, 18, required=True, **form)
        return found

    def _weight_problems(self) -> list[Problem]:
        if self.weight is None:
            return []
        return [
            *problems.weight("weight", self.weight),
            *problems.one_of("weight_unit", self.weight_unit, codes.WEIGHT_UNITS),
        ]

    def _text_problems(self) -> list[Problem]:
        email = {"form": _EMAIL, "words": "an e-mail address"}
        return [
            *problems.text("instruction", self.instruction, 57),
            *problems.text("reference", self.reference, 35),
            *problems.text("confirmation_email", self.confirmation_email, 50, **email),
            *problems.text("undeliverable_email", self.undeliverable_email, 50, **email),
        ]

    def _indicator_problems(self) -> list[Problem]:
        names = ("is_account_address", "is_overweight", "has_labels", "with_price", "with_taxes")
        return [
            problem for name in names for problem in problems.yes_or_no(name, getattr(self, name))
        ]

    def as_json(self) -> dict:
        """Return the whole body.

        :raise PickupValueError: see ``problems``.
        """
        self.check()
        content = {
            "Request": common(self.sub_version, self.context),
            "RatePickupIndicator": indicator(self.with_price),
            "AlternateAddressIndicator": indicator(not self.is_account_address),
            "PickupDateInfo": date_info(self.date, self.ready_time, self.close_time),
            "PickupAddress": self.address.as_json(),
            "PickupPiece": [piece.as_json() for piece in self.pieces],
            "OverweightIndicator": indicator(self.is_overweight),
            "PaymentMethod": self.payment_method,
            "TaxInformationIndicator": indicator(self.with_taxes),
        }
        return {"PickupCreationRequest": content | without_empty(self._optional())}

    def _optional(self) -> dict:
        return {
            "RateChartType": self.rate_chart,
            "Shipper": {"Account": self.account.as_json()} if self.account else None,
            "TotalWeight": self._total_weight(),
            "TrackingData": [{"TrackingNumber": number} for number in self.tracking_numbers],
            "SpecialInstruction": self.instruction,
            "ReferenceNumber": self.reference,
            "ShippingLabelsAvailable": "Y" if self.has_labels else None,
            "Notification": without_empty(
                {
                    "ConfirmationEmailAddress": self.confirmation_email,
                    "UndeliverableEmailAddress": self.undeliverable_email,
                }
            ),
        }

    def _total_weight(self) -> dict | None:
        if self.weight is None:
            return None
        return {
            "Weight": str(problems.tenths(self.weight)),
            "UnitOfMeasurement": self.weight_unit,
        }


@dataclass(frozen=True, slots=True)
class SmartTrigger(Checked):
    """A driver for an account with a Smart Pickup contract. To try it is to call a truck.

    :param account_number: 6 capital letters and digits; 10 are not taken here.
    :param service_day: ``codes.SAME_DAY``, or ``FUTURE_DAY`` for the next business day.
    """

    account_number: str
    service_day: str = codes.SAME_DAY
    context: str | None = None

    def problems(self) -> list[Problem]:
        """See :class:`Checked`."""
        form = {"form": r"[A-Z0-9]{6}", "words": "6 capital letters and digits"}
        days = (codes.SAME_DAY, codes.FUTURE_DAY)
        return [
            *problems.text("account_number", self.account_number, 10, required=True, **form),
            *problems.one_of("service_day", self.service_day, days),
            *common_problems(None, self.context),
        ]

    def as_json(self) -> dict:
        """Return the whole body.

        :raise PickupValueError: see ``problems``.
        """
        self.check()
        content = {
            "Request": common(None, self.context),
            "AccountNumber": self.account_number,
            "ServiceDateOption": self.service_day,
        }
        return {"PickupTriggerGWNRequest": content}
