"""How long does it take to learn the status of a thousand open pickups?"""

import math
import time

from tests.bench import pickups
from tests.bench.odoo_process import transaction
from tests.bench.results import OURS, Contestants, Line, Results
from tests.bench.stage import Stage

ROUNDS = 2
ACCOUNTS, EACH = 20, 50
PARALLEL = 8  # the job's own number: models/ups_pickup_status.py
LATENCY = 0.3  # seconds
SAMPLE = 25  # of the peer's calls are made; its seconds are reckoned for all of them
FLAT = 10  # megabytes
PEER = "one call a record"

NOTE = """A run of the job that asks for news, in a process that has booked them, 50 on each of 20
accounts: one call an account, then a transaction for all that are told as before, and one for each
of which there is news. The peer asks once a record, as OCA's `delivery_state` does: 25 are asked,
and the rest is reckoned. The memory is what the process has more afterwards. What it takes above
the floor is Odoo's own work with a thousand rows, in one process: which are due, what is told."""


def contestants(stage: Stage) -> Contestants:
    simulator, odoo, company = pickups.start(stage)
    numbers = [f"S{each:05}" for each in range(ACCOUNTS)]
    for number in numbers:
        simulator.own_account(number)
    drafts = odoo.call(pickups.drafts, odoo.call(pickups.locations, company, numbers, EACH))
    odoo.call(pickups.book, drafts)
    odoo.call(_check)  # the first news
    simulator.set_latency(LATENCY, "status")

    def ours():
        before = simulator.calls("status")
        return odoo.call(_check) | {"calls": simulator.calls("status") - before}

    return {OURS: ours, PEER: lambda: odoo.call(_ask_for_each, drafts[:SAMPLE])}


def lines(results: Results) -> list[Line]:
    seconds, memory, calls = (results.median(each) for each in ("seconds", "MB", "calls"))
    theirs, floor = results.median("seconds", PEER), math.ceil(ACCOUNTS / PARALLEL) * LATENCY
    return [
        Line(
            work=f"status of {ACCOUNTS * EACH:,} open pickups on {ACCOUNTS} accounts",
            goal=f"{ACCOUNTS} calls, within 1.3 times the floor, memory flat",
            ours=f"{calls:.0f} calls, {seconds:.1f} s, {memory:+.0f} MB",
            beside=PEER,
            theirs=f"{ACCOUNTS * EACH:,} calls, {theirs:.0f} s",
            ratio=results.ratio("seconds", PEER),
            floor=f"{floor:.1f} s",
            reached=calls == ACCOUNTS and seconds <= 1.3 * floor and memory <= FLAT,
        )
    ]


# === IN AN ODOO PROCESS === #


def _check(registry) -> dict[str, float]:
    import psutil

    process = psutil.Process()
    with transaction(registry) as env:
        env["ups.pickup"].sudo().search([]).looked_on = False
    with transaction(registry) as env:
        before, began = process.memory_info().rss, time.perf_counter()
        env["ups.pickup"]._cron_check()
        seconds = time.perf_counter() - began
    return {"seconds": seconds, "MB": (process.memory_info().rss - before) / 2**20}


def _ask_for_each(registry, pickup_ids: list[int]) -> dict[str, float]:
    began = time.perf_counter()
    with transaction(registry) as env:
        for pickup in pickup_ids:
            pickups.ask_for_each(env, pickup)
    share = ACCOUNTS * EACH / len(pickup_ids)
    return {"seconds": (time.perf_counter() - began) * share}
