"""The commands behind make, in the virtual environment's Python."""

import signal
import sys

from devenv.console import Problem, exit_with_sentence


def main(name: str, *args: str) -> int:
    from devenv import command  # noqa: PLC0415
    commands = {
        "exec": command.main,
        "fresh": command.fresh,
    }
    return commands[name](list(args))


def _leave(signal_number: int, _frame) -> None:
    sys.exit(128 + signal_number)


if __name__ == "__main__":
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _leave)
    try:
        sys.exit(main(*sys.argv[1:]))
    except Problem as problem:
        exit_with_sentence(problem)
    except KeyboardInterrupt:
        sys.exit(130)
