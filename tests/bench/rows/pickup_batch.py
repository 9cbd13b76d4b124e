"""How long does a batch take?"""

from tests.bench import pickups
from tests.bench.odoo_process import measured
from tests.bench.results import OURS, Case

ROUNDS = 1
ROWS, SAMPLE = 200, 20
PARALLEL = 4
LATENCY = 0.3  # seconds
FLOOR = ROWS * LATENCY / PARALLEL
PEER = "a loop in one transaction"

CASES = [
    Case(
        f"{ROWS} requests of a batch",
        f"all, within 1.3 times the floor ({1.3 * FLOOR:.1f} s), a commit each",
        "{booked:.0f} requested, {seconds:.1f} s",
        lambda ours: ours["booked"] == ROWS and ours["seconds"] <= 1.3 * FLOOR,
        beside=(PEER,),
        theirs="{seconds:.1f} s",
        ratio="ratio seconds",
        floor=f"{FLOOR:.1f} s",
    )
]


def contestants(stage):
    simulator, odoo, company, numbers = pickups.start(stage, ROWS + SAMPLE)
    locations = odoo.call(pickups.locations, company, numbers)
    drafts = odoo.call(pickups.drafts, locations[ROWS:])
    simulator.set_latency(LATENCY, "request")
    return {
        OURS: lambda: odoo.call(_request, company, locations[:ROWS]),
        PEER: lambda: odoo.call(pickups.one_by_one, pickups.post_and_store, drafts, ROWS),
    }


def _request(env, company: int, location_ids: list[int]) -> dict[str, float]:
    from datetime import timedelta

    locations = env["ups.pickup.location"].browse(location_ids)
    day = locations[0]._today() + timedelta(days=1)
    values = {"company_id": company, "date_from": day, "date_to": day}
    batch = env["ups.pickup.batch"].create(values | {"location_ids": locations.ids})
    batch.action_fill()
    batch.action_request()
    env.cr.commit()
    with measured(env) as found:
        env["ups.pickup.batch"]._cron_request()
    env.invalidate_all()
    return found | {"booked": len(batch.pickup_ids.filtered("prn"))}
