"""`make soak`: hours of traffic and trouble in minutes, from a seed."""

import os
import sys
from collections.abc import Sequence

from devenv.console import Problem
from devenv.locks import only_one
from devenv.paths import REPO
from devenv.processes import run_stage

_REPORT = REPO / "docs" / "reliability.md"


def main() -> int:
    seed, minutes = os.environ.get("SEED") or "1", os.environ.get("MINUTES") or "5"
    try:
        int(seed), float(minutes)
    except ValueError:
        raise Problem(f"SEED={seed} and MINUTES={minutes} must be numbers.") from None
    command = [sys.executable, "-m", "tests.soak", seed, minutes, _REPORT]
    return run(command, minutes=float(minutes) + 30)


def run(command: Sequence[object], minutes: float = 20) -> int:
    with only_one("soak"):
        return run_stage(command, cwd=REPO, minutes=minutes)
