"""What does the plan's job cost where there is nothing to collect?"""

from tests.bench import pages, pickups
from tests.bench.results import OURS, Case

ROUNDS = 5
LOCATIONS, MOST = 500, 5

CASES = [
    Case(
        f"the plan of {LOCATIONS} locations with nothing to collect",
        f"at most {MOST} queries, no call",
        "{queries:.0f} queries, {most calls:.0f} calls, {seconds:.2f} s",
        lambda ours: ours["queries"] <= MOST and ours["most calls"] == 0,
        of="plan ",
    )
]


def contestants(stage):
    simulator, odoo, company, numbers = pickups.start(stage, LOCATIONS)
    due = {"plan": "when_packages", "plan_time": 0}
    odoo.call(pickups.locations, company, numbers, **due)

    def run():
        simulator.forget_requests()
        return odoo.call(_plan) | {"plan calls": simulator.calls()}

    return {OURS: run}


def _plan(env) -> dict[str, float]:
    return pages.measure(env, "plan", lambda own: own["ups.pickup"]._cron_plan())
