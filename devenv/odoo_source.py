"""Odoo's own source: the person's checkout, else Debian's package, else a shallow clone."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from devenv.console import Problem, run_logged, say, step
from devenv.debian_odoo import NotPackaged, unpack_debian_odoo
from devenv.paths import LOGS, ODOO

_SERIES = "\nversion_info = (19, 0, "  # in odoo/release.py
REPOSITORY = "https://github.com/odoo/odoo"
_STAMP = "version-id"


@dataclass(frozen=True)
class OdooSource:
    python_path: Path
    """The folder to import `odoo` from."""
    addons_path: Path
    version_id: str
    """Changes whenever a database made with another source must be updated."""


def ensure() -> OdooSource:
    if given := os.environ.get("ODOO_SOURCE"):
        folder = Path(given).expanduser().resolve()
        return _describe(folder, _commit(folder))
    if not (ODOO / _STAMP).exists():
        _fetch()
    return _describe(ODOO, (ODOO / _STAMP).read_text().strip())


def _describe(folder: Path, version_id: str) -> OdooSource:
    """Both layouts at once: a checkout's, and Debian's with all addons inside the package."""
    debian = folder / "usr" / "lib" / "python3" / "dist-packages"
    python_path = debian if debian.is_dir() else folder
    addons = python_path / "odoo" / "addons" if debian.is_dir() else folder / "addons"
    release = python_path / "odoo" / "release.py"
    if not release.exists() or not addons.is_dir() or _SERIES not in release.read_text():
        raise Problem(f"{folder} is no Odoo 19.0: no addons/, or no odoo/release.py that says so.")
    return OdooSource(python_path, addons, version_id)


def _fetch() -> None:
    """Build the tree beside its place and rename it, so that a half tree is never used."""
    building = ODOO.with_name("odoo.building")
    shutil.rmtree(building, ignore_errors=True)
    shutil.rmtree(ODOO, ignore_errors=True)
    building.mkdir(parents=True)
    try:
        version_id = unpack_debian_odoo(building)
    except NotPackaged as reason:
        say(f"  {reason}: cloning Odoo instead")
        version_id = _clone(building)
    (building / _STAMP).write_text(version_id)
    building.rename(ODOO)


def _clone(folder: Path) -> str:
    if not shutil.which("git"):
        raise Problem("Odoo's source comes by git here, and git is not installed.")
    with step("cloning Odoo 19.0 (shallow, about 250 MB)"):
        command = ["git", "clone", "--quiet", "--depth", "1", "--branch", "19.0"]
        run_logged([*command, REPOSITORY, folder], LOGS / "odoo-clone.log")
    return _commit(folder)


def _commit(folder: Path) -> str:
    command = ["git", "-C", str(folder), "rev-parse", "HEAD"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "no commit"
