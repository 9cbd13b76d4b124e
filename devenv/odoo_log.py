"""What in Odoo's log a person must read: warnings, errors, and how the tests went."""

import itertools
import re
from collections.abc import Iterable, Iterator

_ENTRY = re.compile(r"^\d{4}-\d\d-\d\d \S+ \d+ ([A-Z]+) ")
_FIRST_TEST = re.compile(r" INFO \S+ \S+: Starting \S+\.test_")
_TESTS = re.compile(r"\d+ failed, \d+ error\(s\) of (\d+) tests")
# odoo/tests/result.py logs each skip at INFO, and counts it as passed.
_SKIP = re.compile(r" INFO \S+ \S+: (skipped .+)$")
_TROUBLES = {"WARNING", "ERROR", "CRITICAL"}
# Debian's package of Odoo lacks a library that Odoo's own bundles name.
_LACKS_A_LIBRARY = re.compile(r"assetsbundle: 'Could not get content for (?!ups_)\w+/static/lib/")


class TroubleFilter:
    """Tells for each line in turn whether it is of a warning or an error, with its traceback."""

    def __init__(self) -> None:
        self._in_trouble = False

    def __call__(self, line: str) -> bool:
        entry = _ENTRY.match(line)
        if entry:
            told = entry.group(1) in _TROUBLES
            self._in_trouble = told and not _LACKS_A_LIBRARY.search(line)
        return self._in_trouble


def troubles(lines: Iterable[str]) -> Iterator[str]:
    return filter(TroubleFilter(), lines)


def before_tests(lines: Iterable[str]) -> Iterator[str]:
    """What was logged by the installation; later warnings may be what a test provokes."""
    return itertools.takewhile(lambda line: not _FIRST_TEST.search(line), lines)


def tests_run(lines: Iterable[str]) -> int:
    found = [int(match.group(1)) for match in map(_TESTS.search, lines) if match]
    return found[-1] if found else 0


def skips(lines: Iterable[str]) -> list[str]:
    return [match.group(1) for match in map(_SKIP.search, lines) if match]
