"""Simulator and client against UPS's Pickup.yaml, less what mistakes.yaml says is wrong in it."""

import json

import pytest
from pickup_api import (
    ask_price,
    ask_states,
    ask_status,
    cancel_pickup,
    request_pickup,
    trigger_smart_pickup,
)
from pickup_description import MISTAKES, document, judge, judge_body
from samples import PICKUP, PRICE, TRIGGER, changed
from ups_pickup_simulator import ACCOUNT, SMART_ACCOUNT, UpsPickupSimulator


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake["why"])
def test_each_mistake_is_one(mistake):
    """UPS's description, to the letter, refuses what UPS takes; mended, it does not."""
    assert judge(mistake["schema"], mistake["example"], is_mended=False)
    if mistake["set"]:
        assert judge(mistake["schema"], mistake["example"]) == []


@pytest.fixture
def heard(monkeypatch):
    """Every answer that the simulator makes: (route, status, body)."""
    answers, handle = [], UpsPickupSimulator.handle

    def listen(simulator, call):
        answer = handle(simulator, call)
        if call.path.startswith("/api/"):
            answers.append((call, answer.status, json.loads(answer.body)))
        return answer

    monkeypatch.setattr(UpsPickupSimulator, "handle", listen)
    with UpsPickupSimulator("id", "secret", []) as simulator:
        yield simulator, answers


def _session(simulator):
    from ups_client import UpsSession

    token = simulator.issue_tokens()["access_token"]
    return UpsSession(simulator.base_url, lambda refused=None: token)


def _everything(ups):
    """Each call, granted and refused."""
    ask_price(ups, changed(changed(PRICE, "with_taxes", True), "address.is_residential", True))
    ask_price(ups, changed(PRICE, "account.number", "NOBODY"))
    prn = request_pickup(ups, PICKUP).prn
    request_pickup(ups, changed(PICKUP, "with_price", False))
    request_pickup(ups, changed(PICKUP, "address.pickup_point", "Moon"))
    trigger_smart_pickup(ups, TRIGGER)
    trigger_smart_pickup(ups, TRIGGER)
    trigger_smart_pickup(ups, changed(TRIGGER, "account_number", ACCOUNT))
    for account, kind in ((ACCOUNT, "oncall"), (SMART_ACCOUNT, "smart"), (SMART_ACCOUNT, "both")):
        ask_status(ups, account, kind)
    cancel_pickup(ups, prn)
    cancel_pickup(ups, prn)
    for country in ("US", "DE", "XX"):
        ask_states(ups, country)


def test_what_is_sent_and_answered_is_as_described(heard):
    simulator, answers = heard
    with _session(simulator) as ups:
        _everything(ups)

    assert len(answers) == 16
    for call, status, body in answers:
        assert judge_body(body) == [], body
        assert (status == 200) is ("response" not in body)
        if call.body:
            assert judge_body(call.json) == [], call.json
        _check_operation(call, status)


def _check_operation(call, status):
    """Path, method, headers and status are the description's."""
    is_delete = call.method == "DELETE"
    path = call.path.removeprefix("/api").replace("v2409", "{version}")
    for name, value in (("CancelBy", "02"), ("pickuptype", "oncall"), ("pickuptype", "smart"),
                        ("pickuptype", "both"), ("countrycode", path[-2:])):  # fmt: skip
        if is_delete is (name == "CancelBy") and path.endswith(f"/{value}"):
            path = path.removesuffix(value) + f"{{{name}}}"
            break
    operation = document()["paths"][path][call.method.lower()]
    for parameter in operation["parameters"]:
        if parameter["in"] == "header" and (parameter["required"] or parameter["name"] == "Prn"):
            assert call.headers.get(parameter["name"])
    assert str(status) in operation["responses"]


@pytest.mark.parametrize("name", ["PickupRateRequest", "PickupCreationRequest"])
def test_a_misspelt_a_missing_and_a_wrong_element_are_refused(sim, ups, name):
    """Wherever it stands: UPS would ignore the first, and the client's bug would not show."""
    whole = changed(PICKUP, "weight", 5.5) if name == "PickupCreationRequest" else PRICE
    route = "price" if name == "PickupRateRequest" else "request"
    body = whole.as_json()
    path = {
        "price": "/api/shipments/v2409/pickup/oncall",
        "request": "/api/pickupcreation/v2409/pickup",
    }[route]
    objects = list(_objects(body[name]))

    assert len(objects) > 3
    for part in objects:
        part["Misspelt"] = "x"
        _refuses(ups, path, body)
        del part["Misspelt"]
        for key in [key for key, value in part.items() if isinstance(value, str)]:
            kept = part[key]
            for wrong in (7, "", "x" * 600, None, [], {}):
                part[key] = wrong
                _refuses(ups, path, body)
            part[key] = kept
    assert sim.trucks() == []
    assert ups.post(path, json=body).status_code == 200


def _objects(content):
    if isinstance(content, dict):
        yield content
        for value in content.values():
            yield from _objects(value)
    elif isinstance(content, list):
        for entry in content:
            yield from _objects(entry)


def _refuses(ups, path, body):
    answer = ups.post(path, json=body)
    assert answer.status_code == 400, body
    assert judge_body(answer.json()) == []
