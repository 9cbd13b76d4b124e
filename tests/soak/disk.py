"""A folder that nobody can write into for a while, root included where the kernel lets us."""

import contextlib
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

MOUNT = "mounted read-only"
MODE = "without write permission (mounting was not allowed here)"
NOT_AT_ALL = "left out: this machine lets root write everywhere and mount nothing"


@contextlib.contextmanager
def read_only(folder: Path) -> Iterator[str]:
    """:return: how it was done.

    The mount is seen by this process and its children alone: `make soak` starts it by `unshare`.
    """
    way = MOUNT if _run("mount", "--bind", folder, folder) else MODE
    if way == MOUNT:
        _run("mount", "-o", "remount,bind,ro", folder)
    else:
        folder.chmod(0o500)
    try:
        yield NOT_AT_ALL if _is_writable(folder) else way
    finally:
        _run("umount", "--lazy", folder) if way == MOUNT else folder.chmod(0o700)


def _run(*command: object) -> bool:
    done = subprocess.run([str(part) for part in command], capture_output=True, check=False)
    return done.returncode == 0


def _is_writable(folder: Path) -> bool:
    try:
        tempfile.TemporaryFile(dir=folder).close()
    except OSError:
        return False
    return True
