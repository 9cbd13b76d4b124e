"""Hours of traffic and trouble in minutes, and what must be true when they are over."""

import base64
import itertools
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import pytest

from devenv import server
from devenv.console import say, step
from tests.administrator import Refused
from tests.soak import disk, invariants, plan, site
from tests.soak.clock import Clock
from tests.soak.invariants import Evidence, Pickup, Row
from tests.soak.traffic import Traffic
from tests.soak.troubles import Troubles

PEOPLE = 6
"""Who act at once. With four workers, so that some always wait for one."""

OTHERS = 3
"""Steps that others take while a trouble lasts."""

CERTAIN = ("success", "told that it has ended")
PICKUPS = "SELECT id, state, prn, past_references, outcome_source, problem FROM ups_pickup"
CONNECTIONS = """SELECT company_id, state, reason, sealed_access_token, sealed_refresh_token
                   FROM ups_connection"""
SECRET = server.SIMULATOR_CLIENT_SECRET


@dataclass(frozen=True)
class Size:
    """How large a soak is; a step lets `seconds` of the fast clock go by."""

    companies: int
    seconds: int


@dataclass
class Findings:
    """What came of it."""

    seed: int
    what: str  # was done, in numbers
    counts: Counter[tuple[str, str]]
    evidence: Evidence
    broken: dict[str, list[str]]


def run(seed: int, size: Size, goes_on: Callable[[int], bool]) -> Findings:
    """Round after round, each with every trouble once.

    :param goes_on: asked after each round, with the number of rounds so far.
    """
    with site.standing() as stage:
        soak = _Soak(stage, seed, size)
        with step(f"making {size.companies} companies"):
            soak.begin()
        started, rounds = time.monotonic(), 0
        while not rounds or goes_on(rounds):
            with step(f"round {rounds + 1}: {soak.steps_a_round} steps"):
                soak.take_round(rounds)
            rounds += 1
        minutes, hours = (time.monotonic() - started) / 60, soak.clock.seconds / 3600
        with step("asking for each company once more"):
            soak.end()
        what = f"{size.companies} companies, {rounds} rounds, {rounds * soak.steps_a_round} steps,"
        what += f" {minutes:.1f} minutes, {hours:.0f} hours of UPS's clock"
        evidence = soak.evidence()
        return Findings(seed, what, soak.traffic.counts, evidence, invariants.broken(evidence))


class _Soak:
    def __init__(self, stage: site.Site, seed: int, size: Size):
        self.site, self._seed, self._size = stage, seed, size
        self.traffic = Traffic(stage)
        self.clock = Clock(self.traffic)
        self.troubles = Troubles(self.traffic, self._wait_for_others)
        self.steps_a_round = len(self.troubles.kinds) * plan.SPACING
        self._world = threading.Lock()  # one trouble at a time, and no time goes by meanwhile
        self._progress = threading.Condition()
        self._done = 0

    def begin(self) -> None:
        """The first settings make the key file: they wait for its disk."""
        save = partial(self.site.hosts[0].save_settings, **server.SIMULATOR_SETTINGS)
        with disk.read_only(self.site.keys) as way:
            if way != disk.NOT_AT_ALL:
                with pytest.raises(Refused, match="cannot be used"):
                    save()
            self.traffic.count("settings saved", f"refused, key file's disk {way}")
        save()
        self.traffic.settle_in(self._size.companies)

    def take_round(self, number: int) -> None:
        troubles = plan.troubles(self._seed, number, list(self.troubles.kinds))
        first = number * self.steps_a_round
        steps = range(first, first + self.steps_a_round)
        each_trouble = [troubles[(step - first) // plan.SPACING] for step in steps]
        with ThreadPoolExecutor(PEOPLE) as pool:
            list(pool.map(self._take, steps, each_trouble))

    def _take(self, number: int, trouble: str) -> None:
        each = plan.step(self._seed, number, self._size.companies)
        if number % plan.TICK == 0:
            with self._world:
                self.clock.move(plan.TICK * self._size.seconds)
        if number % plan.SPACING == plan.SPACING // 2:
            with self._world:
                self.troubles.make(trouble, self.traffic.companies[each.company])
        self.traffic.take(each)
        with self._progress:
            self._done += 1
            self._progress.notify_all()

    def _wait_for_others(self) -> None:
        with self._progress:
            enough = self._done + OTHERS
            # Bounded, since the last steps of a round have no others after them.
            self._progress.wait_for(lambda: self._done >= enough, 20)

    def end(self) -> None:
        """All tokens end, so that each company must show what its refresh token is worth."""
        self.clock.move(site.ACCESS_LIFETIME)
        asked = [each for each in self.traffic.companies if each.code]
        for _try in range(6):
            said = {each.id: self.traffic.call_api(each, each.id % 2) for each in asked}
            asked = [each for each in asked if said[each.id] not in CERTAIN]
            if not asked:
                break
            self.clock.move(5 * 60)  # UPS may have got a pause
        else:
            say(f"  no certain answer for {len(asked)} companies")
        for _look in range(4):  # two that find nothing, ten minutes apart, and who had a pause
            self.clock.run_job("news of pickups")
            self.clock.move(11 * 60)

    def evidence(self) -> Evidence:
        companies, ups = self.traffic.companies, self.site.ups
        rows = self._rows()
        held = {row.refresh for row in rows.values()}
        return Evidence(
            signed_in={each.id: each.code for each in companies},
            codes={each.id: each.codes for each in companies},
            rows=rows,
            requests=ups.requests,
            grants=ups.grants(),
            live=set(filter(ups.is_live_refresh_token, held)),
            voided=self.troubles.voided,
            found_ended=self.troubles.found_ended,
            kills=self.troubles.kills,
            outages=self.troubles.outages,
            logs={name: path.read_text(errors="replace") for name, path in self.site.logs.items()},
            secrets=self._secrets(),
            pickups=[Pickup(*row) for row in self.site.sql(PICKUPS)],
            trucks=ups.trucks(),
        )

    def _rows(self) -> dict[int, Row]:
        unseal = self.site.unseal
        return {
            company: Row(state, reason or "", unseal(access), unseal(refresh))
            for company, state, reason, access, refresh in self.site.sql(CONNECTIONS)
        }

    def _secrets(self) -> set[str]:
        (key,) = [path.read_text() for path in self.site.keys.glob("*.key")]
        basic = base64.b64encode(f"{server.SIMULATOR_CLIENT_ID}:{SECRET}".encode()).decode()
        asked = self.site.ups.requests
        attempts = [(each.query.get("state"), each.form.get("code_verifier")) for each in asked]
        return {key, SECRET, basic, *filter(None, itertools.chain(*attempts))}
