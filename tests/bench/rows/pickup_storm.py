"""How many drivers come when many click on one pickup at once?"""

from tests.bench import pickups
from tests.bench.results import OURS, Contestants, Line, Results
from tests.bench.rows.storm import POOL, require_connections, storm
from tests.bench.stage import Stage

ROUNDS = 3
THREADS, PROCESSES = 32, 2
LATENCY = 0.3  # seconds: one request
PEER = "POST, then store"

NOTE = """64 callers in two processes, each with a transaction of its own, request the same pickup
at the same moment; served is who is told its PRN. The peer's way is that of public connectors: the
POST within the caller's transaction, whose write then fails for all but one."""


def contestants(stage: Stage) -> Contestants:
    """:raise Problem: when PostgreSQL lets too few connect."""
    require_connections(2 * THREADS * PROCESSES)
    simulator, first, company = pickups.start(stage, POOL)
    odoos = [first, stage.odoo_process(None, POOL)]
    numbers = [f"S{each:05}" for each in range(2 * ROUNDS)]
    for number in numbers:
        simulator.own_account(number)
    drafts = iter(first.call(pickups.drafts, first.call(pickups.locations, company, numbers)))
    simulator.set_latency(LATENCY, "request")

    def run(work):
        before = simulator.calls("request")
        measures = storm(odoos, work, next(drafts), THREADS)
        return measures | {"posts": simulator.calls("request") - before}

    return {OURS: lambda: run(_request), PEER: lambda: run(pickups.post_and_store)}


def lines(results: Results) -> list[Line]:
    def told(contestant):
        posts, served, wall = (
            results.median(each, contestant) for each in ("posts", "served", "wall")
        )
        return f"{posts:.0f} POST, {served:.0f} told the PRN, {wall * 1000:.0f} ms"

    callers = THREADS * PROCESSES
    return [
        Line(
            work=f"{callers} callers request one pickup",
            goal=f"1 POST, all told, {2 * LATENCY * 1000:.0f} ms",
            ours=told(OURS),
            beside=PEER,
            theirs=told(PEER),
            ratio=results.ratio("wall", PEER),
            floor=f"{LATENCY * 1000:.0f} ms",
            reached=max(results.all("posts")) == 1
            and min(results.all("served")) == callers
            and results.median("wall") <= 2 * LATENCY,
        )
    ]


def _request(env, pickup: int) -> bool:
    return "PRN" in env["ups.pickup"].browse(pickup).action_request()["params"]["message"]
