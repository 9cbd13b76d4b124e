"""What does the plan's job cost where there is nothing to collect?"""

from tests.bench import pickups
from tests.bench.odoo_process import transaction
from tests.bench.results import OURS, Contestants, Line, Results
from tests.bench.stage import Stage

ROUNDS = 5
LOCATIONS, MOST = 500, 5

NOTE = """500 locations whose plan, for deliveries, is due, and no delivery has come: a run of the
job, with what `ups_pickup_delivery` adds to it."""


def contestants(stage: Stage) -> Contestants:
    simulator, odoo, company = pickups.start(stage)
    numbers = [f"S{each:05}" for each in range(LOCATIONS)]
    odoo.call(_locations, company, numbers)

    def run():
        simulator.forget_requests()
        return odoo.call(_plan) | {"calls": simulator.calls()}

    return {OURS: run}


def lines(results: Results) -> list[Line]:
    queries, calls = results.median("queries"), max(results.all("calls"))
    return [
        Line(
            work=f"the plan of {LOCATIONS} locations with nothing to collect",
            goal=f"at most {MOST} queries, no call",
            ours=f"{queries:.0f} queries, {calls:.0f} calls, {results.median('seconds'):.2f} s",
            reached=queries <= MOST and calls == 0,
        )
    ]


# === IN AN ODOO PROCESS === #


def _locations(registry, company: int, numbers: list[str]) -> None:
    pickups.locations(registry, company, numbers, plan="when_packages", plan_time=0)


def _plan(registry) -> dict[str, float]:
    for _each in range(2):  # the first one fills the process's own caches
        with transaction(registry) as env, pickups.measured(env) as found:
            env["ups.pickup"]._cron_plan()
    return found
