"""Measures the rows and writes the table: ``python -m tests.bench [ROW]``."""

import importlib
import os
import sys
import time
from collections import defaultdict

from devenv.console import Problem, exit_with_sentence, say
from tests.bench import report
from tests.bench.results import Rounds
from tests.bench.stage import Stage

ROWS = (
    "storm", "token", "callback", "deliveries", "keep_alive", "pickup_storm", "pickup_status",
    "pickup_batch", "pickup_pages", "pickup_import", "pickup_plan",
)  # fmt: skip


def main(only: str | None = None) -> int:
    """:param only: the name of one row; the document stays as it is then."""
    if only and only not in ROWS:
        raise Problem(f"There is no row {only}; there are {', '.join(ROWS)}.")
    found, load = [], os.getloadavg()[0]
    for name in [only] if only else ROWS:
        row = importlib.import_module(f"tests.bench.rows.{name}")
        rounds = _measure(name, row)
        lines = [line for case in row.CASES for line in case.lines(rounds)]
        for line in lines:
            say(report.as_text(line))
        found += lines
    if not only:
        report.write(found, load)
    return 0


def _measure(name: str, row) -> Rounds:
    """The contestants take turns, so that what else the machine does falls on all of them."""
    rounds, began = defaultdict(list), time.monotonic()
    say(f"\n=== {name}")
    with Stage() as stage:
        contestants = row.contestants(stage)
        for _round in range(row.ROUNDS):
            for contestant, run in contestants.items():
                rounds[contestant].append(run())
    say(f"=== {name}: {time.monotonic() - began:.0f} s")
    return rounds


if __name__ == "__main__":
    try:
        sys.exit(main(*sys.argv[1:]))
    except Problem as problem:
        exit_with_sentence(problem)
