"""`make screenshots`: the pictures of the Apps page, and a gallery of every state to look at."""

import sys

from devenv import postgres
from devenv.console import say
from devenv.locks import only_one
from devenv.paths import DESCRIPTION, GALLERY, REPO
from devenv.processes import run_stage
from devenv.system_packages import ensure_chromium


def main() -> int:
    ensure_chromium()
    pytest = [sys.executable, "-m", "pytest", "--no-header", "-p", "no:odoo"]
    with only_one("make screenshots"), postgres.running():
        code = run_stage([*pytest, "tests/screenshots"], cwd=REPO, minutes=30)
    say(f"  to commit: {DESCRIPTION}\n  to look at: {GALLERY}")
    return code
