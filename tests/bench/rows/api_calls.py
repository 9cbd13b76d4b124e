"""How many calls of UPS's API does a session make, beside a bare `requests.get` for each?"""

import time
from functools import partial

from tests.bench import companies
from tests.bench.odoo_process import transaction
from tests.bench.results import OURS, Contestants, Line, Results
from tests.bench.stage import Stage

ROUNDS = 3
CALLS = 200
ROUND_TRIP = 0.02  # seconds
PATH = "/api/pickup/v2409/countries/US"
BARE = "bare `requests.get`"
CASES = {
    "far": f"{ROUND_TRIP * 1000:.0f} ms away",
    "slow": f"next door, but taking {ROUND_TRIP * 1000:.0f} ms",
}

NOTE = """TLS both times, verified. In the first line a relay puts UPS 20 ms away, there and back;
a new connection costs TCP's round trip and TLS's on top, and that is what a session saves. In the
second one UPS is next door and takes 20 ms to answer, so that only the work of a new connection is
saved; it has no goal of its own. Both send the same token and headers."""


def contestants(stage: Stage) -> Contestants:
    simulator = stage.simulator(tls=True)
    far = stage.distant(simulator.base_url, ROUND_TRIP)
    odoos = {"slow": stage.odoo_process()}
    stage.environment["UPS_BASE_URL"] = far
    odoos["far"] = stage.odoo_process()
    company = odoos["slow"].call(companies.create, ["Calls"])[0]
    answer = simulator.issue_tokens()
    odoos["slow"].call(companies.authorize, {company: answer})
    urls = {"slow": simulator.base_url, "far": far}

    def every_case(work, arguments):
        measures = {}
        for case, odoo in odoos.items():
            simulator.set_latency(ROUND_TRIP if case == "slow" else 0)
            seconds = odoo.call(work, *arguments[case])
            measures[case] = CALLS / seconds
        return measures

    token = answer["access_token"]
    return {
        OURS: partial(every_case, _session, dict.fromkeys(CASES, (company,))),
        BARE: partial(every_case, _bare, {case: (urls[case], token) for case in CASES}),
    }


def lines(results: Results) -> list[Line]:
    return [_line(results, case) for case in CASES]


def _line(results: Results, case: str) -> Line:
    ratio = results.ratio(case, BARE)
    return Line(
        work=f"{CALLS} calls of UPS's API over TLS, UPS {CASES[case]}",
        goal="at least twice the calls a second" if case == "far" else "",
        ours=f"{results.median(case):.1f} a second",
        beside=BARE,
        theirs=f"{results.median(case, BARE):.1f} a second",
        ratio=ratio,
        floor=f"{1 / ROUND_TRIP:.0f} a second",
        reached=ratio >= 2 if case == "far" else None,
    )


# === IN AN ODOO PROCESS === #


def _session(registry, company: int) -> float:
    with transaction(registry) as env:
        began = time.perf_counter()
        session = env["res.company"].browse(company)._ups_session()
        for _each in range(CALLS):
            session.get(PATH).raise_for_status()
        return time.perf_counter() - began


def _bare(_registry, base_url: str, token: str) -> float:
    import requests

    began = time.perf_counter()
    for number in range(CALLS):
        headers = {
            "Authorization": f"Bearer {token}",
            "transId": f"{time.monotonic_ns()}{number}"[-32:],
            "transactionSrc": "Odoo",
        }
        requests.get(base_url + PATH, headers=headers, timeout=30).raise_for_status()
    return time.perf_counter() - began
