"""`make screenshots`: the pictures of the Apps pages."""

import sys

from devenv import postgres
from devenv.console import say
from devenv.locks import only_one
from devenv.paths import REPO
from devenv.processes import run_stage
from devenv.system_packages import ensure_chromium


def main() -> int:
    ensure_chromium()
    pytest = [sys.executable, "-m", "pytest", "--no-header", "-p", "no:odoo"]
    with only_one("make screenshots"), postgres.running():
        code = run_stage([*pytest, "tests/screenshots"], cwd=REPO, minutes=30)
    say("  to look at and to commit: the pictures in static/description of each addon")
    return code
