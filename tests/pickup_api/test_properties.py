"""For any request: what validates, the simulator and UPS's description take. For any answer: it is
read, whatever it is."""

import datetime
import json
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pickup_api import (
    Account,
    PickupAddress,
    PickupRequest,
    Piece,
    PriceRequest,
    SmartTrigger,
    ask_price,
    ask_status,
    cancel_pickup,
    outcomes,
    request_pickup,
    trigger_smart_pickup,
)
from samples import PICKUP, PRICE, TRIGGER
from ups_pickup_simulator_shapes import check

from tests.ups_description import judge_body

HURRY = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None,
    derandomize=True,
)  # fmt: skip

# === REQUESTS === #

ANY = st.characters(codec="utf-8", exclude_categories=("C", "Zl", "Zp"))
CODE = st.sampled_from
YES_NO = st.booleans()
# What an address needs depends on the country: one of each kind.
PLACES = [
    ("US", "NJ", "07401"), ("CA", "ON", "M5V"), ("VN", "VN-44", "1"), ("IE", "Cork", "D01"),
    ("AE", None, None), ("AE", "any", "1"), ("DE", None, "10115"), ("PR", "any", "00901"),
]  # fmt: skip


def texts(most):
    """None is blank: that is as good as none."""
    return st.text(ANY, max_size=most - 1).map("x".__add__)


def maybe(values):
    return st.none() | values


def letters(form):
    return st.from_regex(form, fullmatch=True)


def _address(place, **more):
    country, state, code = place
    more["has_postal_codes"] = code is not None
    return PickupAddress(country=country, state=state, postal_code=code, **more)


ACCOUNTS = st.builds(Account, letters(r"[A-Z0-9]{6}|[A-Z0-9]{10}"), letters(r"[A-Z]{2}"))
ADDRESSES = st.builds(
    _address, CODE(PLACES), city=texts(50), is_residential=YES_NO,
    street=texts(73), company_name=texts(27), contact_name=texts(22), phone=texts(25),
    phone_extension=maybe(texts(10)), room=maybe(texts(8)), floor=maybe(texts(3)),
    urbanization=maybe(texts(50)), pickup_point=maybe(texts(11)),
)  # fmt: skip
PIECES = st.builds(
    Piece, letters(r"[0-9]{3}"), st.integers(1, 999), letters(r"[A-Z]{2}"), CODE(["01", "02"])
)
WHEN = {
    "date": st.dates(datetime.date(1000, 1, 1)),
    "ready_time": st.times().map(lambda time: time.replace(hour=12, second=0, microsecond=0)),
    "close_time": CODE([datetime.time(23, 59), datetime.time(13)]),
}
COMMON = {
    "rate_chart": maybe(CODE("13456")),
    "with_taxes": YES_NO,
    "sub_version": maybe(CODE(["1607", "2007"])),
    "context": maybe(texts(512)),
    "is_account_address": YES_NO,
}
PICKUPS = st.builds(
    PickupRequest,
    address=ADDRESSES, pieces=st.lists(PIECES, min_size=1, max_size=10).map(tuple),
    payment_method=CODE(["00", "01"]), account=ACCOUNTS,
    weight=maybe(st.floats(0.1, 9999.9) | st.integers(1, 9999)), weight_unit=CODE(["LBS", "KGS"]),
    is_overweight=YES_NO, has_labels=YES_NO, with_price=YES_NO,
    tracking_numbers=st.lists(letters(r"1Z[A-Z0-9]{16}"), max_size=2).map(tuple),
    instruction=maybe(texts(57)), reference=maybe(texts(35)),
    confirmation_email=maybe(letters(r"[a-z]{1,9}@[a-z]{1,9}\.example")), **WHEN, **COMMON,
)  # fmt: skip
PRICES = st.builds(
    PriceRequest,
    address=ADDRESSES.map(PickupAddress.for_price), service_day=CODE(["01", "02", "03"]),
    account=maybe(ACCOUNTS), **WHEN, **COMMON,
)  # fmt: skip
TRIGGERS = st.builds(SmartTrigger, letters(r"[A-Z0-9]{6}"), CODE(["01", "02"]), maybe(texts(512)))


@pytest.mark.parametrize("requests_", [PICKUPS, PRICES, TRIGGERS], ids=["pickup", "price", "smart"])
def test_what_validates_is_taken(requests_):
    @HURRY
    @given(requests_)
    def any_request(request):
        assert request.problems() == []
        body = json.loads(json.dumps(request.as_json()))
        assert judge_body(body) == []
        check(body, *body)

    any_request()


# === ANSWERS === #

SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12)
    | st.sampled_from(["0", "1", "01", "02", "007", "20260310", "19.88", "-0", "1e999", "\x00"])
)  # fmt: skip
_NAMES = (
    "PickupRateResponse PickupCreationResponse PickupTriggerGWNResponse PickupCancelResponse"
    " PickupPendingStatusResponse Response ResponseStatus"
    " Code Description Alert PRN RateStatus RateResult CurrencyCode RateType ChargeDetail"
    " ChargeAmount GrandTotalOfAllCharge TotalTax PendingStatus PickupType ServiceDate"
    " OnCallStatusCode GWNStatusCode ReferenceNumber TriggerStatus GWNStatus Disclaimer"
    " response errors code message"
)
NAMES = st.sampled_from(_NAMES.split())
JUNK = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=5)
)
GOOD = {"Response": {"ResponseStatus": {"Code": "1"}}}
WRAPPERS = {
    "PickupRateResponse": "RateResult",
    "PickupCreationResponse": "RateResult",
    "PickupTriggerGWNResponse": "TriggerStatus",
    "PickupCancelResponse": "GWNStatus",
    "PickupPendingStatusResponse": "PendingStatus",
}


def _nearly_good(name):
    return st.builds(
        lambda part, prn: {name: GOOD | {WRAPPERS[name]: part, "PRN": prn}}, JUNK, SCALARS
    )


BODIES = st.binary(max_size=20) | (JUNK | st.one_of(map(_nearly_good, WRAPPERS))).map(
    lambda content: json.dumps(content).encode()
)
STATUSES = st.sampled_from([200, 200, 200, 201, 204, 302, 400, 401, 403, 404, 429, 500, 503])


@settings(HURRY, max_examples=500)
@given(BODIES, STATUSES, st.sampled_from(["", "7", "-1", "x", "9" * 30]))
def test_any_answer_is_read(body, status, retry_after):
    headers = {"Retry-After": retry_after} if retry_after else {}
    answer = SimpleNamespace(status_code=status, headers=headers, content=body)
    session = SimpleNamespace(request=lambda *_args, **_more: answer)

    for outcome in (
        request_pickup(session, PICKUP),
        trigger_smart_pickup(session, TRIGGER),
        cancel_pickup(session, "2929AONCALL"),
        ask_price(session, PRICE),
        ask_status(session, "A1B2C3", "both"),
    ):
        assert type(outcome) in vars(outcomes).values()
        assert "\x00" not in repr(outcome)
        repr(outcome).encode()  # no half of a surrogate, which PostgreSQL would not take
        if isinstance(outcome, outcomes.Booked):
            assert outcome.prn
            assert 200 <= status < 300
        if isinstance(outcome, outcomes.Refused):
            assert status < 500
