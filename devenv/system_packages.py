"""What only the system's package manager can bring: python3-venv and Chromium."""

import importlib.util
import os
import shutil

from devenv.console import Problem, run_logged, step
from devenv.paths import LOGS

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def ensure_venv_module() -> None:
    """Debian ships Python without the part of venv that brings pip."""
    if importlib.util.find_spec("ensurepip") is None:
        _install("python3-venv", "a virtual environment")
    importlib.invalidate_caches()
    if importlib.util.find_spec("ensurepip") is None:
        raise Problem(
            "This Python has no ensurepip; give another one with `make PYTHON=/path/to/python3`."
        )


def chromium() -> str | None:
    """The browser, by the names that Odoo's own browser tests look for."""
    return next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)


def ensure_chromium() -> str:
    if not chromium():
        _install("chromium", "the browser tests")
    path = chromium()
    if not path:
        raise Problem(f"No browser on the PATH under any of these names: {CHROMIUM_NAMES}.")
    return path


def _install(package: str, purpose: str) -> None:
    if os.geteuid() or not shutil.which("apt-get"):
        raise Problem(f"{package} is missing, for {purpose}; type: sudo apt-get install {package}")
    log = LOGS / f"apt-{package}.log"
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    with step(f"installing {package} for {purpose}"):
        run_logged(["apt-get", "update"], log, env=environment)
        command = ["apt-get", "install", "--yes", "--no-install-recommends", package]
        run_logged(command, log, env=environment)
