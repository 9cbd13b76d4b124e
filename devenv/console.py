"""What the developer reads while it works, and how an error they can mend is told."""

import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path


class Problem(Exception):
    """Something the developer can mend; its text is the one sentence that says how."""


def say(text: str = "") -> None:
    print(text, flush=True)


@contextlib.contextmanager
def step(text: str) -> Iterator[None]:
    """Say what is being done, and how long it took once it is done."""
    start = time.monotonic()
    print(f"  {text} ...", end="", flush=True)
    try:
        yield
    except BaseException:
        print(flush=True)
        raise
    say(f" {time.monotonic() - start:.0f} s")


def run_logged(args: Sequence[object], log: Path, **kwargs) -> None:
    """Run a command with its output in `log`; when it fails, show the end of the log."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        code = subprocess.run(
            [str(arg) for arg in args],
            stdin=kwargs.pop("stdin", subprocess.DEVNULL),
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
            **kwargs,
        ).returncode
    if code:
        tail = log.read_text(errors="replace").splitlines()[-15:]
        said = f"{Path(str(args[0])).name} failed; all that it said is in {log}"
        raise Problem("\n".join([*tail, said]))


def exit_with_sentence(problem: Problem) -> None:
    print(f"\n{problem}", file=sys.stderr, flush=True)
    sys.exit(1)
