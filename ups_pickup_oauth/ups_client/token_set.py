"""What did UPS grant, and until when?"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

# Printable ASCII without the space (RFC 6749 appendix A.12 and A.17 are VSCHAR; RFC 6750 section
# 2.1 is narrower): a token goes into a header, where a line break would start another one.
_TOKEN = re.compile(r"[\x21-\x7e]{1,16384}")
_WHOLE_NUMBER = re.compile(r"[0-9]{1,15}")
_LONGEST_LIFETIME = timedelta(days=36500)  # a century: far from what a datetime can hold
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
    """

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    access_token_expires_at: datetime
    refresh_token_expires_at: datetime
    issued_at: datetime | None = None
    scope: str | None = None
    refresh_count: int | None = None


def read_token_set(fields: object, asked_at: datetime) -> TokenSet:
    """Read the fields of an answer. UPS writes numbers as strings; plain ones are read too.

    :param fields: the answer's JSON.
    :param asked_at: our clock, aware, just before the request was sent. UPS's clock may differ from
        ours, and the answer took time: counted from here, a token is never believed to live longer
        than it does.
    :raise NotApprovedError: when one of the two ``status`` fields is not ``approved``.
    :raise UnreadableError: when a field is missing or odd. Lifetimes are never guessed, UPS has
        changed them before.
    """
    if not isinstance(fields, dict):
        raise UnreadableError("not a JSON object")
    for name in ("status", "refresh_token_status"):
        _check_approved(name, fields.get(name))
    _check_bearer(fields.get("token_type"))
    return TokenSet(
        access_token=_token(fields, "access_token"),
        refresh_token=_token(fields, "refresh_token"),
        access_token_expires_at=asked_at + _lifetime(fields, "expires_in"),
        refresh_token_expires_at=asked_at + _lifetime(fields, "refresh_token_expires_in"),
        issued_at=_moment(fields.get("issued_at")),
        scope=_text(fields.get("scope")),
        refresh_count=_whole_number(fields.get("refresh_count")),
    )


def _check_approved(name: str, status: object) -> None:
    if not isinstance(status, str):
        raise UnreadableError(name)
    if status.strip().lower() != "approved":
        raise NotApprovedError(f"{name} is {status}")


def _check_bearer(token_type: object) -> None:
    # RFC 6749 section 7.1: a client must not use a token whose type it does not understand.
    if token_type is not None and not (
        isinstance(token_type, str) and token_type.lower() == "bearer"
    ):
        raise UnreadableError("token_type")


def _token(fields: dict, name: str) -> str:
    value = fields.get(name)
    if not is_token(value):
        raise UnreadableError(name)
    return value


def is_token(value: object) -> bool:
    """Whether the value may stand in a header or a form as a token, a code or a verifier."""
    return isinstance(value, str) and _TOKEN.fullmatch(value) is not None


def _lifetime(fields: dict, name: str) -> timedelta:
    seconds = _whole_number(fields.get(name))
    if seconds is None or seconds > _LONGEST_LIFETIME.total_seconds():
        raise UnreadableError(name)
    return timedelta(seconds=seconds)


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
