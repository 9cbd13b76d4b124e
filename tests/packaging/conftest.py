"""A clone of the work tree as it is now, and virtual environments that hold nothing but Odoo."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

import tests.plain_python  # noqa: F401  it loads what the tests import
from devenv import addons, odoo_source
from devenv.paths import REPO

# The locked build backend is used, and nothing is asked from a package registry.
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")
OFFLINE = ("--no-index", "--no-deps", "--no-build-isolation", "--no-cache-dir")


@dataclass(frozen=True)
class CleanOdoo:
    """A virtual environment that can import Odoo and what Odoo needs, and nothing of this clone."""

    python: Path
    odoo_addons: Path

    def install(self, *what: object) -> None:
        run(*PIP, "--python", self.python, "install", *OFFLINE, *what)

    def module_path(self, addon: str) -> Path:
        """Where Odoo itself finds an addon, with no option set."""
        code = (
            "from odoo.tools import config; config.parse_config([]);"
            "from odoo.modules import get_module_path;"
            f"print(get_module_path({addon!r}))"
        )
        return Path(self.run("-c", code).strip())

    def run(self, *arguments: object) -> str:
        """Isolated from PYTHONPATH and from the person's own Odoo options."""
        return run(self.python, "-I", *arguments, ODOO_RC=os.devnull)


@pytest.fixture(scope="session")
def clone(tmp_path_factory) -> Path:
    """A git clone with what the work tree holds, committed or not, and one file git ignores."""
    folder = tmp_path_factory.mktemp("clone")
    run("git", "clone", "--quiet", "--no-checkout", REPO, folder)
    # The work tree, read by the clone's own git.
    run("git", "--work-tree", REPO, "add", "--all", cwd=folder)
    author = ("-c", "user.name=test", "-c", "user.email=test@localhost")
    run("git", *author, "commit", "--quiet", "--allow-empty", "--message=tree", cwd=folder)
    run("git", "checkout", "--quiet", "--force", cwd=folder)
    for name in addons.names():
        (folder / name / "left-over.pyc").write_text("of this machine only")
    return folder


@pytest.fixture(scope="session")
def wheels(clone, tmp_path_factory) -> dict[str, Path]:
    """One for each addon."""
    folder = tmp_path_factory.mktemp("wheels")
    for name in addons.names():
        run(*PIP, "wheel", *OFFLINE, "--wheel-dir", folder / name, clone / name)
    return {path.parent.name: path for path in folder.glob("*/*.whl")}


@pytest.fixture
def clean_odoo(tmp_path) -> CleanOdoo:
    folder = tmp_path / "venv"
    run(sys.executable, "-m", "venv", "--without-pip", folder)
    (site_packages,) = folder.glob("lib/python3.*/site-packages")
    odoo = odoo_source.ensure()
    needs = next(Path(path) for path in sys.path if path.endswith("site-packages"))
    (site_packages / "odoo.pth").write_text(f"{odoo.python_path}\n{needs}\n")
    return CleanOdoo(folder / "bin" / "python", site_packages / "odoo" / "addons")


def run(*command: object, cwd: Path | None = None, **environment: str) -> str:
    """What the command prints; its errors are in the failure when it fails."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout
