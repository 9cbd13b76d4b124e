"""`make bench`: the addon measured beside Odoo's own connectors; it writes docs/benchmarks.md."""

import os
import sys

from devenv import database, postgres, server
from devenv.console import step
from devenv.locks import only_one
from devenv.paths import REPO
from devenv.processes import run_stage

PEERS = ("payment_mercado_pago", "google_gmail", "purchase")


def main() -> int:
    with only_one("make bench"), postgres.running():
        database.make_current(database.BENCH)
        _install_peers()
        row = os.environ.get("ROW")
        return run_stage(
            [sys.executable, "-m", "tests.bench", *([row] if row else [])], minutes=25, cwd=REPO
        )


def _install_peers() -> None:
    query = "SELECT 1 FROM ir_module_module WHERE name IN %s AND state = 'installed'"
    if len(database.run(database.BENCH, query, PEERS)) < len(PEERS):
        with step("installing Odoo's own connectors beside it"):
            server.update(database.BENCH, "--init", ",".join(PEERS))
