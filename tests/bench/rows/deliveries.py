"""What does the validation of 100 deliveries cost more, when UPS collects them?"""

import time
from functools import partial

from devenv import addons
from tests.bench import deliveries
from tests.bench.odoo_process import transaction
from tests.bench.results import OURS, Contestants, Line, Results
from tests.bench.stage import Stage

ROUNDS = 11
COUNT = 100
MOST_QUERIES, MOST_TIME = 2, 1.02
WITHOUT = "Odoo without it"

NOTE = """A hundred deliveries of one piece, made beforehand, validated at once as from the list of
transfers, in two databases that differ by our addons only. The queries are those of that
transaction, which takes no longer with us. The time goes on until the deliveries stand in the draft
of their pickup: that is done after the commit, in a transaction of its own, and is what is added.
It costs about half a millisecond a delivery, more than the goal, and reads none of those that have
joined before; it stays, since the clerk sees the pickup at once. Each round's deliveries join the
same draft. A round differs from the next by more than we add, so the fastest ones are compared."""


def contestants(stage: Stage) -> Contestants:
    plain, addon = stage.odoo_pair(*addons.names())
    return {
        OURS: partial(addon.call, _round, addon.call(deliveries.prepare)),
        WITHOUT: partial(plain.call, _round, plain.call(deliveries.prepare)),
    }


def lines(results: Results) -> list[Line]:
    queries, after = (results.added(each, WITHOUT) for each in ("queries", "after"))
    fastest = {each: min(results.all("seconds", each)) for each in (OURS, WITHOUT)}
    ratio = fastest[OURS] / fastest[WITHOUT]
    ours, theirs = (
        f"{results.median('queries', each):.0f} queries, {seconds:.2f} s"
        for each, seconds in fastest.items()
    )
    return [
        Line(
            work=f"{COUNT} deliveries validated",
            goal=f"at most {MOST_QUERIES} queries and {MOST_TIME - 1:.0%} of time added",
            ours=f"{ours} ({queries:+.0f} queries, {after * 1000:+.0f} ms after the commit)",
            beside=WITHOUT,
            theirs=theirs,
            ratio=ratio,
            reached=queries <= MOST_QUERIES
            and max(ratio, 1 + after / fastest[WITHOUT]) <= MOST_TIME,
        )
    ]


# === IN AN ODOO PROCESS === #


def _round(registry, made: tuple[int, int, int]) -> dict[str, float]:
    ids = deliveries.ready(registry, *made, COUNT)
    began = time.perf_counter()
    with transaction(registry) as env:
        env["stock.picking"].browse(ids).button_validate()
        env.flush_all()
        queries, committing = env.cr.sql_log_count, time.perf_counter()
    seconds = time.perf_counter() - began
    return {"queries": queries, "seconds": seconds, "after": time.perf_counter() - committing}
