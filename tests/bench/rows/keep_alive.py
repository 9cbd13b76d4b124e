"""How long does the daily job take to renew many companies, and how much memory?"""

import time

import requests

from tests.bench import companies
from tests.bench.odoo_process import transaction
from tests.bench.results import OURS, Contestants, Line, Results
from tests.bench.stage import Stage

SIZES = (1_000, 10_000)
ROUNDS = 3
LARGE_ROUNDS = 1  # ten thousand companies take minutes
LATENCY = 0.1  # seconds
PARALLEL = 8  # the job's own number: models/ups_connection_keep_alive.py
FLAT = 10  # megabytes that nine thousand more companies may add

NOTE = """The job as the cron calls it, in a fresh process each time, three times with 1,000
companies and once with 10,000; every authorization has lived 60 % of its life. In Odoo's cron the
job is cut into runs of at most the cron's time limit, and goes on in the next one. The memory is
what the process has more afterwards."""


def contestants(stage: Stage) -> Contestants:
    simulator = stage.simulator()

    rounds = iter([SIZES] * LARGE_ROUNDS + [SIZES[:1]] * (ROUNDS - LARGE_ROUNDS))

    def run():
        measures = {}
        for size in next(rounds):
            with stage.odoo_process() as odoo:
                _prepare(odoo, simulator, size)
            simulator.set_latency(LATENCY, "refresh")
            with stage.odoo_process() as odoo:
                measures |= odoo.call(_keep_alive, size)
        return measures

    return {OURS: run}


def lines(results: Results) -> list[Line]:
    smallest = results.median(f"{SIZES[0]}: MB")
    return [_line(results, size, smallest) for size in SIZES]


def _line(results: Results, size: int, smallest: float) -> Line:
    floor = size * LATENCY / PARALLEL
    seconds, memory, renewed = (
        results.median(f"{size}: {name}") for name in ("seconds", "MB", "renewed")
    )
    return Line(
        work=f"keep-alive of {size:,} companies",
        goal=f"within 1.3 times the floor ({1.3 * floor:.1f} s), memory flat",
        ours=f"{seconds:.1f} s, {memory:+.0f} MB, {renewed:,.0f} renewed",
        floor=f"{floor:.1f} s",
        reached=seconds <= 1.3 * floor and renewed == size and memory - smallest <= FLAT,
    )


def _prepare(odoo, simulator, size: int) -> None:
    """Companies whose authorization has lived more than half of its life."""
    ids = odoo.call(companies.create_many, size)
    with requests.Session() as session:
        answers = {
            company: session.post(f"{simulator.base_url}/_control/issue_tokens", json={}).json()
            for company in ids
        }
    odoo.call(companies.authorize, answers, 0.6)


# === IN AN ODOO PROCESS === #


def _keep_alive(registry, size: int) -> dict[str, float]:
    import psutil

    process = psutil.Process()
    with transaction(registry) as env:
        connections = env["ups.connection"].sudo()
        due = len(connections._due_to_renew())
        before, began = process.memory_info().rss, time.perf_counter()
        connections._cron_keep_alive()
        seconds = time.perf_counter() - began
        added = (process.memory_info().rss - before) / 2**20
        left = len(connections._due_to_renew())
    return {f"{size}: seconds": seconds, f"{size}: MB": added, f"{size}: renewed": due - left}
