"""What is wrong with a value, before UPS sees it?

UPS takes nearly anything (a past date was answered with a PRN), so that every limit is kept here.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Collection, Iterable
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import NamedTuple

REQUIRED = "required"
TOO_LONG = "too_long"
NOT_ALLOWED = "not_allowed"
WRONG_FORM = "wrong_form"
CONTROL_CHARACTER = "control_character"
OUT_OF_RANGE = "out_of_range"
TOO_MANY = "too_many"
NOT_AFTER = "not_after"
WRONG_TYPE = "wrong_type"

_SENTENCES = {
    REQUIRED: "is required",
    TOO_LONG: "is longer than {} characters",
    NOT_ALLOWED: "must be one of: {}",
    WRONG_FORM: "must be {}",
    CONTROL_CHARACTER: "holds a control character, for example a line break",
    OUT_OF_RANGE: "must be {}",
    TOO_MANY: "has more than {}",
    NOT_AFTER: "must be later than {}",
    WRONG_TYPE: "must be {}",
}


class Problem(NamedTuple):
    """One thing that UPS would refuse, or worse, take.

    :param field: the attribute, with its way: ``address.city``, ``pieces.0.quantity``.
    :param code: one of the constants above.
    :param limit: what was passed: an int for lengths and counts, a text in words otherwise, None.
    """

    field: str
    code: str
    limit: int | str | None = None

    def in_words(self) -> str:
        """An English sentence for developers; users read the model's own."""
        return f"{self.field} {_SENTENCES[self.code].format(self.limit)}."


class PickupValueError(ValueError):
    """A request that must not be sent. ``str`` is a sentence about the first problem.

    :param all_problems: every problem that was found.
    """

    def __init__(self, all_problems: Iterable[Problem]) -> None:
        self.problems = tuple(all_problems)
        self.field, self.code, self.limit = self.problems[0]
        super().__init__(" ".join(problem.in_words() for problem in self.problems))

    def __reduce__(self):
        return type(self), (self.problems,)


# === CHECKS: each returns a list of problems === #


def text(field: str, value, longest: int, *, required=False, form=None, words="") -> list[Problem]:
    """Check a text.

    :param longest: characters.
    :param form: a regular expression for the whole text, said in ``words``.
    """
    if value is None or value == "":
        return [Problem(field, REQUIRED)] if required else []
    if not isinstance(value, str):
        return [Problem(field, WRONG_TYPE, "a text")]
    if not value.strip():
        return [Problem(field, REQUIRED)]
    if any(unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") for letter in value):
        return [Problem(field, CONTROL_CHARACTER)]
    if len(value) > longest:
        return [Problem(field, TOO_LONG, longest)]
    if form and not re.fullmatch(form, value):
        return [Problem(field, WRONG_FORM, words)]
    return []


def one_of(field: str, value, allowed: Collection[str], *, required=True) -> list[Problem]:
    """Check a code."""
    if value is None and not required:
        return []
    if not value:
        return [Problem(field, REQUIRED)]
    known = isinstance(value, str) and value in allowed
    return [] if known else [Problem(field, NOT_ALLOWED, ", ".join(sorted(allowed)))]


def whole_number(field: str, value, lowest: int, highest: int) -> list[Problem]:
    """Check a count."""
    if type(value) is not int:
        return [Problem(field, WRONG_TYPE, "a whole number")]
    if not lowest <= value <= highest:
        return [Problem(field, OUT_OF_RANGE, f"from {lowest} to {highest}")]
    return []


def tenths(value) -> Decimal | None:
    """Return the number with one decimal, None where it is no number."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    try:
        rounded = Decimal(str(value)).quantize(Decimal("0.1"), ROUND_HALF_UP)
    except (InvalidOperation, ValueError):  # infinite, too large, too many digits
        return None
    return rounded if rounded.is_finite() else None


def weight(field: str, value) -> list[Problem]:
    """Check a weight: UPS takes six characters with one decimal."""
    rounded = tenths(value)
    if rounded is None or not Decimal("0.1") <= rounded <= Decimal("9999.9"):
        return [Problem(field, OUT_OF_RANGE, "from 0.1 to 9999.9")]
    return []


def yes_or_no(field: str, value) -> list[Problem]:
    """Check an indicator."""
    return [] if isinstance(value, bool) else [Problem(field, WRONG_TYPE, "True or False")]


def window(day, ready, close) -> list[Problem]:
    """Check a local day and its two hours; whether they are past is the caller's to say."""
    found = _day_problems(day)
    for field, value in (("ready_time", ready), ("close_time", close)):
        if value is None:
            found.append(Problem(field, REQUIRED))
        elif not isinstance(value, datetime.time):
            found.append(Problem(field, WRONG_TYPE, "a time of day"))
        elif value.second or value.microsecond:
            found.append(Problem(field, WRONG_FORM, "in whole minutes"))
    both = isinstance(ready, datetime.time) and isinstance(close, datetime.time)
    if both and close.replace(tzinfo=None) <= ready.replace(tzinfo=None):
        found.append(Problem("close_time", NOT_AFTER, "ready_time"))
    return found


def _day_problems(day) -> list[Problem]:
    if day is None:
        return [Problem("date", REQUIRED)]
    if not isinstance(day, datetime.date) or isinstance(day, datetime.datetime):
        return [Problem("date", WRONG_TYPE, "a date")]
    if day.year < 1000:  # strftime would leave out the zeros
        return [Problem("date", OUT_OF_RANGE, "in a year of four digits")]
    return []


def inside(way: str, found: Iterable[Problem]) -> list[Problem]:
    """Put the way to a part in front of its fields."""
    return [Problem(f"{way}.{field}", code, limit) for field, code, limit in found]


class Checked:
    """Mixed into what is sent: ``problems()`` finds them, ``check()`` raises."""

    __slots__ = ()

    def problems(self) -> list[Problem]:
        """Return everything that UPS would refuse, empty when it is fit to send."""
        raise NotImplementedError

    def check(self) -> None:
        """:raise PickupValueError: when there is a problem."""
        found = self.problems()
        if found:
            raise PickupValueError(found)
