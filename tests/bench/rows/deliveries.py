"""What does the validation of 100 deliveries cost more, when UPS collects them?"""

import time
from functools import partial

from tests.bench import deliveries
from tests.bench.odoo_process import transaction
from tests.bench.results import OURS, WITHOUT, Case

ROUNDS = 17
COUNT = 100
MOST_QUERIES, MOST_TIME = 2, 1.02

CASES = [
    Case(
        f"{COUNT} deliveries validated",
        f"at most {MOST_QUERIES} queries and {MOST_TIME - 1:.0%} of time added",
        "{queries:.0f} queries, {ms:,.0f} ms ({added queries:+.0f} queries,"
        " {added after_ms:+.0f} ms after the commit)",
        lambda ours: ours["added queries"] <= MOST_QUERIES and ours["ratio ms"] <= MOST_TIME,
        beside=(WITHOUT,),
        theirs="{queries:.0f} queries, {ms:,.0f} ms",
        ratio="ratio ms",
    )
]


def contestants(stage):
    plain, addon = stage.odoo_pair()
    return {
        OURS: partial(addon.call, _round, addon.call(deliveries.prepare)),
        WITHOUT: partial(plain.call, _round, plain.call(deliveries.prepare)),
    }


def _round(env, made: tuple[int, int, int]) -> dict[str, float]:
    ids = deliveries.ready(env, *made, COUNT)
    env.cr.commit()
    began = time.perf_counter()
    with transaction(env.registry) as own:
        own["stock.picking"].browse(ids).button_validate()
        own.cr.flush()  # and with it the messages that Odoo writes before each commit
        queries, committing = own.cr.sql_log_count, time.perf_counter()
    ms, after = (1000 * (time.perf_counter() - each) for each in (began, committing))
    return {"queries": queries, "ms": ms, "after_ms": after}
