"""How many drivers come when many click on one pickup at once?"""

from tests.bench import pickups
from tests.bench.results import OURS, Case
from tests.bench.rows.storm import POOL, require_connections, storm

ROUNDS = 3
THREADS, PROCESSES = 32, 2
CALLERS = THREADS * PROCESSES
LATENCY = 0.3  # seconds: one request
SLOWEST = 2000 * LATENCY  # milliseconds
PEER = "POST, then store"

CASES = [
    Case(
        f"{CALLERS} callers request one pickup",
        f"1 POST, all told, {SLOWEST:.0f} ms",
        "{posts:.0f} POST, {served:.0f} told the PRN, {ms:.0f} ms",
        lambda ours: (
            ours["most posts"] == 1 and ours["least served"] == CALLERS and ours["ms"] <= SLOWEST
        ),
        beside=(PEER,),
        ratio="ratio ms",
        floor=f"{LATENCY * 1000:.0f} ms",
    )
]


def contestants(stage):
    """:raise Problem: when PostgreSQL lets too few connect."""
    require_connections(2 * CALLERS)
    simulator, first, company, numbers = pickups.start(stage, 2 * ROUNDS, POOL)
    odoos = [first, stage.odoo_process(None, POOL)]
    drafts = iter(first.call(pickups.drafts, first.call(pickups.locations, company, numbers)))
    simulator.set_latency(LATENCY, "request")

    def run(work):
        before = simulator.calls("request")
        measures = storm(odoos, work, next(drafts), THREADS)
        return measures | {"posts": simulator.calls("request") - before}

    return {OURS: lambda: run(_request), PEER: lambda: run(pickups.post_and_store)}


def _request(env, pickup: int) -> bool:
    return "PRN" in env["ups.pickup"].browse(pickup).action_request()["params"]["message"]
