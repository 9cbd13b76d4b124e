"""How often is UPS asked, and who is served, when many find the token expired at once?"""

import secrets
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import requests

from devenv import database
from devenv.console import Problem
from tests.bench import companies, peers
from tests.bench.odoo_process import transaction
from tests.bench.results import OURS, Case

ROUNDS = 5
SIZES = ((16, 1), (32, 2), (64, 2))  # callers a process, processes
LATENCY = 0.3  # seconds: one refresh
SLOWEST = 1500 * LATENCY + 200  # milliseconds
# Odoo serves half as many requests at once as its pool has connections (odoo/service/server.py).
POOL = f"--db_maxconn={2 * 64 + 8}"

CASES = [
    Case(
        f"refresh storm, {threads}x{processes} callers",
        f"1 call, all served, {SLOWEST:.0f} ms",
        "calls: {calls:.0f}, served: {served:.0f}, {ms:.0f} ms",
        lambda ours, callers=threads * processes: (
            ours["most calls"] == 1 and ours["least served"] == callers and ours["ms"] <= SLOWEST
        ),
        beside=(peers.MERCADO_PAGO, peers.GMAIL),
        ratio="ratio ms",
        floor=f"{LATENCY * 1000:.0f} ms",
        of=f"{threads}x{processes} ",
    )
    for threads, processes in SIZES
]


def contestants(stage):
    """:raise Problem: when PostgreSQL lets too few connect."""
    require_connections(max(threads * processes for threads, processes in SIZES))
    simulator, host = stage.simulator(), stage.peers_host(LATENCY)
    odoos = [stage.odoo_process(None, POOL) for _each in range(2)]
    [company] = odoos[0].call(companies.create, "Storm")
    odoos[0].call(companies.authorize, {company: simulator.issue_tokens()})
    simulator.set_latency(LATENCY, "refresh")
    provider, mail_server = odoos[0].call(peers.create)
    odoos[0].call(peers.set_parameters, {peers.GMAIL_HOST: host})

    def run(calls, expire, work, record):
        found = {}
        for threads, processes in SIZES:
            expire()
            before = calls()
            told = storm(odoos[:processes], work, record, threads) | {"calls": calls() - before}
            found |= {f"{threads}x{processes} {name}": value for name, value in told.items()}
        return found

    def expire_theirs():
        secret = secrets.token_hex()
        odoos[0].call(peers.authorize, provider, mail_server, secret, expired=True)

    def theirs(*work):
        return partial(
            run, lambda: requests.get(f"{host}/_calls", timeout=10).json(), expire_theirs, *work
        )

    ours = partial(simulator.calls, "refresh"), partial(odoos[0].call, companies.expire)
    return {
        OURS: partial(run, *ours, companies.token, company),
        peers.MERCADO_PAGO: theirs(peers.mercado_pago, provider),
        peers.GMAIL: theirs(peers.gmail, mail_server),
    }


def require_connections(callers: int) -> None:
    needed = callers + 40
    [(allowed,)] = database.run("postgres", "SHOW max_connections")
    if int(allowed) < needed:
        raise Problem(f"The storm needs PostgreSQL's max_connections to be {needed} or more.")


def storm(odoos, work, record: int, threads: int) -> dict[str, float]:
    """All callers begin at the same moment of the machine's monotonic clock."""
    start = time.monotonic() + 0.5
    waiting = [odoo.start(_callers, work, record, threads, start) for odoo in odoos]
    outcomes = [outcome for each in waiting for outcome in each.result()]
    return {
        "served": sum(served for served, _ended in outcomes),
        "ms": 1000 * (max(ended for _served, ended in outcomes) - start),
    }


def _callers(env, work, record: int, threads: int, start: float) -> list[tuple[bool, float]]:
    """:return: of each caller whether it got a token, and when it was done."""
    began = threading.Barrier(threads)

    def one(_number):
        try:
            with transaction(env.registry) as own:
                own.cr.execute("SELECT 1")  # the snapshot is there, as a caller's is
                began.wait()
                time.sleep(max(0, start - time.monotonic()))
                served = bool(work(own, record))
        except Exception:
            served = False
        return served, time.monotonic()

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(one, range(threads)))
