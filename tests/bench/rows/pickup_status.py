"""How long does it take to learn the status of a thousand open pickups?"""

import math

from tests.bench import pickups
from tests.bench.odoo_process import measured
from tests.bench.results import OURS, Case

ROUNDS = 2
ACCOUNTS, EACH = 20, 50
PARALLEL = 8  # the job's own number: models/ups_pickup_status.py
LATENCY = 0.3  # seconds
FLOOR = math.ceil(ACCOUNTS / PARALLEL) * LATENCY
SAMPLE = 25  # of the peer's calls are made; its seconds are reckoned for all of them
FLAT = 10  # megabytes
PEER = "one call a record"

CASES = [
    Case(
        f"status of {ACCOUNTS * EACH:,} open pickups on {ACCOUNTS} accounts",
        f"{ACCOUNTS} calls, within 1.3 times the floor, memory flat",
        "{calls:.0f} calls, {seconds:.2f} s, {MB:+.0f} MB",
        lambda ours: (
            ours["calls"] == ACCOUNTS and ours["seconds"] <= 1.3 * FLOOR and ours["MB"] <= FLAT
        ),
        beside=(PEER,),
        theirs=f"{ACCOUNTS * EACH:,} calls, {{seconds:.0f}} s",
        ratio="ratio seconds",
        floor=f"{FLOOR:.1f} s",
    )
]


def contestants(stage):
    simulator, odoo, company, numbers = pickups.start(stage, ACCOUNTS)
    drafts = odoo.call(pickups.drafts, odoo.call(pickups.locations, company, numbers, EACH))
    odoo.call(pickups.book, drafts)
    odoo.call(_check)  # the first news
    simulator.set_latency(LATENCY, "status")

    def ours():
        before = simulator.calls("status")
        return odoo.call(_check) | {"calls": simulator.calls("status") - before}

    theirs = pickups.one_by_one, pickups.ask_for_each, drafts[:SAMPLE], ACCOUNTS * EACH
    return {OURS: ours, PEER: lambda: odoo.call(*theirs)}


def _check(env) -> dict[str, float]:
    env["ups.pickup"].sudo().search([]).looked_on = False
    env.cr.commit()
    with measured(env) as found:
        env["ups.pickup"]._cron_check()
    return found
