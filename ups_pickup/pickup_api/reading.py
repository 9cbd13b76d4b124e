"""What stands in UPS's JSON? One element may come as an object or an array, a number as a text or
a number, and any part may be missing: nothing here raises."""

from __future__ import annotations

import datetime
import json
import re
import unicodedata
from decimal import Decimal, InvalidOperation

MOST_WORDS = 500  # characters
_CONTROL_REFERENCE = re.compile(r"&#(?:x0*[01]?[0-9a-f]|0*(?:[12]?\d|3[01]));", re.IGNORECASE)
"""UPS's gateway leaves some of its XML in texts, such as ``&#xD;`` before a number (issue 63 of
UPS-API/api-documentation)."""
_BIGGEST = Decimal(10) ** 9
_MOST_DECIMALS = 6
"""1e-50000000 is a small amount, and a text of fifty megabytes."""


def json_in(body: bytes) -> object:
    """Return the JSON with its numbers as texts, None when it is something else."""
    try:
        return json.loads(body, parse_int=str, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError, TypeError):
        return None


def part(content: object, *names: str) -> object:
    """Follow the names down; of an array, its first entry. None where the way ends."""
    for name in names:
        if isinstance(content, list):
            content = content[0] if content else None
        if not isinstance(content, dict):
            return None
        content = content.get(name)
    return content


def entries(content: object) -> list:
    """Return an array as it is, anything else as its one entry, nothing as none."""
    if content is None or content == "" or content == {}:
        return []
    return content if isinstance(content, list) else [content]


def words(content: object, longest: int = MOST_WORDS) -> str:
    """Return a text fit to store and to show, "" where there is none."""
    if not isinstance(content, str):
        return ""
    if "&#" in content:
        content = _CONTROL_REFERENCE.sub(" ", content)
    if not content.isprintable():  # nearly all is
        # Surrogates and NUL are in JSON's reach, and not in PostgreSQL's.
        content = "".join(" " if _is_control(letter) else letter for letter in content)
    return " ".join(content.split())[:longest]


def _is_control(letter: str) -> bool:
    return unicodedata.category(letter) in ("Cc", "Cs")


def amount(content: object) -> Decimal | None:
    """Return an amount of money, None where there is none."""
    try:
        value = Decimal(content.strip().replace(",", "")) if isinstance(content, str) else None
    except InvalidOperation:
        return None
    if value is None or not value.is_finite() or abs(value) >= _BIGGEST:
        return None
    return value if value.as_tuple().exponent >= -_MOST_DECIMALS else None


def day(content: object) -> datetime.date | None:
    """Return the date of ``yyyyMMdd``, None where there is none."""
    text = words(content)
    if len(text) != 8 or not (text.isascii() and text.isdigit()):
        return None
    try:
        return datetime.date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None


def status_code(content: object) -> str | None:
    """Return a status code with its three digits: the description says two for smart."""
    text = words(content, 10)
    return (text.zfill(3) if text.isascii() and text.isdigit() else text) or None
