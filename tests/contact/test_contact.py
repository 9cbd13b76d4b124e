"""The command against UPS as we assume it, and against UPS with one assumption turned round."""

import contextlib
import dataclasses
import datetime
import itertools
import json
import re

import pytest
import requests
from ups_client import AskPersonAgain
from ups_pickup_simulator import Refused, UpsPickupSimulator, http

from devenv.console import Problem
from devenv.ports import free_port
from tests.contact import run, settings
from tests.contact.steps import STEPS, Step

NOON = datetime.datetime.fromisoformat("2026-03-10T12:00:00-04:00")  # a Tuesday
TYPED = {
    "UPS_CLIENT_ID": "the-client",
    "UPS_CLIENT_SECRET": "the+secret",
    "UPS_ACCOUNT": "A1B2C3",
    "UPS_ADDRESS": "9 Hidden Lane; Secretville; NJ; 07999; US",
}
PRIVATE = "The+Secret the-client a1b 2c3 9 HIDDEN LANE, SECRETVILLE 07999"
ON_PURPOSE = {"unknown_element"}  # the simulator refuses what UPS ignores


CANCELLED = {"PickupCancelResponse": {"Response": {"ResponseStatus": {"Code": "1"}}}}


class Otherwise(UpsPickupSimulator):
    """UPS, if an assumption is wrong. It tells what is private in each refusal."""

    def __init__(self, turn):
        self.turn, self.checks_verifier = turn, True
        super().__init__("the-client", "the+secret", [], accounts=["A1B2C3"])

    def _check_code(self, code, form):
        if code is None or self.checks_verifier:
            super()._check_code(code, form)

    def handle(self, call):
        answer = self.turn(self, call, super().handle)
        if answer and answer.status >= 400:
            tell = [PRIVATE, *self.memory.trucks.by_prn, call.headers.get("Authorization", "")]
            words = {"message": " | ".join(tell)}
            return told(answer, lambda body: body["response"]["errors"][0].update(words))
        return answer


def told(answer, change):
    body = json.loads(answer.body)
    change(body)
    return http.json_answer(body, answer.status)


# === WAYS TO TURN AN ASSUMPTION ROUND: what comes in, what goes out, what UPS has in mind === #

TOKEN, REFRESH, BOOK = "/token", "/refresh", "/pickupcreation/"
PAST = "20260208"
PRICE = STATUS = "/oncall"


def refuses(path, when=lambda call: True, status=400, code="9999999"):
    def turn(_sim, call, go):
        refused = path in call.path and when(call)
        return Refused(status, code, "").answer() if refused else go(call)

    return turn


def answers(path, change):
    def turn(sim, call, go):
        answer = go(call)
        is_meant = path in call.path and answer.status == 200
        return told(answer, lambda body: change(sim, body)) if is_meant else answer

    return turn


def is_asked(path, change):
    def turn(_sim, call, go):
        body = call.json if path in call.path else None
        if not body:
            return go(call)
        change(next(iter(body.values())))
        return go(dataclasses.replace(call, body=json.dumps(body).encode()))

    return turn


def has_in_mind(path, change):
    def turn(sim, call, go):
        if path in call.path:
            change(sim)
        return go(call)

    return turn


def takes_both(_sim, call, go):
    if b"code_verifier" in call.body and "Authorization" in call.headers:
        del call.headers["Authorization"]
    return go(call)


def loses(path):
    def turn(_sim, call, go):
        answer = go(call)
        return None if path in call.path and answer.status == 200 else answer

    return turn


def keeps_refresh_token(sim, call, go):
    if REFRESH not in call.path:
        return go(call)
    revive("refresh")(sim)
    return told(go(call), lambda body: body.update(refresh_token=call.form["refresh_token"]))


def unknown_code(_sim, entry):
    if entry["OnCallStatusCode"] == "001":
        entry["OnCallStatusCode"] = "042"


def cancels_one_ask(sim, call, go):
    truck = sim.memory.trucks.by_prn.get(call.headers.get("Prn"))
    if not truck or len(truck.asks) == 1:
        return go(call)
    truck.asks.pop()
    return http.json_answer(CANCELLED)


def cancels_again(sim, call, go):
    truck = sim.memory.trucks.by_prn.get(call.headers.get("Prn"))
    return go(call) if not truck or truck.is_open else http.json_answer(CANCELLED)


def cancels_all(sim, call, go):
    answer = go(call)
    for truck in sim.memory.trucks if call.method == "DELETE" else ():
        truck.code = "007"
    return answer


def sends_numbers(_sim, body):
    body |= {name: int(value) for name, value in body.items() if value.isdecimal()}


def told_of(change):
    """Change each pickup that a status tells of."""

    def change_all(sim, body):
        for entry in body.get("PickupPendingStatusResponse", {}).get("PendingStatus", ()):
            change(sim, entry)

    return answers(STATUS, change_all)


def last_reference(sim, entry):
    entry["ReferenceNumber"] = sim.memory.trucks.by_prn[entry["PRN"]].references[-1]


def amounts_as_numbers(_sim, body):
    result = body.get("PickupRateResponse", {}).get("RateResult", {})
    result |= {"GrandTotalOfAllCharge": 1.5, "ChargeDetail": {"ChargeAmount": 1.5}}


def revive(*kinds):
    def change(sim):
        for held in itertools.chain(*(getattr(sim.memory, kind).values() for kind in kinds)):
            held.spent = False

    return change


def all_trucks(**values):
    return lambda sim: [vars(truck).update(values) for truck in sim.memory.trucks]


_floors = itertools.count()

ALL_THAT_LOOK = (
    "status_shape same_prn merged_reference cancel_shared cancel_by_prn cancel_twice"
    " status_of_cancelled status_of_later reference status_code"
)
TURNS = {  # what UPS does: how, the steps that say so, those of which nothing can be said then
    "as the simulator": (lambda _sim, call, go: go(call), "", ""),
    "ignores what it does not know": (
        is_asked(BOOK, lambda ask: ask.pop("NoSuchElement", 0)), "unknown_element", ""),
    "wants Basic": (
        refuses(TOKEN, lambda call: "Authorization" not in call.headers, 401, "10401"),
        "pkce wrong_verifier", "code_twice"),
    "wants PKCE": (refuses(TOKEN, lambda call: b"verifier" not in call.body), "basic", ""),
    "takes PKCE with Basic": (takes_both, "pkce_and_basic", ""),
    "takes any verifier": (
        has_in_mind(TOKEN, lambda sim: setattr(sim, "checks_verifier", False)),
        "wrong_verifier", ""),
    "takes a code twice": (has_in_mind(TOKEN, revive("codes")), "code_twice", ""),
    "takes a spent refresh token": (has_in_mind(REFRESH, revive("refresh")), "refresh_twice", ""),
    "gives no new refresh token": (keeps_refresh_token, "refresh refresh_twice", ""),
    "writes numbers": (answers(TOKEN, sends_numbers), "token_numbers", ""),
    "calls a bad token otherwise": (
        refuses("/countries/", status=401, code="UJ0001"), "bad_token", ""),
    "has one price": (
        is_asked(PRICE, lambda ask: ask.update(ServiceDateOption="02")), "price_of_the_day", ""),
    "writes amounts as numbers, one charge as an object": (
        answers(PRICE, amounts_as_numbers), "price_of_the_day price_types", ""),
    "writes one as an object": (
        has_in_mind("", lambda sim: sim.set_shape("object")), "status_shape", ""),
    "books only what is to be priced": (
        refuses(BOOK, lambda call: b'"RatePickupIndicator": "N"' in call.body),
        "without_price", ""),
    "refuses a past date": (
        refuses(BOOK, lambda call: PAST.encode() in call.body), "past_date", ""),
    "knows no front door": (refuses(BOOK, lambda call: b"Front Door" in call.body), "points", ""),
    "comes to any point": (
        is_asked(BOOK, lambda ask: ask["PickupAddress"].pop("PickupPoint", 0)),
        "invented_point", "cancel_by_prn"),
    "merges nothing": (
        is_asked(BOOK, lambda ask: ask["PickupAddress"].update(Floor=f"{next(_floors)}")),
        "same_prn", "merged_reference cancel_shared"),
    "tells the last reference": (told_of(last_reference), "merged_reference", ""),
    "tells no reference": (
        told_of(lambda _sim, entry: entry.pop("ReferenceNumber")),
        "merged_reference reference", ""),
    "cancels one request of two": (cancels_one_ask, "cancel_shared", ""),
    "cancels all of the account's": (cancels_all, "cancel_by_prn", ""),
    "cancels twice": (cancels_again, "cancel_twice", ""),
    "tells nothing of what has ended": (
        has_in_mind("", lambda sim: sim.set_lists_ended(False)), "status_of_cancelled", ""),
    "tells of every day": (
        has_in_mind(STATUS, all_trucks(date="20260311")), "status_of_later", ""),
    "has a code that nobody knows": (told_of(unknown_code), "status_code", ""),
    "refuses every booking": (
        refuses(BOOK), "without_price past_date points invented_point", ALL_THAT_LOOK),
    "loses every answer to a booking": (
        loses(BOOK), "", f"without_price past_date points {ALL_THAT_LOOK}"),
}  # fmt: skip


def met(turn, **more):
    """:return: the report, and UPS as it stands afterwards."""
    with Otherwise(turn) as ups:
        ups.set_time(NOON.isoformat())
        more |= {"UPS_BASE_URL": ups.base_url, "CONTACT_PORT": str(free_port())}
        asked = dataclasses.replace(settings.read(TYPED | more, STEPS), now=NOON)
        ups.register_redirect_uri(asked.redirect_uri)
        return run.contact(asked, lambda start: run.walk(start, ups)), ups


def steps_that_are(verdict, report):
    rows = [line.strip("| ").split(" | ") for line in report.splitlines() if line[:1] == "|"]
    return {row[0] for row in rows if row[-1] == verdict}


@pytest.fixture(scope="module")
def rehearsed():
    """What the simulator says, which is the same each time."""
    asked = dataclasses.replace(settings.read({**TYPED}, STEPS), now=NOON)
    return list(run.rehearse(asked))


@pytest.mark.parametrize("name", TURNS)
def test_the_report_tells_what_ups_does_otherwise(name, capsys, rehearsed, monkeypatch):
    monkeypatch.setattr(run, "rehearse", lambda _asked: rehearsed)
    turn, turned, hidden = TURNS[name]
    otherwise, not_clear = {*turned.split()} ^ ON_PURPOSE, {*hidden.split()}
    report, ups = met(turn)
    shown = capsys.readouterr().out

    assert steps_that_are("OTHERWISE", report) == otherwise
    assert steps_that_are("not clear", report) == not_clear
    assert len(steps_that_are("as assumed", report)) == len(STEPS) - len(otherwise | not_clear)
    # What is booked is cancelled; where nobody can know what to cancel, a person is told.
    coming = [truck for truck in ups.trucks() if truck["is_open"]]
    assert {truck["date"] for truck in coming} <= ({PAST} if "loses" in name else set())
    assert all(truck["references"][0] in shown for truck in coming)
    secrets = {*TYPED.values(), *ups.issued_secrets()}
    private = {*secrets, *ups.memory.trucks.by_prn, "Hidden", "Secretville", "07999", "a1b 2c3"}
    assert not [text for text in private if text.lower() in report.lower()]
    assert not [text for text in secrets if text in shown]


@pytest.mark.parametrize(
    ("steps", "calls"),
    [
        ("past_date", {"token": 1, "request": 1, "cancel": 1}),
        ("points,bad_token", {"token": 1, "request": 3, "countries": 1}),
        ("wrong_verifier", {"token": 1, "request": 0, "status": 0}),
        ("-pkce, -basic,-refresh_twice", {"token": 5, "refresh": 1}),
    ],
)
def test_each_step_is_left_out_or_taken_alone(steps, calls):
    report, ups = met(lambda _sim, call, go: go(call), STEPS=steps)

    assert {route: ups.calls(route) for route in calls} == calls
    assert "Left out: " in report


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_what_a_step_that_ends_badly_has_booked_is_cancelled(error, monkeypatch):
    def ends_badly(ups):
        ups.book(ups.request(days=9))
        if ups.settings.account == TYPED["UPS_ACCOUNT"]:  # not in the rehearsal
            raise error
        return ""

    monkeypatch.setitem(STEPS, "past_date", Step("", ends_badly))
    sims = []
    with contextlib.suppress(KeyboardInterrupt):
        met(lambda sim, call, go: sims.append(sim) or go(call), STEPS="past_date")
    (truck,) = sims[0].trucks()
    assert not truck["is_open"]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"UPS_BASE_URL": "https://onlinetools.ups.com"}, "test system"),
        ({"UPS_BASE_URL": "https://wwwcie.ups.com.example.com"}, "test system"),
        ({"UPS_BASE_URL": "http://wwwcie.ups.com"}, "https"),
        ({"UPS_ENVIRONMENT": "production"}, "test system"),
        ({"UPS_ACCOUNT": ""}, "UPS_ACCOUNT=…"),
        ({"UPS_ACCOUNT": "12"}, "6 or 10"),
        ({"UPS_CLIENT_ID": "the:client"}, "client_id"),
        ({"UPS_ADDRESS": "9 Hidden Lane; Secretville"}, "five parts"),
        ({"UPS_ADDRESS": "9 Hidden Lane; Secretville; ; ; XX"}, "country"),
        ({"CONTACT_PORT": "many"}, "from 1 to 65535"),
        ({"STEPS": "past_dat"}, "past_date"),
    ],
)
def test_what_cannot_be_asked_is_said_in_a_sentence(typed, sentence):
    with pytest.raises(Problem, match=sentence) as caught:
        settings.read(TYPED | typed, STEPS)
    assert "the+secret" not in str(caught.value)


def test_the_browser_inherits_and_is_told_nothing_private():
    environ = TYPED | {"MAKEFLAGS": " -- UPS_CLIENT_SECRET=the+secret", "HOME": "/home"}
    asked = settings.read(environ, STEPS)

    assert environ == {"HOME": "/home"}
    assert asked.base_url == "https://wwwcie.ups.com"
    assert asked.redirect_uri == "http://localhost:8765/callback"
    assert not re.search("the-client|the.secret|A1B2C3|Hidden", repr(asked))
    asked = settings.read(TYPED | {"CONTACT_PORT": str(free_port())}, STEPS)
    seen = []

    def open_page(address):
        forged = requests.get(f"{asked.redirect_uri}?code=a&state=b", timeout=9)
        seen.extend([address, forged.status_code])

    with run.Browser(asked, open_page) as browser, pytest.raises(AskPersonAgain, match="Nobody"):
        browser.fetch(asked.client.begin(asked.redirect_uri), patience=0)
    assert seen == [f"http://localhost:{asked.port}/", 400]
