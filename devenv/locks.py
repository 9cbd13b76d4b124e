"""Who may work on the cache folder when several commands run at once."""

import contextlib
import fcntl
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from devenv.console import Problem, say
from devenv.paths import CACHE


@contextlib.contextmanager
def setup_lock() -> Iterator[None]:
    """One command at a time installs or builds; a second one waits for it."""
    with open_lock(CACHE / "setup.lock") as lock:
        if not try_lock(lock):
            say("  waiting for another command of this clone to finish its setup ...")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def only_one(name: str) -> Iterator[None]:
    """Refuse a second `name` on the same cache, since both would use one database."""
    with open_lock(CACHE / f"{name.replace(' ', '-')}.lock") as lock:
        if not try_lock(lock):
            raise Problem(
                f"Another {name} of this clone is running: stop it first, "
                "or give this one a cache folder of its own by UPS_DEV_CACHE."
            )
        yield


def open_lock(path: Path) -> IO:
    """The kernel lets go of what is locked when its holder dies, however it dies."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.open("w")


def try_lock(lock: IO) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
