"""How long does the return from the remote take, from the request to the redirect?"""

import secrets
import time
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.administrator import Administrator
from tests.bench import companies, peers
from tests.bench.results import OURS, Case

ROUNDS = 30
LATENCY = 0.05  # seconds

CASES = [
    Case(
        "callback, less the remote's latency",
        "at most the peer's",
        "{ms:.1f} ms",
        lambda ours: ours["ratio ms"] <= 1,
        beside=(peers.MERCADO_PAGO,),
        ratio="ratio ms",
    )
]


def contestants(stage):
    simulator = stage.simulator()
    stage.peers_host(LATENCY)
    odoo = stage.odoo_process()
    [company] = odoo.call(companies.create, "Callback")
    provider, _mail_server = odoo.call(peers.create)
    here = {"web.base.url": stage.odoo_url, "web.base.url.freeze": "True"}
    odoo.call(peers.set_parameters, here)
    admin = Administrator(stage.odoo_server(), stage.database)
    simulator.set_latency(LATENCY, "token")

    def ours():
        asked = admin.start_authorization(company)
        query = {name: values[0] for name, values in parse_qs(urlsplit(asked).query).items()}
        code = simulator.issue_code(query["redirect_uri"], query["code_challenge"])
        answer = urlencode({"code": code, "state": query["state"]})
        return _timed(admin, f"{query['redirect_uri']}?{answer}", "/odoo/")

    def theirs():
        asked = admin.call("payment.provider", "action_start_onboarding", [provider])["url"]
        [back] = parse_qs(urlsplit(asked).query)["return_url"]
        code = urlencode({"authorization_code": secrets.token_urlsafe()})
        return _timed(admin, f"{back}&{code}", "/odoo/action-")

    ours(), theirs()  # the first request of a process loads what all later ones find
    return {OURS: ours, peers.MERCADO_PAGO: theirs}


def _timed(admin: Administrator, url: str, lands_at: str) -> dict[str, float]:
    began = time.perf_counter()
    answer = admin.open(url, allow_redirects=False)
    seconds = time.perf_counter() - began - LATENCY
    path = urlsplit(answer.headers.get("Location", "")).path
    if answer.status_code != 303 or not path.startswith(lands_at):
        raise RuntimeError(f"The return ended with {answer.status_code} at {path}")
    return {"ms": seconds * 1000}
