"""The commands behind make, in the virtual environment's Python."""

import signal
import sys

from psycopg2 import OperationalError, errors

from devenv import bench, command, contact, lint, run, screenshots, soak, test, translations
from devenv.console import Problem, exit_with_sentence

_COMMANDS = {
    "run": run.main,
    "test": test.main,
    "contact": contact.main,
    "soak": soak.main,
    "lint": lint.main,
    "format": lint.mend,
    "bench": bench.main,
    "screenshots": screenshots.main,
    "translations": translations.main,
    "exec": command.execute,
    "fresh": command.fresh,
}
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main(name: str, *args: str) -> int:
    for number in _ENDING:
        signal.signal(number, _leave)
    try:
        return _COMMANDS[name](*args)
    except Problem as problem:
        exit_with_sentence(problem)
    except (OperationalError, errors.InsufficientPrivilege) as error:
        # PGHOST or DATABASE_URL leads nowhere, or its user may not create databases.
        exit_with_sentence(Problem(f"PostgreSQL refuses: {error}"))


def _leave(signal_number: int, _frame) -> None:
    """Unwind and stop what was started; an impatient second Ctrl-C must not cut that short."""
    for number in _ENDING:
        signal.signal(number, signal.SIG_IGN)
    sys.exit(128 + signal_number)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
