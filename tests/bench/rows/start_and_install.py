"""How much longer does a server start, and what does the installation cost?"""

import time

from devenv import database, server
from devenv.paths import ADDON
from tests.bench import peers
from tests.bench.results import OURS, Contestants, Line, Results
from tests.bench.stage import Stage

ROUNDS = 3
WITHOUT = "Odoo without it"

NOTE = """`odoo --stop-after-init`, from the process's start to its end, on databases that differ
by the addon only. The installation is that of the addon into a new copy of the other database,
less a start; the peer's brings its `payment` and what that needs."""


def contestants(stage: Stage) -> Contestants:
    plain, addon = stage.database_pair()

    def install(module):
        name = stage.copy_database(plain, f"{database.BENCH}_install")
        return _seconds(name, "--init", module)

    def without():
        seconds = _seconds(plain)
        return {"start": seconds, "install": seconds}

    return {
        WITHOUT: without,
        OURS: lambda: {"start": _seconds(addon), "install": install(ADDON.name)},
        peers.MERCADO_PAGO: lambda: {"start": 0, "install": install(peers.MERCADO_PAGO)},
    }


def lines(results: Results) -> list[Line]:
    start, plain = results.median("start"), results.median("start", WITHOUT)
    added = results.added("start", WITHOUT)
    own, peer = (results.added("install", WITHOUT, each) for each in (OURS, peers.MERCADO_PAGO))
    return [
        Line(
            work="start of a server",
            goal="under 1 s added",
            ours=f"{start:.2f} s ({added:+.2f} s)",
            beside=WITHOUT,
            theirs=f"{plain:.2f} s",
            ratio=results.ratio("start", WITHOUT),
            reached=added < 1,
        ),
        Line(
            work="installation",
            goal="under 2 s",
            ours=f"{own:.2f} s",
            beside=peers.MERCADO_PAGO,
            theirs=f"{peer:.2f} s",
            ratio=own / peer,
            reached=own < 2,
        ),
    ]


def _seconds(name: str, *options: str) -> float:
    began = time.perf_counter()
    server.update(name, *options)
    return time.perf_counter() - began
