"""What goes wrong meanwhile: at UPS, with PostgreSQL, in Odoo's processes, with clock and disk."""

import contextlib
import itertools
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial

import psutil
import psycopg2

from tests.soak import disk
from tests.soak.invariants import Kill, Outage
from tests.soak.plan import BAD_ANSWERS
from tests.soak.site import WORKERS
from tests.soak.traffic import Company, Traffic

FIVE_MINUTES = 300  # seconds
AWAY = 2  # seconds for which PostgreSQL is away at the least
LONGEST_HOLD = 60  # seconds


class Troubles:
    """Made one at a time. `kinds` are their names and what makes them."""

    def __init__(self, traffic: Traffic, wait_for_others: Callable[[], None]):
        self.traffic, self.site = traffic, traffic.site
        self._wait_for_others = wait_for_others
        self.kills: list[Kill] = []
        self.outages: list[Outage] = []
        self.voided: set[str] = set()
        self.found_ended: set[str] = set()  # the codes of sign-ins that an outage ended
        self.kinds: dict[str, Callable[[Company], None]] = {
            "PostgreSQL restarts during a refresh": partial(self._postgres_away, "refresh", "fast"),
            "PostgreSQL crashes during a refresh": partial(
                self._postgres_away, "refresh", "immediate"
            ),
            "an Odoo worker is killed during a refresh": partial(self._kill_asking, "refresh"),
            "an Odoo worker is killed during a request": partial(self._kill_asking, "request"),
            "PostgreSQL crashes during a request": partial(
                self._postgres_away, "request", "immediate"
            ),
            "an Odoo worker is killed": self._kill_any_worker,
            "UPS's clock goes five minutes forward": partial(self._clock_off, FIVE_MINUTES),
            "UPS's clock goes five minutes back": partial(self._clock_off, -FIVE_MINUTES),
            "the key file's disk is read-only": self._read_only_keys,
            "UPS voids a grant (new password)": self._void_grant,
        } | {name: partial(self._bad_answer, *each) for name, each in BAD_ANSWERS.items()}

    def make(self, name: str, company: Company) -> None:
        """:param company: which one it meets, where it meets one."""
        said = self.kinds[name](company)
        self.traffic.count("trouble", f"{name}: {said}" if said else name)

    def _bad_answer(self, routes: tuple, fault: dict, _company: Company) -> None:
        for each in routes:
            self.site.ups.queue_fault(each, **fault)

    def _clock_off(self, seconds: int, _company: Company) -> None:
        self.site.ups.advance_clock(seconds)

    def _read_only_keys(self, _company: Company) -> str:
        with disk.read_only(self.site.keys) as way:
            self._wait_for_others()
        return way

    def _void_grant(self, company: Company) -> str:
        with company.signing:
            if not company.code:
                return "there was none"
            self.voided.add(company.code)  # first, so that its end is never unexplained
            self.site.ups.kill_grants(company.code)
        return ""

    # === WITH AN ANSWER OF UPS'S UNDER WAY === #

    def _postgres_away(self, route: str, mode: str, company: Company) -> str:
        """It goes between UPS's answer and the commit, and others ask once it is back."""
        with self._held_answer(route, company) as held:
            began, tokens = time.time(), self._tokens_held()
            self.site.cluster.stop(mode)
            self.site.ups.release()
            time.sleep(AWAY)
            self.site.cluster.start_again()
            self.outages.append(Outage(began, time.time(), tokens))
            if held and route == "refresh":
                self._ask_at_once(self._company_of(held))
        return "" if held else f"no {route} was under way"

    def _ask_at_once(self, company: Company) -> None:
        """They may be told that it has ended, until whoever got the answer has stored it."""
        with company.signing:
            for host in (0, 1):
                self.traffic.call_api(company, host)
            deadline = time.monotonic() + LONGEST_HOLD
            self.traffic.look_up(company)
            while company.has_ended and time.monotonic() < deadline:
                time.sleep(0.1)
                self.traffic.look_up(company)
            if company.has_ended:
                self.found_ended.add(company.code)

    def _kill_asking(self, route: str, company: Company) -> str:
        with self._held_answer(route, company) as held:
            for host in self.site.hosts:
                for process in host.processes():
                    if held and held.port in self._ports(process):
                        self._kill(process)
                        return ""
        return f"no {route} was under way"

    def _kill_any_worker(self, company: Company) -> str:
        workers = list(self.site.hosts[company.id % 2].workers())
        if not workers:
            return "all had just ended"
        self._kill(workers[company.id // 2 % len(workers)])
        return ""

    def _company_of(self, refresh) -> Company:
        token = refresh.form["refresh_token"]
        (grant,) = [each for each in self.site.ups.grants() if token in each["refresh"]]
        code = grant["codes"][0]
        return next(each for each in self.traffic.companies if code in each.codes)

    def _kill(self, worker: psutil.Process) -> None:
        worker.suspend()  # so that no connection is made after the look at them
        tokens = self._tokens_held()
        kill = Kill(frozenset(self._ports(worker)), time.time(), tokens)
        worker.kill()
        self.kills.append(kill)
        self._wait_for_workers()

    def _tokens_held(self) -> frozenset[str]:
        held = self.site.sql("SELECT sealed_refresh_token FROM ups_connection")
        return frozenset(self.site.unseal(sealed) for (sealed,) in held)

    def _wait_for_workers(self) -> None:
        """Odoo's master process ends for ever if PostgreSQL is away while it starts a worker."""
        deadline = time.monotonic() + LONGEST_HOLD
        while any(len(list(host.workers())) < WORKERS for host in self.site.hosts):
            assert time.monotonic() < deadline, "Odoo starts no new worker"
            time.sleep(0.1)

    def _ports(self, process: psutil.Process) -> set[int]:
        connections = process.net_connections("tcp")
        ups = self.site.ups.port
        return {each.laddr.port for each in connections if each.raddr and each.raddr.port == ups}

    @contextlib.contextmanager
    def _held_answer(self, route: str, company: Company) -> Iterator:
        """UPS has done the work, and its answer does not come before it is released.

        :return: UPS's record of the request, None if there was none.
        """
        before = len(self.site.ups.requests)
        self._queue_hold(route)
        is_held = threading.Event()
        asking = threading.Thread(target=self._ask_until, args=(is_held, route, company))
        asking.start()
        try:
            record = self._held(route, before, asking)
            is_held.set()
            yield record
        finally:
            is_held.set()
            self.site.ups.release()
            asking.join()

    def _ask_until(self, is_held: threading.Event, route: str, company: Company) -> None:
        """Ask for one company after the other."""
        companies = self.traffic.companies
        start = companies.index(company)
        deadline = time.monotonic() + LONGEST_HOLD
        for each in itertools.cycle(companies[start:] + companies[:start]):
            if is_held.wait(0.02) or time.monotonic() > deadline:
                return
            if not each.code or each.has_ended:
                continue
            if route == "request":
                self.traffic.request_pickup(each, each.id % 2)
                continue
            self._expire(each)
            self.traffic.call_api(each, each.id % 2)

    def _expire(self, company: Company) -> None:
        with contextlib.suppress(psycopg2.Error):  # another's is held, and PostgreSQL away
            self.site.sql(
                "UPDATE ups_connection SET access_token_expires_at = '2020-01-01'"
                " WHERE company_id = %s AND state = 'authorized'",
                company.id,
            )

    def _queue_hold(self, route: str) -> None:
        self.site.ups.queue_fault(route, "hang", when="after", seconds=LONGEST_HOLD)

    def _held(self, route: str, before: int, asking: threading.Thread):
        """:return: the request whose answer is held; None when none comes."""
        while asking.is_alive():
            asked = [each for each in self.site.ups.requests[before:] if each.route == route]
            held = [each for each in asked if each.fault == "hang" and each.status is None]
            for each in held:
                if each.done == 200:
                    return each
            # Either it is a refusal, which is let go; or one that came just as another was let go
            # went with it, and nobody is held any more.
            is_refusal = any(each.done for each in held)
            if is_refusal or (not held and any(each.done and not each.fault for each in asked)):
                self.site.ups.release()
                before = len(self.site.ups.requests)
                self._queue_hold(route)
            time.sleep(0.05)
        return None
