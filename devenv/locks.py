"""Who may work on the cache folder when several commands run at once."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from devenv.console import Problem, say
from devenv.paths import CACHE


@contextlib.contextmanager
def setup_lock() -> Iterator[None]:
    """One command at a time installs or builds; a second one waits for it.

    The kernel lets go of the lock when its holder dies, however it dies.
    """
    with _open(CACHE / "setup.lock") as lock:
        if not _try_lock(lock):
            say("  waiting for another command of this clone to finish its setup ...")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def only_one(name: str) -> Iterator[None]:
    """Refuse a second `name` on the same cache, since both would use one database."""
    with _open(CACHE / f"{name.replace(' ', '-')}.lock") as lock:
        if not _try_lock(lock):
            raise Problem(
                f"Another {name} of this clone is running: stop it first, "
                "or give this one a cache folder of its own by UPS_DEV_CACHE."
            )
        yield


@contextlib.contextmanager
def _open(path: Path) -> Iterator[int]:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
