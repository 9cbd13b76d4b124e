"""How long does a batch take?"""

import time

from tests.bench import pickups
from tests.bench.odoo_process import transaction
from tests.bench.results import OURS, Contestants, Line, Results
from tests.bench.stage import Stage

ROUNDS = 1
ROWS, SAMPLE = 200, 20
PARALLEL = 4
LATENCY = 0.3  # seconds
PEER = "a loop in one transaction"

NOTE = """200 locations, a draft each, all requested by the batch's job, with a commit each: what
UPS has is stored whatever becomes of the rest. The peer's loop asks for one after the other, and
would lose all of them with its transaction; 20 are asked, and the rest is reckoned. What it takes
above the floor are the two commits of each: one before the POST, one after its answer."""


def contestants(stage: Stage) -> Contestants:
    simulator, odoo, company = pickups.start(stage)
    numbers = [f"S{each:05}" for each in range(ROWS + SAMPLE)]
    for number in numbers:
        simulator.own_account(number)
    locations = odoo.call(pickups.locations, company, numbers)
    drafts = odoo.call(pickups.drafts, locations[ROWS:])
    simulator.set_latency(LATENCY, "request")
    return {
        OURS: lambda: odoo.call(_request, company, locations[:ROWS]),
        PEER: lambda: odoo.call(_loop, drafts),
    }


def lines(results: Results) -> list[Line]:
    seconds, booked = results.median("seconds"), results.median("booked")
    floor = ROWS * LATENCY / PARALLEL
    return [
        Line(
            work=f"{ROWS} requests of a batch",
            goal=f"all, within 1.3 times the floor ({1.3 * floor:.1f} s), a commit each",
            ours=f"{booked:.0f} requested, {seconds:.1f} s",
            beside=PEER,
            theirs=f"{results.median('seconds', PEER):.1f} s",
            ratio=results.ratio("seconds", PEER),
            floor=f"{floor:.1f} s",
            reached=booked == ROWS and seconds <= 1.3 * floor,
        )
    ]


# === IN AN ODOO PROCESS === #


def _request(registry, company: int, location_ids: list[int]) -> dict[str, float]:
    from datetime import timedelta

    with transaction(registry) as env:
        locations = env["ups.pickup.location"].browse(location_ids)
        day = locations[0]._today() + timedelta(days=1)
        values = {"company_id": company, "date_from": day, "date_to": day}
        batch = env["ups.pickup.batch"].create(values | {"location_ids": locations.ids})
        batch.action_fill()
        batch.action_request()
    began = time.perf_counter()
    with transaction(registry) as env:
        env["ups.pickup.batch"]._cron_request()
    seconds = time.perf_counter() - began
    with transaction(registry) as env:
        rows = env["ups.pickup.batch"].browse(batch.id).pickup_ids
        return {"seconds": seconds, "booked": len(rows.filtered("prn"))}


def _loop(registry, pickup_ids: list[int]) -> dict[str, float]:
    began = time.perf_counter()
    with transaction(registry) as env:
        for pickup in pickup_ids:
            pickups.post_and_store(env, pickup)
    return {"seconds": (time.perf_counter() - began) * ROWS / len(pickup_ids)}
