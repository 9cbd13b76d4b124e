"""How long does the daily job take to renew many companies, and how much memory?"""

import requests

from tests.bench import companies
from tests.bench.odoo_process import measured
from tests.bench.results import OURS, Case

SIZES = (1_000, 10_000)
ROUNDS = 1
LATENCY = 0.1  # seconds
PARALLEL = 8  # the job's own number: models/ups_connection_keep_alive.py
FLAT = 10  # megabytes that nine thousand more companies may add


def _case(size: int) -> Case:
    floor = size * LATENCY / PARALLEL
    return Case(
        f"keep-alive of {size:,} companies",
        f"within 1.3 times the floor ({1.3 * floor:.1f} s), memory flat",
        "{seconds:.1f} s, {MB:+.0f} MB, {renewed:,.0f} renewed",
        lambda ours: (
            ours["seconds"] <= 1.3 * floor
            and ours["renewed"] == size
            and ours["MB"] - ours.beside(f"{SIZES[0]} ")["MB"] <= FLAT
        ),
        floor=f"{floor:.1f} s",
        of=f"{size} ",
    )


CASES = [_case(size) for size in SIZES]


def contestants(stage):
    simulator = stage.simulator()

    def run():
        measures = {}
        for size in SIZES:
            with stage.odoo_process() as odoo:
                _prepare(odoo, simulator, size)
            simulator.set_latency(LATENCY, "refresh")
            with stage.odoo_process() as odoo:
                found = odoo.call(_keep_alive)
            measures |= {f"{size} {name}": value for name, value in found.items()}
        return measures

    return {OURS: run}


def _prepare(odoo, simulator, size: int) -> None:
    """Companies whose authorization has lived more than half of its life."""
    ids = odoo.call(companies.create_many, size)
    with requests.Session() as session:
        answers = {
            company: session.post(f"{simulator.base_url}/_control/issue_tokens", json={}).json()
            for company in ids
        }
    odoo.call(companies.authorize, answers, 0.6)


def _keep_alive(env) -> dict[str, float]:
    connections = env["ups.connection"].sudo()
    due = len(connections._due_to_renew())
    with measured(env) as found:
        connections._cron_keep_alive()
    return found | {"renewed": due - len(connections._due_to_renew())}
