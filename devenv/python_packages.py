"""The project's virtual environment, made from the lock file."""

import hashlib
import os
import shutil
import sys
from pathlib import Path

from devenv.console import run_logged, step
from devenv.paths import LOCK_FILE, LOGS, VENV
from devenv.system_packages import ensure_venv_module

PYTHON = VENV / "bin" / "python"
_STAMP = VENV / "made-from"
# The lock file is complete, so nothing is resolved; and no package runs code to be installed.
_PIP_OPTIONS = (
    "--no-deps",
    "--require-hashes",
    "--only-binary=:all:",
    "--no-cache-dir",
    "--no-compile",  # Python compiles what is used when it is used
)


def ensure() -> None:
    """Make the environment anew whenever the lock file, the Python or the folder changed.

    The stamp is written last, so one that was interrupted is made again.
    """
    if _STAMP.exists() and _STAMP.read_text() == _wanted():
        return
    ensure_venv_module()
    with step("installing the Python packages of devenv/requirements.txt"):
        shutil.rmtree(VENV, ignore_errors=True)
        run_logged([sys.executable, "-m", "venv", VENV], LOGS / "venv.log")
        run_logged(
            [PYTHON, "-m", "pip", "install", *_PIP_OPTIONS, "--requirement", LOCK_FILE],
            LOGS / "pip.log",
            env=os.environ | {"PIP_DISABLE_PIP_VERSION_CHECK": "1"},
        )
        _STAMP.write_text(_wanted())


def put_on_path(folder: Path) -> None:
    """Let every Python of the environment import Odoo from `folder`."""
    site_packages = next((VENV / "lib").glob("python3.*/site-packages"))
    pth, line = site_packages / "odoo_source.pth", f"{folder}\n"
    if not pth.exists() or pth.read_text() != line:
        pth.write_text(line)


def _wanted() -> str:
    lock = hashlib.sha256(LOCK_FILE.read_bytes()).hexdigest()
    return f"{lock} {sys.version_info[:3]} {os.path.realpath(sys.executable)} {VENV}\n"
