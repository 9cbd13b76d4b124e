"""What does a caller pay for a token that lives?"""

import secrets
from functools import partial

from tests.bench import companies, peers
from tests.bench.odoo_process import measured, transaction
from tests.bench.results import OURS, Case

ROUNDS = 9
WARM_CALLS, COLD_CALLS = 2000, 100

CASES = [
    Case(
        f"token, {kind}",
        f"at most the peer's, at most {most} queries",
        "{µs:.1f} µs, {queries:.0f} queries",
        lambda ours, most=most: ours["ratio µs"] <= 1 and ours["queries"] <= most,
        beside=(peers.MERCADO_PAGO, peers.GMAIL),
        ratio="ratio µs",
        of=f"{kind} ",
    )
    for kind, most in (("warm", 0), ("cold", 1))
]


def contestants(stage):
    simulator = stage.simulator()
    stage.peers_host(0)
    odoo = stage.odoo_process()
    [company] = odoo.call(companies.create, "Token")
    odoo.call(companies.authorize, {company: simulator.issue_tokens()})
    provider, mail_server = odoo.call(peers.create)
    odoo.call(peers.authorize, provider, mail_server, secrets.token_hex())
    return {
        OURS: partial(odoo.call, _measure, companies.token, company),
        peers.MERCADO_PAGO: partial(odoo.call, _measure, peers.mercado_pago, provider),
        peers.GMAIL: partial(odoo.call, _measure, peers.gmail, mail_server),
    }


def _measure(env, work, record: int) -> dict[str, float]:
    """Again and again in one transaction; then the first time in others, which have begun."""
    work(env, record)
    with measured(env) as warm:
        for _each in range(WARM_CALLS):
            work(env, record)
    cold = []
    for _each in range(COLD_CALLS):
        with transaction(env.registry) as own:
            own.user.login  # noqa: B018  a caller knows its user
            with measured(own) as found:
                work(own, record)
        cold.append(found)
    return _per_call("warm", [warm], WARM_CALLS) | _per_call("cold", cold, COLD_CALLS)


def _per_call(kind: str, found: list[dict[str, float]], calls: int) -> dict[str, float]:
    seconds, queries = (sum(each[name] for each in found) for name in ("seconds", "queries"))
    return {f"{kind} µs": seconds / calls * 1e6, f"{kind} queries": queries / calls}
