"""`make lint`: ruff, pylint-odoo, OCA's checks, and which way imports may point."""

import subprocess
import sys
from collections.abc import Sequence

from devenv import addons
from devenv.console import Problem
from devenv.paths import REPO

# Folders of an addon that know nothing of Odoo, nor of the addon around them.
_PLAIN = ("ups_client", "pickup_api")
_PARENTS = 'lint.flake8-tidy-imports.ban-relative-imports = "parents"'
_NO_PARENTS = ("--extend-select", "TID252", "--config", _PARENTS)

_PYLINT_ODOO = (
    "--disable=all",
    "--enable=odoolint",
    "--disable=manifest-required-author",  # OCA's own
    "--disable=missing-readme",  # it stands at the repository's root
    "--disable=missing-return",  # of a super() that returns nothing
)

_RUFF = (sys.executable, "-m", "ruff")
_OCA = (sys.executable, "-m", "oca_pre_commit_hooks.cli")
_OCA_PO = (sys.executable, "-m", "oca_pre_commit_hooks.cli_po")
# Odoo's own files write "utf-8", and numbers as text; its export lays out .po files its own way.
_NOT_ODOOS_STYLE = "--disable=xml-header-wrong,xml-field-numeric-without-eval,po-pretty-format"


def main() -> int:
    folders, names = addons.folders(), addons.names()
    plain = [path for folder in folders for name in _PLAIN if (path := folder / name).is_dir()]
    tests = [f"{prefix}{name}.tests" for name in names for prefix in ("odoo.addons.", "")]
    checks = {
        "ruff check": [*_RUFF, "check", "."],
        "ruff format --check": [*_RUFF, "format", "--check", "."],
        "plain Python imports no Odoo": [
            *_banned("plain Python never imports it", "odoo"),
            *_NO_PARENTS,
            *plain,
        ],
        "tests never ship in the runtime path": [
            *_banned("tests and simulator stay there", "ups_simulator", *tests)
        ],
        "pylint-odoo": [sys.executable, "-m", "pylint", *_PYLINT_ODOO, *names],
        "OCA's checks of XML and CSV": [*_OCA, _NOT_ODOOS_STYLE, *names],
        "OCA's checks of translations": [*_OCA_PO, _NOT_ODOOS_STYLE, *REPO.glob("*/i18n/*.po*")],
    }
    failed = [name for name, command in checks.items() if _fails(command)]
    if failed:
        raise Problem(f"Lint: {' and '.join(failed)} failed.")
    return 0


def _banned(why: str, *modules: str) -> list[str]:
    """Ruff, told to forbid that they are imported."""
    banned = ", ".join(f'"{module}" = {{ msg = "{why}" }}' for module in modules)
    rule = f"lint.flake8-tidy-imports.banned-api = {{ {banned} }}"
    return [*_RUFF, "check", "--select", "TID251", "--config", rule]


def mend() -> int:
    """What ruff can mend by itself; the rest is told by `make lint`."""
    _fails([*_RUFF, "check", "--fix-only", "."])
    return int(_fails([*_RUFF, "format", "."]))


def _fails(command: Sequence[object]) -> bool:
    return subprocess.run(command, cwd=REPO, check=False).returncode != 0
