"""Simulator and client against UPS's Pickup.yaml, less what mistakes.yaml says is wrong in it."""

import pytest
from pickup_api import (
    ask_price,
    ask_status,
    cancel_pickup,
    request_pickup,
    trigger_smart_pickup,
)
from samples import PICKUP, PRICE, TRIGGER, changed
from ups_pickup_simulator import ACCOUNT, SMART_ACCOUNT

from tests.ups_description import MISTAKES, check_answer, check_request, judge, judge_body


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake["why"])
def test_each_mistake_is_one(mistake):
    """UPS's description, to the letter, refuses what UPS takes; mended, it does not."""
    assert judge(mistake["schema"], mistake["example"], is_mended=False)
    if mistake["set"]:
        assert judge(mistake["schema"], mistake["example"]) == []


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


def test_what_is_sent_and_answered_is_as_described(sim, ups):
    answers = []
    ups.hooks["response"].append(lambda answer, **_more: answers.append(answer))
    _everything(ups)

    assert len(answers) == len(sim.requests) == 13
    for answer in answers:
        check_answer(answer)
    for recorded in sim.requests:
        check_request(recorded)


@pytest.mark.parametrize(
    ("request_", "path"),
    [
        (PRICE, "/api/shipments/v2409/pickup/oncall"),
        (changed(PICKUP, "weight", 5.5), "/api/pickupcreation/v2409/pickup"),
    ],
)
def test_a_misspelt_a_missing_and_a_wrong_element_are_refused(sim, ups, request_, path):
    """Wherever it stands: UPS would ignore the first, and the client's bug would not show."""
    body = request_.as_json()
    objects = list(_objects(*body.values()))

    assert len(objects) > 3
    for part in objects:
        part["Misspelt"] = "x"
        assert judge_body(body), "UPS's description names no such element"
        assert "Misspelt" in _refuses(ups, path, body)
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
    return answer.text
