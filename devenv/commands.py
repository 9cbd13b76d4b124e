"""The commands behind make, in the virtual environment's Python."""

import os
import signal
import subprocess
import sys

from psycopg2 import OperationalError, errors

from devenv import (
    bench,
    database,
    lint,
    postgres,
    run,
    screenshots,
    server,
    soak,
    test,
    translations,
)
from devenv.console import Problem, exit_with_sentence
from devenv.paths import REPO, VENV


def contact() -> int:
    """What we assume of UPS, asked of UPS's test system."""
    from tests.contact import run  # only here: it loads both clients and the simulator

    return run.main()


def execute(*args: str) -> int:
    """Run any command with PostgreSQL up and the environment's programs on the PATH."""
    with postgres.running():
        server.write_config()
        path = f"{VENV / 'bin'}{os.pathsep}{os.environ['PATH']}"
        # The command shares our terminal and hears Ctrl-C itself; we wait for its answer to it.
        signal.signal(signal.SIGINT, lambda *_: None)
        environment = os.environ | {"PATH": path}
        return subprocess.run(args, cwd=REPO, env=environment, check=False).returncode


def fresh(*names: str) -> int:
    """Make databases anew, with all addons installed."""
    with postgres.running():
        for name in names:
            database.make_fresh(name)
    return 0


_COMMANDS = {
    "run": run.main,
    "test": test.main,
    "contact": contact,
    "soak": soak.main,
    "lint": lint.main,
    "format": lint.mend,
    "bench": bench.main,
    "screenshots": screenshots.main,
    "translations": translations.main,
    "exec": execute,
    "fresh": fresh,
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
