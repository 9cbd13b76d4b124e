"""Do fifty administrators who opt in at once get their own tokens?"""

import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, urlsplit

from tests.bench import companies, peers
from tests.bench.odoo_process import transaction
from tests.bench.results import OURS, Contestants, Line, Results
from tests.bench.stage import Stage
from tests.bench.web_client import WebClient

ROUNDS = 2
PEOPLE = 50
PASSWORD = "bench-of-fifty"
LATENCY = 0.1  # seconds, each of UPS's pages and answers

NOTE = """Fifty people, each signed in with a session of its own and administrator of one company,
press OAuth at the same moment, walk UPS's pages and come back, against an Odoo with two workers.
Odoo's server queues eight connections a worker (odoo/service/server.py) and the kernel resets some
of the others; a client connects again then, up to eight times, as a browser's user or a proxy
does. Whose token is whose is proved at UPS: one grant after the other is ended by the code that
the person had brought back, and exactly that company's token must die."""


def contestants(stage: Stage) -> Contestants:
    simulator = stage.simulator()
    odoo = stage.odoo_process()
    ids = odoo.call(companies.create, [f"Opt-in {number}" for number in range(PEOPLE)])
    odoo.call(peers.use_address, stage.odoo_url)
    logins = odoo.call(_administrators, ids)
    url = stage.odoo_server("--workers=2")
    with ThreadPoolExecutor(4) as pool:  # a password costs some tenths of a second
        people = list(
            pool.map(lambda login: WebClient(url, stage.database, login, PASSWORD), logins)
        )

    def run():
        odoo.call(_forget)
        simulator.set_latency(LATENCY)
        with ThreadPoolExecutor(PEOPLE) as pool:
            began = time.perf_counter()
            flows = [
                pool.submit(_opt_in, person, company, simulator)
                for person, company in zip(people, ids, strict=True)
            ]
            codes, seconds = zip(*(flow.result() for flow in flows), strict=True)
            wall = time.perf_counter() - began
        simulator.set_latency(0)
        tokens = odoo.call(_tokens, ids)
        return {
            "own": sum(_is_its_own(simulator, *each) for each in zip(codes, tokens, strict=True)),
            "wall": wall,
            "one": statistics.median(seconds),
        }

    return {OURS: run}


def lines(results: Results) -> list[Line]:
    own = min(results.all("own"))
    return [
        Line(
            work=f"opt-ins of {PEOPLE} administrators at once, 2 workers",
            goal="none fails, none gets another's token",
            ours=f"{own:.0f} of {PEOPLE} got their own, {results.median('wall'):.1f} s,"
            f" {results.median('one'):.1f} s each",
            reached=own == PEOPLE,
        )
    ]


def _opt_in(person: WebClient, company: int, simulator) -> tuple[str, float]:
    """:return: the code that the person brought back, and the seconds that it all took."""
    began = time.perf_counter()
    try:
        url = person.button("res.company", company, "action_ups_oauth")["url"]
        back = simulator.person_agrees(url)
        person.visit(back)
        [code] = parse_qs(urlsplit(back).query)["code"]
    except (OSError, RuntimeError, ValueError, KeyError):
        code = ""  # it has no token of its own, and is counted so
    return code, time.perf_counter() - began


def _is_its_own(simulator, code: str, token: str) -> bool:
    if not code or not simulator.is_live_access_token(token):
        return False
    simulator.kill_grants(code)
    return not simulator.is_live_access_token(token)


# === IN AN ODOO PROCESS === #


def _administrators(registry, company_ids: list[int]) -> list[str]:
    """:return: logins of new administrators, one a company."""
    with transaction(registry) as env:
        groups = env.ref("base.group_user") + env.ref("base.group_system")
        users = env["res.users"].create(
            [
                {
                    "name": f"Administrator {company}",
                    "login": f"administrator-{company}",
                    "password": PASSWORD,
                    "company_id": company,
                    "company_ids": [(6, 0, [company])],
                    "group_ids": [(6, 0, groups.ids)],
                }
                for company in company_ids
            ]
        )
        return users.mapped("login")


def _tokens(registry, company_ids: list[int]) -> list[str]:
    with transaction(registry) as env:
        each = env["res.company"].sudo().browse(company_ids)
        return [company.ups_access_token or "" for company in each]


def _forget(registry) -> None:
    with transaction(registry) as env:
        env["ups.connection"].sudo().search([])._opt_out()
