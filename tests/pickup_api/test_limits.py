"""Each limit of Pickup.yaml: the last good value passes here and at the simulator, the first bad
one is told with its field and limit, and nothing is sent."""

import datetime
import json
import math
from dataclasses import replace
from pathlib import Path

import pytest
from pickup_api import Account, PickupValueError, Piece, ask_price, request_pickup
from samples import ADDRESS, PICKUP, PRICE, TRIGGER, changed
from ups_pickup_simulator_shapes import check

from tests.ups_description import judge_body

MANY = tuple(Piece("003", 999, "US") for _ in range(10))
TEXTS = {
    "address.company_name": 27, "address.contact_name": 22, "address.street": 73,
    "address.city": 50, "address.room": 8, "address.floor": 3, "address.urbanization": 50,
    "address.postal_code": 8, "address.pickup_point": 11, "address.phone": 25,
    "address.phone_extension": 10, "instruction": 57, "reference": 35, "context": 512,
}  # fmt: skip
REQUIRED = (
    "address.company_name", "address.contact_name", "address.street", "address.city",
    "address.state", "address.postal_code", "address.country", "address.phone", "date",
    "ready_time", "close_time", "pieces", "pieces.0.service", "account",
    "account.number", "payment_method",
)  # fmt: skip
NOON, ONE = datetime.time(12), datetime.time(12, 1)

GOOD = [
    *((way, "x" * most) for way, most in TEXTS.items() if way != "address.pickup_point"),
    ("account", Account("A1B2C3D4E5", "US")),
    ("pieces", (Piece("003", 999, "DE", "02"),)),
    ("pieces", (*MANY, Piece("003", 9, "US"))),
    ("weight", 0.1),
    ("weight", 9999.9),
    ("tracking_numbers", ("1Z" + "0" * 16,) * 30),
    ("confirmation_email", "a" * 40 + "@b.example"[:10]),
    ("payment_method", "00"),
    ("date", datetime.date(2020, 2, 29)),  # UPS books it; whether it is past, the model says
    ("close_time", datetime.time(23, 59)),
]
BAD = [
    *((way, "x" * (most + 1), "too_long", most) for way, most in TEXTS.items()),
    *((way, None, "required", None) for way in REQUIRED),
    ("address.city", " ", "required", None),
    ("address.city", 5, "wrong_type", "a text"),
    ("instruction", "two\nlines", "control_character", None),
    ("instruction", "\ud800", "control_character", None),
    ("address.state", "New Jersey", "wrong_form", "a code of two capital letters"),
    ("address.country", "BG", "not_allowed", ...),
    ("address.is_residential", "Y", "wrong_type", "True or False"),
    ("account.number", "ABC1234", "wrong_form", ...),
    ("account.number", "abc123", "wrong_form", ...),
    ("account.country", "us", "wrong_form", ...),
    ("pieces.0.service", "03", "wrong_form", "three digits"),
    ("pieces.0.quantity", 0, "out_of_range", "from 1 to 999"),
    ("pieces.0.quantity", 1000, "out_of_range", "from 1 to 999"),
    ("pieces.0.quantity", "5", "wrong_type", ...),
    ("pieces.0.destination", "USA", "too_long", 2),
    ("pieces.0.container", "03", "not_allowed", "01, 02"),
    ("pieces", (*MANY, Piece("003", 10, "US")), "too_many", 9999),
    ("weight", 0.04, "out_of_range", "from 0.1 to 9999.9"),
    ("weight", 9999.95, "out_of_range", ...),
    ("weight", math.nan, "out_of_range", ...),
    ("weight", math.inf, "out_of_range", ...),
    ("tracking_numbers", ("1Z" + "0" * 16,) * 31, "too_many", 30),
    ("tracking_numbers.0", "1Z", "wrong_form", ...),
    ("confirmation_email", "nobody", "wrong_form", "an e-mail address"),
    ("payment_method", "03", "not_allowed", ...),
    ("payment_method", "04", "required", None, "tracking_numbers"),
    ("close_time", NOON, "not_after", "ready_time"),
    ("close_time", datetime.time(12, 1, 1), "wrong_form", "in whole minutes"),
    ("date", datetime.datetime(2026, 3, 10), "wrong_type", "a date"),
    ("sub_version", "1601", "not_allowed", ...),
]


def _with(way, value):
    request = changed(PICKUP, "ready_time", NOON) if way == "close_time" else PICKUP
    request = changed(request, "weight", 1) if way == "weight" else request
    request = changed(request, "tracking_numbers", ("",)) if way[-2:] == ".0" else request
    return changed(request, way, value)


@pytest.mark.parametrize(("way", "value"), GOOD)
def test_the_last_good_value(way, value):
    body = _with(way, value).as_json()

    assert judge_body(body) == []
    check(body, "PickupCreationRequest")


@pytest.mark.parametrize("row", BAD, ids=lambda row: f"{row[0]}-{row[2]}")
def test_the_first_bad_value(sim, ups, row):
    way, value, code, limit, *other = row
    request = _with(way, value)
    (problem,) = request.problems()

    assert (problem.field, problem.code) == (other[0] if other else way, code)
    assert limit is ... or problem.limit == limit
    assert problem.field in problem.in_words()
    with pytest.raises(PickupValueError) as raised:
        request_pickup(ups, request)
    assert (raised.value.field, raised.value.limit) == (problem.field, problem.limit)
    assert sim.calls() == 0


def test_a_whole_request_in_ups_json():
    address = {"room": "R1", "floor": "2", "urbanization": "U", "pickup_point": "Lobby",
               "phone_extension": "9", "is_residential": True}  # fmt: skip
    more = {"weight": 5.25, "weight_unit": "KGS", "is_overweight": True, "has_labels": True,
            "instruction": "Ring", "confirmation_email": "a@b.example", "with_taxes": True,
            "undeliverable_email": "c@d.example", "rate_chart": "1", "context": "c",
            "tracking_numbers": ("1Z0123456789012345",)}  # fmt: skip
    request = replace(PICKUP, address=replace(ADDRESS, **address), **more)

    sample = Path(__file__).with_name("whole_request.json")
    assert request.as_json() == json.loads(sample.read_text(encoding="utf-8"))
    assert judge_body(request.as_json()) == []


def test_all_problems_at_once():
    address = changed(changed(ADDRESS, "city", ""), "company_name", "x" * 28)
    request = changed(changed(PICKUP, "address", address), "pieces.0.quantity", 0)

    fields = [problem.field for problem in request.problems()]
    assert fields == ["address.company_name", "address.city", "pieces.0.quantity"]


@pytest.mark.parametrize(
    ("country", "state", "postal_code", "missing"),
    [
        ("US", None, "07401", "state"), ("CA", None, "M5V", "state"), ("VN", "44", "1", "state"),
        ("VN", "VN-44", None, None), ("IE", None, None, "state"), ("IE", "Cork", None, None),
        ("DE", None, None, "postal_code"), ("DE", None, "10115", None), ("HK", None, None, None),
        ("AE", None, None, None),
    ],
)  # fmt: skip
def test_what_an_address_needs_depends_on_the_country(country, state, postal_code, missing):
    place = {"country": country, "state": state, "postal_code": postal_code}
    place["has_postal_codes"] = country not in ("IE", "HK", "VN")  # as Odoo has it
    request = PRICE
    for name, value in place.items():
        request = changed(request, f"address.{name}", value)
    fields = [problem.field for problem in request.problems()]

    assert fields == ([f"address.{missing}"] if missing else [])
    if not missing:
        check(request.as_json(), "PickupRateRequest")
        assert judge_body(request.as_json()) == []


@pytest.mark.parametrize(
    ("request_", "way", "value", "field"),
    [
        (PRICE, "service_day", "1", "service_day"),
        (PRICE, "service_day", "03", "date"),
        (PRICE, "date", datetime.date(2026, 3, 10), "ready_time"),
        (PRICE, "rate_chart", "2", "rate_chart"),
        (PRICE, "account", Account("x", "US"), "account.number"),
        (TRIGGER, "account_number", "A1B2C3D4E5", "account_number"),
        (TRIGGER, "service_day", "03", "service_day"),
    ],
)
def test_prices_and_triggers_have_limits_too(request_, way, value, field):
    with pytest.raises(PickupValueError) as raised:
        changed(request_, way, value).as_json()
    assert raised.value.field == field


def test_a_price_of_a_certain_day(sim, ups):
    day = {"service_day": "03", "date": datetime.date(2026, 3, 11)}
    request = PRICE
    for name, value in {**day, "ready_time": NOON, "close_time": ONE}.items():
        request = changed(request, name, value)

    assert ask_price(ups, request).charge.day == "future"
