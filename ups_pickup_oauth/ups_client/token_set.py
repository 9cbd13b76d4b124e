"""What did UPS grant, and until when?"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

# Printable ASCII without the space (RFC 6749 appendix A.12 and A.17 are VSCHAR; RFC 6750 section
# 2.1 is narrower): a token goes into a header, where a line break would start another one.
_TOKEN = re.compile(r"[\x21-\x7e]{1,16384}")
_WHOLE_NUMBER = re.compile(r"[0-9]{1,15}")

DEFAULT_ACCESS_LIFETIME = timedelta(minutes=10)
"""Where UPS's figure cannot be read. UPS's shortest known is an hour. Too short costs a refresh,
too long a call that UPS refuses."""

DEFAULT_REFRESH_LIFETIME = timedelta(days=7)
"""Where UPS's figure cannot be read: the shortest that UPS is known to have given. The token is
renewed well before, and each renewal brings a figure of UPS's again."""

LONGEST_LIFETIME = timedelta(days=366)
"""A longer one is a mistake. UPS's longest known is 60 days."""

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


class UnreadableError(ValueError):
    """UPS's answer lacks something that the caller cannot do without. Its text names the field
    only."""


class NotApprovedError(ValueError):
    """UPS says that it did not approve the grant. Its text is UPS's word for it."""


@dataclass(frozen=True, slots=True)
class TokenSet:
    """The tokens of one grant (UPS's description, ``generateTokenSuccessResponse``). All datetimes
    are aware, in UTC.

    :param access_token_expires_at: by our clock, see :func:`read_token_set`.
    :param refresh_token_expires_at: by our clock. The refresh token is spent by its first use (UPS
        #90).
    :param issued_at: by UPS's clock, for display and support only; None when missing or odd.
    :param refresh_count: how often UPS says this grant was refreshed; None when missing or odd.
    :param oddities: names of the fields that could not be read, or say what they should not: a
        default stands in for them. For a line in the log.
    """

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    access_token_expires_at: datetime
    refresh_token_expires_at: datetime
    issued_at: datetime | None = None
    scope: str | None = None
    refresh_count: int | None = None
    oddities: tuple[str, ...] = ()


def read_token_set(fields: object, asked_at: datetime) -> TokenSet:
    """Read the fields of an answer. UPS writes numbers as strings; plain ones are read too.

    Two tokens are all that it takes: UPS has spent the code or the old token for them, so nothing
    beside them is a reason to throw them away, not even a status. If they should not work, UPS says
    so when they are used.

    :param fields: the answer's JSON.
    :param asked_at: our clock, aware, just before the request was sent. UPS's clock may differ from
        ours, and the answer took time: counted from here, a token is never believed to live longer
        than it does.
    :raise NotApprovedError: when a token is missing, and a ``status`` says why.
    :raise UnreadableError: when a token is missing or unfit to send.
    """
    if not isinstance(fields, dict):
        raise UnreadableError("not a JSON object")
    try:
        access, refresh = _token(fields, "access_token"), _token(fields, "refresh_token")
    except UnreadableError:
        _check_approved(fields)
        raise
    access_life = _lifetime(fields.get("expires_in"))
    refresh_life = _lifetime(fields.get("refresh_token_expires_in"))
    return TokenSet(
        access_token=access,
        refresh_token=refresh,
        access_token_expires_at=asked_at + (access_life or DEFAULT_ACCESS_LIFETIME),
        refresh_token_expires_at=asked_at + (refresh_life or DEFAULT_REFRESH_LIFETIME),
        issued_at=_moment(fields.get("issued_at")),
        scope=_text(fields.get("scope")),
        refresh_count=_whole_number(fields.get("refresh_count")),
        oddities=tuple(
            name for name, is_good in _EXPECTED.items() if not is_good(fields.get(name))
        ),
    )


def _check_approved(fields: dict) -> None:
    for name in _STATUSES:
        status = fields.get(name)
        if isinstance(status, str) and not _is_approved(status):
            raise NotApprovedError(f"{name} is {status}")


def _is_approved(status: object) -> bool:
    return isinstance(status, str) and status.strip().lower() == "approved"


def _is_bearer(token_type: object) -> bool:
    is_text = isinstance(token_type, str)
    return token_type is None or (is_text and token_type.strip().lower() == "bearer")


def _token(fields: dict, name: str) -> str:
    value = fields.get(name)
    if not is_token(value):
        raise UnreadableError(name)
    return value


def is_token(value: object) -> bool:
    """Whether the value may stand in a header or a form as a token, a code or a verifier."""
    return isinstance(value, str) and _TOKEN.fullmatch(value) is not None


def _lifetime(value: object) -> timedelta | None:
    seconds = _whole_number(value)
    # Of a token that ends at once, every caller would make a refresh.
    is_sane = seconds and seconds <= LONGEST_LIFETIME.total_seconds()
    return timedelta(seconds=seconds) if is_sane else None


def _whole_number(value: object) -> int | None:
    # Python takes True for an int, and int() reads '١٢', ' 12 ' and '1_2': no numbers of UPS's.
    if isinstance(value, bool):
        return None
    if isinstance(value, int) and 0 <= value < 10**15:
        return value
    is_digits = isinstance(value, str) and _WHOLE_NUMBER.fullmatch(value)
    return int(value) if is_digits else None


def _moment(milliseconds: object) -> datetime | None:
    number = _whole_number(milliseconds)
    try:
        return None if number is None else _EPOCH + timedelta(milliseconds=number)
    except OverflowError:
        return None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value and value.isprintable() else None


_STATUSES = ("status", "refresh_token_status")
_EXPECTED = {
    "status": _is_approved,
    "refresh_token_status": _is_approved,
    "token_type": _is_bearer,
    "expires_in": _lifetime,
    "refresh_token_expires_in": _lifetime,
    "issued_at": lambda value: value is None or _moment(value),
    "scope": lambda value: value in (None, "") or _text(value),
    "refresh_count": lambda value: value is None or _whole_number(value) is not None,
}
