"""`make clean`: delete what devenv made, and nothing else that may lie in the same folder."""

import contextlib
import shutil

from devenv.console import say
from devenv.locks import only_one
from devenv.paths import CACHE

_OURS = ("apt", "data", "log", "odoo", "odoo.building", "postgres", "screenshots", "soak", "venv")


def main() -> int:
    """A PostgreSQL that was left running ends by itself once its folder is gone."""
    with only_one("make run"), only_one("make test"), only_one("soak"):
        for name in _OURS:
            shutil.rmtree(CACHE / name, ignore_errors=True)
        for path in (*CACHE.glob("*.lock"), *CACHE.glob("odoo.conf*")):
            path.unlink()
    with contextlib.suppress(OSError):
        CACHE.rmdir()
    say(f"  {CACHE} is clean")
    return 0
