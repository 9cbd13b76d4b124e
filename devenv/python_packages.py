"""The project's virtual environment, made from the lock file."""

import hashlib
import os
import shutil
import sys
from pathlib import Path

from devenv.console import run_logged, step
from devenv.paths import LOCK_FILE, LOGS, VENV
from devenv.system_packages import ensure_venv_module

_PYTHON = VENV / "bin" / "python"
_STAMP = VENV / "made-from"
# The lock file is complete, so nothing is resolved; and no package runs code to be installed.
_PIP_OPTIONS = (
    "--no-deps",
    "--require-hashes",
    "--only-binary=:all:",
    "--no-cache-dir",
    "--no-compile",  # Python compiles what is used when it is used
)


def ensure(odoo: Path) -> Path:
    """Make the environment anew whenever the lock file, the Python or the folder changed.

    :param odoo: the folder from which every Python of the environment can import Odoo.
    :return: its Python.
    """
    lock = hashlib.sha256(LOCK_FILE.read_bytes()).hexdigest()
    wanted = f"{lock} {sys.version_info[:3]} {os.path.realpath(sys.executable)} {VENV}\n"
    if not _STAMP.exists() or _STAMP.read_text() != wanted:
        _make()
        _STAMP.write_text(wanted)  # last, so that one that was interrupted is made again
    (site_packages,) = (VENV / "lib").glob("python3.*/site-packages")
    pth, line = site_packages / "odoo_source.pth", f"{odoo}\n"
    if not pth.exists() or pth.read_text() != line:  # another command may be starting by it
        pth.write_text(line)
    return _PYTHON


def _make() -> None:
    ensure_venv_module()
    with step("installing the Python packages of devenv/requirements.txt"):
        shutil.rmtree(VENV, ignore_errors=True)
        run_logged([sys.executable, "-m", "venv", VENV], LOGS / "venv.log")
        run_logged(
            [_PYTHON, "-m", "pip", "install", *_PIP_OPTIONS, "--requirement", LOCK_FILE],
            LOGS / "pip.log",
            env=os.environ | {"PIP_DISABLE_PIP_VERSION_CHECK": "1"},
        )
