"""How long does the return from the remote take, from the request to the redirect?"""

import secrets
import time
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.administrator import Administrator
from tests.bench import companies, peers
from tests.bench.results import OURS, Contestants, Line, Results
from tests.bench.stage import Stage

ROUNDS = 30
LATENCY = 0.05  # seconds

NOTE = """The whole request to a real Odoo, less the remote's 50 ms; one at a time. Each return of
ours is a new authorization: the state is looked up, the attempt claimed and committed, the code
exchanged, the tokens encrypted, stored with a note in the company's history, and committed. The
peer checks its CSRF token and writes its tokens in the clear, with the rest of the request in one
transaction. What ours takes longer is the price of that: two transactions of their own, without
which a code would be spent twice or a token lost when Odoo reruns the request, and the note, which
is a third of it. They stay: a person waits for it once in an authorization's life."""


def contestants(stage: Stage) -> Contestants:
    simulator = stage.simulator()
    stage.peers_host(LATENCY)
    odoo = stage.odoo_process()
    company = odoo.call(companies.create, ["Callback"])[0]
    provider, _mail_server = odoo.call(peers.create)
    odoo.call(peers.use_address, stage.odoo_url)
    url = stage.odoo_server()
    admin = Administrator(url, stage.database)
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


def lines(results: Results) -> list[Line]:
    ratio = results.ratio("ms", peers.MERCADO_PAGO)
    return [
        Line(
            work="callback, less the remote's latency",
            goal="at most the peer's",
            ours=f"{results.median('ms'):.1f} ms",
            beside=peers.MERCADO_PAGO,
            theirs=f"{results.median('ms', peers.MERCADO_PAGO):.1f} ms",
            ratio=ratio,
            reached=ratio <= 1,
        )
    ]


def _timed(admin: Administrator, url: str, lands_at: str) -> dict[str, float]:
    began = time.perf_counter()
    answer = admin.open(url, allow_redirects=False)
    seconds = time.perf_counter() - began - LATENCY
    path = urlsplit(answer.headers.get("Location", "")).path
    if answer.status_code != 303 or not path.startswith(lands_at):
        raise RuntimeError(f"The return ended with {answer.status_code} at {path}")
    return {"ms": seconds * 1000}
