"""What people and other addons do all the while, through HTTP alone."""

import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

import psycopg2

from tests import places
from tests.administrator import Broken, Refused
from tests.soak.plan import Step
from tests.soak.site import Site

BUTTONS = {
    "draft": ("action_price", "action_request", "action_request", "action_confirm"),
    "requested": ("action_check", "action_cancel", "action_request"),
    "cancelled": ("action_again",),
    "done": ("action_again",),
    "unsuccessful": ("action_again",),
    "others": ("action_check", "action_request", "action_cancel"),
}
"""What people press, by the state that they see."""

AT_ONCE = 20  # companies that one request makes
PATIENCE = 60  # seconds until a PostgreSQL that restarts answers again


@dataclass
class Company:
    """What its people know. `code` is of the sign-in that counts, None when opted out."""

    id: int
    location: int
    code: str | None = None
    has_ended: bool = False  # as Odoo told the last one who asked
    codes: list[str] = field(default_factory=list)
    signing: threading.Lock = field(default_factory=threading.Lock)


class Traffic:
    """Counts what is done, and what came of it."""

    def __init__(self, site: Site):
        self.site = site
        self.companies: list[Company] = []
        self.counts: Counter[tuple[str, str]] = Counter()
        self._counting = threading.Lock()

    def count(self, what: str, outcome: str) -> None:
        with self._counting:
            self.counts[what, outcome] += 1

    def settle_in(self, number: int) -> None:
        """The companies; they become the administrator's own, since he makes them."""
        call, ids = self.site.hosts[0].call, []
        values = [{"name": f"Company {each}"} for each in range(1, number + 1)]
        # Each gets a warehouse, too, and a request has its limit of time.
        for first in range(0, number, AT_ONCE):
            ids += call("res.company", "create", values[first : first + AT_ONCE])
        numbers = [f"S{each:05}" for each in ids]
        for each in numbers:
            self.site.ups.own_account(each)
        locations = places.make(call, ids, numbers)
        self.companies = [Company(*each) for each in zip(ids, locations, strict=True)]
        places.drafts(call, locations)

    def take(self, step: Step) -> None:
        """One step: what is done depends on how the company stands, as far as people know."""
        company = self.companies[step.company]
        if company.code is None or company.has_ended or 0.05 < step.wish < 0.1:
            self.opt_in(company, *step.hosts)
        elif step.wish <= 0.05:
            self.opt_out(company, step.hosts[0])
        elif step.wish < 0.4:
            self.call_api(company, step.hosts[0])
        else:
            self.see_to_pickup(company, step.hosts[0], (step.wish - 0.4) / 0.6)

    # === WHAT THEY DO === #

    def call_api(self, company: Company, host: int) -> str:
        """The button Test: an API call, and before it a refresh when the token has ended."""
        try:
            said = self._press("action_ups_test", company, host)["context"]
            company.has_ended = "has ended" in said["ups_finding"]
            outcome = "told that it has ended" if company.has_ended else said["ups_finding_kind"]
        except (Refused, Broken) as problem:
            outcome = problem.kind
        self.count("API call", outcome)
        return outcome

    def see_to_pickup(self, company: Company, host: int, wish: float) -> None:
        """Open the company's last pickup, and press a button that it shows, or one in vain."""
        call = self.site.hosts[host].call
        domain = [["location_id", "=", company.location]]
        try:
            [pickup] = call("ups.pickup", "search_read", domain, ["state", "prn"], 0, 1, "id desc")
        except (Refused, Broken):
            self.count("pickup", "not seen")
            return
        if pickup["state"] in ("requested", "dispatched", "delayed") and wish < 0.3:
            self._drive(pickup["prn"], ("002", "003", "004", "005")[int(wish * 1000) % 4])
            return
        buttons = BUTTONS.get(pickup["state"], BUTTONS["others"])
        self.press_on_pickup(pickup["id"], buttons[int(wish * 1000) % len(buttons)], host)

    def request_pickup(self, company: Company, host: int) -> None:
        """A new draft, and Request."""
        try:
            [pickup] = places.drafts(self.site.hosts[host].call, [company.location])
        except (Refused, Broken):
            return
        self.press_on_pickup(pickup, "action_request", host)

    def _drive(self, prn: str, code: str) -> None:
        """Unless somebody has cancelled it meanwhile."""
        memory = self.site.ups.memory
        with memory.lock:
            truck = memory.trucks.by_prn[prn]
            truck.code = code if truck.is_open else truck.code
        self.count("driver", f"{code} if still asked for")

    def press_on_pickup(self, pickup: int, button: str, host: int) -> None:
        try:
            self.site.hosts[host].call("ups.pickup", button, [pickup])
            outcome = "told"
        except (Refused, Broken) as problem:
            outcome = problem.kind
        self.count(f"pickup, {button.removeprefix('action_')}", outcome)

    def opt_in(self, company: Company, host: int, back_at: int) -> None:
        with company.signing:
            outcome = self._sign_in(company, host, back_at)
            if outcome == "authorized":
                company.code, company.has_ended = company.codes[-1], False
            else:
                self.look_up(company)
        self.count("opt-in", outcome)

    def _sign_in(self, company: Company, host: int, back_at: int) -> str:
        try:
            url = self._press("action_ups_oauth", company, host)["url"]
        except (Refused, Broken) as problem:
            return f"not begun: {problem.kind}"
        try:
            address = self.site.ups.person_agrees(url)
            (code,) = parse_qs(urlsplit(address).query).get("code", ())
        except (OSError, ValueError):  # ValueError: they lead elsewhere, and give no code
            return "UPS's pages failed"
        company.codes.append(code)
        try:
            landing = self.site.hosts[back_at].come_back(address)
        except Broken:
            return "broken off"
        return "authorized" if "/ups-authorized" in landing else "told that it failed"

    def opt_out(self, company: Company, host: int) -> None:
        with company.signing:
            try:
                self._press("action_ups_opt_out", company, host)
                outcome, company.code = "done", None
            except (Refused, Broken) as problem:
                outcome = problem.kind
                self.look_up(company)
        self.count("opt-out", outcome)

    def _press(self, button: str, company: Company, host: int) -> dict:
        return self.site.hosts[host].call("res.company", button, [company.id])

    # === WHEN NO WORD CAME === #

    def look_up(self, company: Company) -> None:
        """A person whose request broke off would look at the company's form."""
        state, sealed = self._row(company)
        if state == "not_authorized":
            company.code = None
        elif sealed:
            token = self.site.unseal(sealed)
            (grant,) = [each for each in self.site.ups.grants() if token in each["refresh"]]
            company.code = grant["codes"][0]
        company.has_ended = state == "reauthorize"

    def _row(self, company: Company) -> tuple[str, str | None]:
        query = "SELECT state, sealed_refresh_token FROM ups_connection WHERE company_id = %s"
        deadline = time.monotonic() + PATIENCE
        while True:
            try:  # FOR UPDATE waits for a transaction that is just being committed
                rows = self.site.sql(f"{query} FOR UPDATE", company.id)
                return rows[0] if rows else ("not_authorized", None)
            except psycopg2.Error:
                if time.monotonic() > deadline:
                    raise
            time.sleep(0.2)
