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
    ask_states,
    ask_status,
    cancel_pickup,
    codes,
    countries,
    outcomes,
    request_pickup,
    trigger_smart_pickup,
)
from samples import PICKUP, PRICE, TRIGGER, changed
from ups_pickup_simulator_shapes import check

from tests.ups_description import judge_body

HURRY = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None,
    derandomize=True,
)  # fmt: skip

# === REQUESTS: mostly good values, and some just past a limit === #

ANY = st.characters(codec="utf-8")
CODE = st.sampled_from
YES_NO = st.booleans()


def texts(most):
    return st.text(ANY, max_size=most + 1)


def maybe(values):
    return st.none() | values


def letters(form):
    return st.from_regex(form, fullmatch=True)


ACCOUNTS = st.builds(
    Account, letters(r"[A-Z0-9]{6}|[A-Z0-9]{10}|[a-z]{1,12}"), letters(r"[A-Z]{2}|[a-z]{1,3}")
)
PLACE = {
    "city": texts(50),
    "country": CODE([*sorted(countries.COUNTRIES), "BG"]),
    "state": maybe(letters(r"[A-Z]{2}|VN-[0-9]{2}") | texts(50)),
    "postal_code": maybe(letters(r"[0-9]{5}") | texts(8)),
    "is_residential": YES_NO,
}
ADDRESSES = st.builds(
    PickupAddress,
    street=texts(73), company_name=texts(27), contact_name=texts(22), phone=texts(25),
    phone_extension=maybe(texts(10)), room=maybe(texts(8)), floor=maybe(texts(3)),
    urbanization=maybe(texts(50)), pickup_point=maybe(texts(11)), **PLACE,
)  # fmt: skip
PIECES = st.builds(
    Piece, letters(r"[0-9]{3}"), st.integers(0, 1000), letters(r"[A-Z]{2}"),
    CODE([*codes.CONTAINERS, "04"]),
)  # fmt: skip
WHEN = {
    "date": st.dates(),
    "ready_time": st.times().map(lambda time: time.replace(second=0, microsecond=0)),
    "close_time": CODE([datetime.time(23, 59), datetime.time(0)]),
}
COMMON = {
    "rate_chart": maybe(CODE("123456")),
    "with_taxes": YES_NO,
    "sub_version": maybe(CODE(["1607", "2007", "1"])),
    "context": maybe(texts(512)),
    "is_account_address": YES_NO,
    "account": maybe(ACCOUNTS),
}
PICKUPS = st.builds(
    PickupRequest,
    address=ADDRESSES, pieces=st.lists(PIECES, max_size=12).map(tuple),
    payment_method=CODE([*codes.PAYMENT_METHODS, "03"]),
    weight=maybe(st.floats() | st.decimals() | st.integers()), weight_unit=CODE(["LBS", "KGS"]),
    is_overweight=YES_NO, has_labels=YES_NO, with_price=YES_NO,
    tracking_numbers=st.lists(letters(r"1Z[A-Z0-9]{16}"), max_size=2).map(tuple),
    instruction=maybe(texts(57)), reference=maybe(texts(35)),
    confirmation_email=maybe(st.emails()), undeliverable_email=maybe(st.emails()),
    **WHEN, **COMMON,
)  # fmt: skip
PRICES = st.builds(
    PriceRequest,
    address=ADDRESSES.map(PickupAddress.for_price), service_day=CODE(["01", "02", "03", "1"]),
    **{name: maybe(values) for name, values in WHEN.items()}, **COMMON,
)  # fmt: skip
TRIGGERS = st.builds(
    SmartTrigger, letters(r"[A-Z0-9]{6}|[A-Z0-9]{10}"), CODE(["01", "02", "03"]),
    maybe(texts(512)),
)  # fmt: skip


@pytest.mark.parametrize("requests_", [PICKUPS, PRICES, TRIGGERS], ids=["pickup", "price", "smart"])
def test_what_validates_is_taken(requests_):
    taken = []

    @HURRY
    @given(requests_)
    def any_request(request):
        # Where it does not validate, the problems name what to leave out.
        request = _mended(request)
        body = json.loads(json.dumps(request.as_json()))
        assert judge_body(body) == []
        check(body, *body)
        taken.append(body)

    any_request()
    assert taken


def _mended(request):
    """The request with a good value wherever there was a problem: so each example counts, with
    whatever odd values it had elsewhere.
    """
    good = {PickupRequest: PICKUP, PriceRequest: PRICE, SmartTrigger: TRIGGER}[type(request)]
    while found := request.problems():
        name, _, rest = found[0].field.partition(".")
        if name == "address" and rest not in ("state", "postal_code", "country"):
            request = changed(request, f"address.{rest}", getattr(good.address, rest))
        elif name == "address":
            for part in ("state", "postal_code", "country"):
                request = changed(request, f"address.{part}", getattr(good.address, part))
        elif name in ("date", "ready_time", "close_time"):
            for part in ("date", "ready_time", "close_time"):
                request = changed(request, part, getattr(good, part))
            if isinstance(request, PriceRequest):
                request = changed(request, "service_day", "01")
        elif name == "tracking_numbers":
            request = changed(request, "payment_method", "00")
        else:
            request = changed(request, name, getattr(good, name))
    return request


# === ANSWERS === #

SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12)
    | st.sampled_from(["0", "1", "01", "02", "007", "20260310", "19.88", "-0", "1e999", "\x00"])
)  # fmt: skip
_NAMES = (
    "PickupRateResponse PickupCreationResponse PickupTriggerGWNResponse PickupCancelResponse"
    " PickupPendingStatusResponse PickupGetPoliticalDivision1ListResponse Response ResponseStatus"
    " Code Description Alert PRN RateStatus RateResult CurrencyCode RateType ChargeDetail"
    " ChargeAmount GrandTotalOfAllCharge TotalTax PendingStatus PickupType ServiceDate"
    " OnCallStatusCode GWNStatusCode ReferenceNumber TriggerStatus GWNStatus PoliticalDivision1"
    " Disclaimer response errors code message"
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
    "PickupGetPoliticalDivision1ListResponse": "PoliticalDivision1",
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
        ask_states(session, "US"),
    ):
        assert type(outcome) in vars(outcomes).values()
        assert "\x00" not in repr(outcome)
        repr(outcome).encode()  # no half of a surrogate, which PostgreSQL would not take
        if isinstance(outcome, outcomes.Booked):
            assert outcome.prn
            assert 200 <= status < 300
        if isinstance(outcome, outcomes.Refused):
            assert status < 500
