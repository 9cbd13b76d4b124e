"""`make lint`: ruff, pylint-odoo, and which way imports may point."""

import subprocess
import sys

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


def main() -> int:
    ruff = [sys.executable, "-m", "ruff"]
    rule = ["--select", "TID251,TID252", "--config", " ".join(_PLAIN_PYTHON.split())]
    checks = {
        "ruff check": [*ruff, "check", "."],
        "ruff format --check": [*ruff, "format", "--check", "."],
        "ups_client imports no Odoo": [*ruff, "check", *rule, str(ADDON / "ups_client")],
        "pylint-odoo": [sys.executable, "-m", "pylint", *_PYLINT_ODOO, ADDON.name],
    }
    failed = [name for name, command in checks.items() if _fails(command)]
    if failed:
        raise Problem(f"Lint: {' and '.join(failed)} failed.")
    return 0


def _fails(command: list[str]) -> bool:
    return subprocess.run(command, cwd=REPO, check=False).returncode != 0
