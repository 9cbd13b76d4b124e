"""How often is UPS asked, and who is served, when many find the token expired at once?"""

import secrets
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from devenv import database
from devenv.console import Problem
from tests.bench import companies, peers
from tests.bench.odoo_process import transaction
from tests.bench.results import OURS, Contestants, Line, Results
from tests.bench.stage import Stage

ROUNDS = 5
CASES = ((16, 1), (32, 2), (64, 2))  # callers a process, processes
LATENCY = 0.3  # seconds: one refresh
MARGIN = 0.2  # seconds
# Odoo serves half as many requests at once as its pool has connections (odoo/service/server.py).
POOL = f"--db_maxconn={2 * 64 + 8}"

NOTE = """A caller is a thread with a transaction of its own that reads its company's or provider's
token, as a cron's does; all begin at the same moment, and nothing is run again. The time is that
from the start to the last caller's commit. The peers' refresh has no lock: each caller asks the
remote, all but one lose their transaction to a serialization failure, and Mercado Pago's refuses a
refresh token that another caller has spent. google_gmail's remote takes the same one again. Odoo
would rerun those callers that are HTTP requests, which then find what the fastest one got. With 64
callers a process, Odoo's `db_maxconn` has to be twice that, as Odoo itself reckons for its own
threads."""


def contestants(stage: Stage) -> Contestants:
    """:raise Problem: when PostgreSQL lets too few connect."""
    require_connections(max(threads * processes for threads, processes in CASES))
    simulator = stage.simulator()
    host = stage.peers_host(LATENCY)
    odoos = [stage.odoo_process(None, POOL) for _each in range(2)]
    company = odoos[0].call(companies.create, ["Storm"])[0]
    odoos[0].call(companies.authorize, {company: simulator.issue_tokens()})
    simulator.set_latency(LATENCY, "refresh")
    provider, mail_server = odoos[0].call(peers.create)
    odoos[0].call(peers.lead_to_loopback, host.url)

    def ours(threads, processes):
        odoos[0].call(companies.expire)
        simulator.forget_requests()
        return storm(odoos[:processes], companies.token, company, threads) | {
            "calls": simulator.calls("refresh")
        }

    def theirs(work, record, threads, processes):
        odoos[0].call(peers.expire, provider, mail_server, secrets.token_hex())
        host.forget_calls()
        return storm(odoos[:processes], work, record, threads) | {"calls": host.calls()}

    return {
        OURS: partial(_every_case, ours),
        peers.MERCADO_PAGO: partial(_every_case, partial(theirs, peers.mercado_pago, provider)),
        peers.GMAIL: partial(_every_case, partial(theirs, peers.gmail, mail_server)),
    }


def lines(results: Results) -> list[Line]:
    found = []
    for threads, processes in CASES:
        case = f"{threads}x{processes}"
        for peer in (peers.MERCADO_PAGO, peers.GMAIL):
            found.append(_line(results, case, threads * processes, peer))
    return found


def _line(results: Results, case: str, callers: int, peer: str) -> Line:
    def told(contestant):
        calls, served, wall = (
            results.median(f"{name} {case}", contestant) for name in ("calls", "served", "wall")
        )
        asked = "1 call" if calls == 1 else f"{calls:.0f} calls"
        return f"{asked}, {served:.0f} of {callers} served, {wall * 1000:.0f} ms"

    slowest = 1.5 * LATENCY + MARGIN
    return Line(
        work=f"refresh storm, {case} callers",
        goal=f"1 call, all served, {slowest * 1000:.0f} ms",
        ours=told(OURS),
        beside=peer,
        theirs=told(peer),
        ratio=results.ratio(f"wall {case}", peer),
        floor=f"{LATENCY * 1000:.0f} ms",
        reached=max(results.all(f"calls {case}")) == 1
        and min(results.all(f"served {case}")) == callers
        and results.median(f"wall {case}") <= slowest,
    )


def require_connections(callers: int) -> None:
    needed = callers + 40
    with database.connect("postgres") as cursor:
        cursor.execute("SHOW max_connections")
        allowed = int(cursor.fetchone()[0])
    if allowed < needed:
        raise Problem(f"The storm needs PostgreSQL's max_connections to be {needed} or more.")


def _every_case(run) -> dict[str, float]:
    measures = {}
    for threads, processes in CASES:
        found = run(threads, processes)
        measures |= {f"{name} {threads}x{processes}": value for name, value in found.items()}
    return measures


def storm(odoos, work, record: int, threads: int) -> dict[str, float]:
    """All callers begin at the same moment of the machine's monotonic clock."""
    start = time.monotonic() + 0.5
    waiting = [odoo.start(_callers, work, record, threads, start) for odoo in odoos]
    outcomes = [outcome for each in waiting for outcome in each.result()]
    return {
        "served": sum(served for served, _ended in outcomes),
        "wall": max(ended for _served, ended in outcomes) - start,
    }


# === IN AN ODOO PROCESS === #


def _callers(registry, work, record: int, threads: int, start: float) -> list[tuple[bool, float]]:
    """:return: of each caller whether it got a token, and when it was done."""
    began = threading.Barrier(threads)

    def one(_number):
        try:
            with transaction(registry) as env:
                env.cr.execute("SELECT 1")  # the snapshot is there, as a caller's is
                began.wait()
                time.sleep(max(0, start - time.monotonic()))
                served = bool(work(env, record))
        except Exception:
            served = False
        return served, time.monotonic()

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(one, range(threads)))
