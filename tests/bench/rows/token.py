"""What does a caller pay for a token that lives?"""

import secrets
import time
from functools import partial

from tests.bench import companies, peers
from tests.bench.odoo_process import transaction
from tests.bench.results import OURS, Contestants, Line, Results
from tests.bench.stage import Stage

ROUNDS = 9
WARM_CALLS, COLD_CALLS = 2000, 100

NOTE = """Warm is 2,000 times in one transaction, cold is the first time in each of 100
transactions. Ours finds the company's own or its ancestors' authorization, checks the database,
the environment and that no template asks, and decrypts; the peers read their fields. Warm, that
costs tens of µs more than the peers' reading: more than half of it is the decryption, the rest the
checks. It stays, because no cache of Odoo's may hold a token in the clear, and the call of UPS for
which a token is asked takes thousands of times as long. Whoever calls often in one transaction
takes a session (`_ups_session()`), which asks once."""


def contestants(stage: Stage) -> Contestants:
    simulator = stage.simulator()
    stage.peers_host(0)
    odoo = stage.odoo_process()
    company = odoo.call(companies.create, ["Token"])[0]
    odoo.call(companies.authorize, {company: simulator.issue_tokens()})
    provider, mail_server = odoo.call(peers.create)
    odoo.call(peers.authorize, provider, mail_server, secrets.token_hex())
    return {
        OURS: partial(odoo.call, _measure, companies.token, company),
        peers.MERCADO_PAGO: partial(odoo.call, _measure, peers.mercado_pago, provider),
        peers.GMAIL: partial(odoo.call, _measure, peers.gmail, mail_server),
    }


def lines(results: Results) -> list[Line]:
    return [
        _line(results, kind, most_queries, peer)
        for kind, most_queries in (("warm", 0), ("cold", 1))
        for peer in (peers.MERCADO_PAGO, peers.GMAIL)
    ]


def _line(results: Results, kind: str, most_queries: int, peer: str) -> Line:
    def told(contestant):
        queries = results.median(f"{kind} queries", contestant)
        return f"{results.median(f'{kind} µs', contestant):.1f} µs, {queries:.0f} queries"

    ratio = results.ratio(f"{kind} µs", peer)
    return Line(
        work=f"token, {kind}",
        goal=f"at most the peer's, at most {most_queries} queries",
        ours=told(OURS),
        beside=peer,
        theirs=told(peer),
        ratio=ratio,
        reached=ratio <= 1 and results.median(f"{kind} queries") <= most_queries,
    )


# === IN THE ODOO PROCESS === #


def _measure(registry, work, record: int) -> dict[str, float]:
    return _warm(registry, work, record) | _cold(registry, work, record)


def _warm(registry, work, record: int) -> dict[str, float]:
    """Again and again in one transaction."""
    with transaction(registry) as env:
        work(env, record)
        queries, began = env.cr.sql_log_count, time.perf_counter()
        for _each in range(WARM_CALLS):
            work(env, record)
        return _per_call("warm", began, env.cr.sql_log_count - queries, WARM_CALLS)


def _cold(registry, work, record: int) -> dict[str, float]:
    """The first time in its transaction, which has begun."""
    seconds = queries = 0
    for _each in range(COLD_CALLS):
        with transaction(registry) as env:
            env.user.login  # noqa: B018  a caller knows its user
            before, began = env.cr.sql_log_count, time.perf_counter()
            work(env, record)
            seconds += time.perf_counter() - began
            queries += env.cr.sql_log_count - before
    return {"cold µs": seconds / COLD_CALLS * 1e6, "cold queries": queries / COLD_CALLS}


def _per_call(kind: str, began: float, queries: int, calls: int) -> dict[str, float]:
    seconds = time.perf_counter() - began
    return {f"{kind} µs": seconds / calls * 1e6, f"{kind} queries": queries / calls}
