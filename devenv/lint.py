"""`make lint`: ruff, pylint-odoo, OCA's checks, and which way imports may point."""

import subprocess
import sys
from collections.abc import Sequence

from devenv.console import Problem
from devenv.paths import ADDON, REPO

_PLAIN_PYTHON = """lint.flake8-tidy-imports = {
    ban-relative-imports = "parents",
    banned-api = { "odoo" = { msg = "ups_client is plain Python: it never imports odoo." } },
}"""

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
    rule = ["--select", "TID251,TID252", "--config", " ".join(_PLAIN_PYTHON.split())]
    checks = {
        "ruff check": [*_RUFF, "check", "."],
        "ruff format --check": [*_RUFF, "format", "--check", "."],
        "ups_client imports no Odoo": [*_RUFF, "check", *rule, str(ADDON / "ups_client")],
        "pylint-odoo": [sys.executable, "-m", "pylint", *_PYLINT_ODOO, ADDON.name],
        "OCA's checks of XML and CSV": [*_OCA, _NOT_ODOOS_STYLE, ADDON.name],
        "OCA's checks of translations": [*_OCA_PO, _NOT_ODOOS_STYLE, *ADDON.glob("i18n/*.po*")],
    }
    failed = [name for name, command in checks.items() if _fails(command)]
    if failed:
        raise Problem(f"Lint: {' and '.join(failed)} failed.")
    return 0


def mend() -> int:
    """What ruff can mend by itself; the rest is told by `make lint`."""
    _fails([*_RUFF, "check", "--fix-only", "."])
    return int(_fails([*_RUFF, "format", "."]))


def _fails(command: Sequence[object]) -> bool:
    return subprocess.run(command, cwd=REPO, check=False).returncode != 0
