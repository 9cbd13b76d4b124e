"""What counts as what. What becomes of a truck, fault by fault: ups_pickup/tests/test_faults.py."""

import datetime
import json
import socket
import ssl
from dataclasses import replace
from types import SimpleNamespace

import pytest
import requests
import urllib3
from pickup_api import (
    Booked,
    Cancelled,
    Entry,
    Listed,
    NeverLeft,
    NoLook,
    NotAnswered,
    Priced,
    Refused,
    Unknown,
    ask_price,
    ask_status,
    cancel_pickup,
    meaning,
    request_pickup,
    trigger_smart_pickup,
)
from samples import ADDRESS, PICKUP, PRICE, TRIGGER, changed
from ups_client import UpsSession
from ups_pickup_simulator import ACCOUNT, SMART_ACCOUNT

GOOD = {"Response": {"ResponseStatus": {"Code": 1}}}
ENVELOPE = {"response": {"errors": [{"code": "1", "message": "No"}]}}


@pytest.mark.parametrize(
    ("status", "code", "words", "field"),
    [
        (400, "9500535", "Not valid", "address.pickup_point"),
        (400, "9510119", "Not valid", "pieces.service"),
        (200, "9510154", "Not yours", "account.number"),
        (400, "9599999", "The Close Time is too early.", "close_time"),
        (200, "9599999", "Ready time or close time", None),
        (409, "9599999", "", None),
    ],
)
def test_a_refusal_has_ups_words_and_a_field_if_one_can_be_told(
    sim, ups, status, code, words, field
):
    sim.refuse_next("request", code, words, status)
    refused = request_pickup(ups, PICKUP)

    assert refused == Refused(code, words or ("" if status != 200 else "Failure"), status, field)
    assert sim.trucks() == []


def test_ups_asks_for_a_pause(sim, ups):
    sim.queue_fault("request", "status", status=429, headers={"Retry-After": "90"})

    assert request_pickup(ups, PICKUP).retry_after == 90


# === WITHOUT A SERVER === #


class Answering:
    """A session that answers, or raises, whatever the test says."""

    def __init__(self, answer, status=200):
        self._answer, self._status, self.calls = answer, status, 0

    def request(self, _method, _path, **_what):
        self.calls += 1
        if isinstance(self._answer, BaseException):
            raise self._answer
        is_raw = isinstance(self._answer, bytes)
        body = self._answer if is_raw else json.dumps(self._answer).encode()
        return SimpleNamespace(status_code=self._status, headers={}, content=body)


class _Told(requests.ConnectionError):
    def __init__(self, never_left):
        super().__init__(requests.ConnectTimeout())  # what it says itself counts more
        self.never_left = never_left


_POOL = urllib3.HTTPSConnectionPool("ups.example")


def _wrapped(error, kind=requests.ConnectionError):
    return kind(urllib3.exceptions.MaxRetryError(_POOL, "/", error))


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (_wrapped(urllib3.exceptions.NewConnectionError(None, "no")), NeverLeft),
        (_wrapped(socket.gaierror(-2, "unknown name")), Unknown),
        (requests.ConnectTimeout(), NeverLeft),
        (_wrapped(ssl.SSLCertVerificationError(), requests.exceptions.SSLError), NeverLeft),
        (_wrapped(ssl.SSLError("bad record mac"), requests.exceptions.SSLError), Unknown),
        (_wrapped(OSError("Tunnel connection failed: 407"), requests.exceptions.ProxyError),
         NeverLeft),
        (_wrapped(ConnectionResetError(), requests.exceptions.ProxyError), Unknown),
        (requests.exceptions.InvalidHeader(), NeverLeft),
        (requests.ReadTimeout(), Unknown),
        (requests.ConnectionError("Remote end closed connection"), Unknown),
        (requests.exceptions.ChunkedEncodingError(), Unknown),
        (urllib3.exceptions.ProtocolError(), Unknown),
        (TimeoutError("the answer takes too long"), Unknown),
        (_Told(True), NeverLeft),
        (_Told(False), Unknown),
    ],
)  # fmt: skip
def test_never_left_is_said_only_where_it_is_sure(error, outcome):
    session = Answering(error)

    assert type(request_pickup(session, PICKUP)) is outcome
    assert type(cancel_pickup(session, "2929AONCALL")) is outcome
    assert type(ask_price(session, PRICE)) is NotAnswered
    assert type(ask_status(session, ACCOUNT)) is NoLook
    assert session.calls == 4


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        *((status, ENVELOPE, Refused) for status in (400, 401, 403, 429)),
        (401, b"<html>", Refused),  # whoever says it, nothing is done without a token
        *((status, b"<html>", Unknown) for status in (200, 302, 400, 502)),
        *((status, ENVELOPE, Unknown) for status in (200, 500, 503)),
        (404, {"error": "no"}, Unknown),
        (503, {"PickupCreationResponse": {**GOOD, "PRN": "2929AONCALL"}}, Unknown),
        *((200, body, Unknown) for body in ({}, [], b"")),
    ],
)
def test_refused_is_said_only_by_ups(status, body, outcome):
    session = Answering(body, status)

    assert type(request_pickup(session, PICKUP)) is outcome
    assert type(cancel_pickup(session, "2929AONCALL")) is outcome
    assert type(ask_price(session, PRICE)) is (Refused if outcome is Refused else NotAnswered)
    assert type(ask_status(session, ACCOUNT)) is NoLook
    assert session.calls == 4


def test_no_outcome_holds_what_was_sent():
    error = _wrapped(ConnectionResetError(f"while sending {ADDRESS.street}"))

    assert ADDRESS.street not in repr(request_pickup(Answering(error), PICKUP))


def test_what_is_left_of_xml_in_a_text_is_no_part_of_it(sim, ups):
    """As issue 63 of UPS-API/api-documentation shows it."""
    said = {"ResponseStatus": {"Code": "&#xD;&#xD;1", "Description": "&#xD;Success"}}
    booked = {"PickupCreationResponse": {"Response": said, "PRN": "&#xD;2929602E9CP&#13;"}}
    sim.queue_fault("request", "status", status=200, body=booked)
    assert request_pickup(ups, PICKUP).prn == "2929602E9CP"


@pytest.mark.parametrize(
    ("day", "said", "is_outside"),
    [
        (28, {"WeekendServiceTerritoryIndicator": "N"}, True),
        (28, {"WeekendServiceTerritory": {"SatWST": "Y", "SunWST": "N"}}, False),
        (29, {"WeekendServiceTerritory": {"SatWST": "Y", "SunWST": "N"}}, True),
        (30, {"WeekendServiceTerritory": {"SatWST": "N", "SunWST": "N"}}, False),
        (28, {}, False),
    ],
)
def test_an_address_without_weekend_service_is_told(day, said, is_outside):
    result = {"GrandTotalOfAllCharge": "1.00"}
    body = {**GOOD, "RateResult": result, "PRN": "2929602E9CP", **said}
    date = datetime.date(2026, 11, day)
    for answer in (
        ask_price(
            Answering({"PickupRateResponse": body}),
            replace(PRICE, date=date, ready_time=PICKUP.ready_time, close_time=PICKUP.close_time),
        ),
        request_pickup(Answering({"PickupCreationResponse": body}), replace(PICKUP, date=date)),
    ):
        assert ["Weekend" in alert.words for alert in answer.alerts] == [True] * is_outside


def test_a_smart_pickup_that_is_done_was_not_cancelled(sim, ups):
    for code, ends in (("002", Cancelled), ("003", Unknown)):
        done = {**GOOD, "PickupType": "02", "GWNStatus": {"Code": code}}
        sim.queue_fault("cancel", "status", status=200, body={"PickupCancelResponse": done})
        assert isinstance(cancel_pickup(ups, "2929602E9CP"), ends)


def test_what_ups_says_of_a_pickup_is_redacted_too():
    good = {"ResponseStatus": {"Code": "1", "Description": "Success"}}
    good["Alert"] = {"Code": "1", "Description": "the-token"}
    entry = {"PRN": "2929602E9CP", "PickupStatusMessage": "the-token"}
    said = {"PickupPendingStatusResponse": {"Response": good, "PendingStatus": entry}}
    session = Answering(said, 200)
    session.redact = lambda text: text.replace("the-token", "***")
    listed = ask_status(session, ACCOUNT)
    assert (listed.entries[0].message, listed.alerts[0].words) == ("***", "***")


@pytest.mark.parametrize("status", [200, 400])
def test_ups_words_are_redacted_as_the_session_says(status):
    failed = {"Response": {"ResponseStatus": {"Code": "0", "Description": "the-token"}}}
    envelope = {"response": {"errors": [{"code": "1", "message": "the-token"}]}}
    session = Answering({"PickupCreationResponse": failed} if status == 200 else envelope, status)
    session.redact = lambda text: text.replace("the-token", "***")

    assert request_pickup(session, PICKUP).words == "***"


@pytest.mark.parametrize("error", [LookupError("Authorize anew."), KeyboardInterrupt()])
def test_what_the_session_says_itself_passes(error):
    for call in (lambda: request_pickup(Answering(error), PICKUP),
                 lambda: ask_status(Answering(error), ACCOUNT)):  # fmt: skip
        with pytest.raises(type(error)) as raised:
            call()
        assert raised.value is error


def test_without_a_connection_nothing_has_left(sim):
    gone = UpsSession("http://localhost:9", lambda refused=None: "token")  # discard: nobody listens

    assert request_pickup(gone, PICKUP) == NeverLeft("no_connection", "UpsNeverLeft")


# === WHAT GOOD ANSWERS SAY === #


@pytest.mark.parametrize("shape", ["array", "object"])
def test_a_whole_life(sim, ups, shape):
    sim.set_shape(shape)
    priced = ask_price(ups, PRICE)
    booked = request_pickup(ups, PICKUP)

    assert isinstance(priced, Priced)
    assert isinstance(booked, Booked)
    assert priced.charge == booked.charge
    assert str(booked.charge.payable) == "19.88"
    assert (booked.charge.currency, booked.charge.day) == ("USD", "same")
    sim.set_code(booked.prn, "002")
    (entry,) = ask_status(ups, ACCOUNT).entries
    assert (entry.prn, entry.kind, entry.code) == (booked.prn, "oncall", "002")
    assert (entry.reference, entry.service_date) == (PICKUP.reference, PICKUP.date)
    assert cancel_pickup(ups, booked.prn) == Cancelled("oncall")
    assert isinstance(cancel_pickup(ups, booked.prn), Refused)


@pytest.mark.parametrize("shape", ["array", "object"])
def test_a_smart_pickup(sim, ups, shape):
    sim.set_shape(shape)
    new, again = trigger_smart_pickup(ups, TRIGGER), trigger_smart_pickup(ups, TRIGGER)

    assert (new.was_there, again.was_there) == (False, True)
    assert new.prn == again.prn
    assert new.service_date == PICKUP.date
    (entry,) = ask_status(ups, SMART_ACCOUNT, "smart").entries
    assert (entry.kind, entry.code) == ("smart", "001")
    assert cancel_pickup(ups, new.prn) == Cancelled("smart", "002")
    refused = trigger_smart_pickup(ups, changed(TRIGGER, "account_number", ACCOUNT))
    assert refused.code == "9510029"


ENTRY = {"PRN": 29290000001, "PickupType": 1, "OnCallStatusCode": 2}
READ = Entry("29290000001", "oncall", None, "002")


@pytest.mark.parametrize(
    ("content", "outcome"),
    [
        ({**GOOD, "PRN": 29290000001}, Booked("29290000001")),
        ({**GOOD, "PRN": "29\ud800\x00 A"}, Booked("29 A")),  # PostgreSQL takes neither
        ({**GOOD, "PRN": " "}, Unknown("no_prn", "HTTP 200", 200)),
        (GOOD, Unknown("no_prn", "HTTP 200", 200)),
        ({"PRN": "2929AONCALL"}, Unknown),
        ({"Response": {"ResponseStatus": {"Code": "0"}}}, Refused),
        ({"Response": {"ResponseStatus": {"Code": "0"}}, "PRN": "2929AONCALL"}, Unknown),
        ({"Response": {"ResponseStatus": {"Code": True}}, "PRN": "2929AONCALL"}, Unknown),
    ],
)
def test_only_code_1_with_a_prn_is_a_booking(content, outcome):
    answer = request_pickup(Answering({"PickupCreationResponse": content}), PICKUP)

    assert answer == outcome or type(answer) is outcome


LINES = [{"ChargeAmount": "10.42"}, {"ChargeAmount": 1.76}]


@pytest.mark.parametrize(
    ("result", "total"),
    [
        ({"GrandTotalOfAllCharge": "1,234.50"}, "1234.50"),
        ({"GrandTotalOfAllCharge": 12.18}, "12.18"),
        ({"GrandTotalOfAllCharge": "0.00", "ChargeDetail": LINES}, "0.00"),
        ({"ChargeDetail": LINES, "TotalTax": "1.00"}, "13.18"),
        ({"ChargeDetail": [*LINES, {}]}, None),
        ({"GrandTotalOfAllCharge": "NaN"}, None),
        ({"GrandTotalOfAllCharge": "1e99"}, None),
        ({"GrandTotalOfAllCharge": "1e-50000000"}, None),
        ({"GrandTotalOfAllCharge": "free"}, None),
        ({}, None),
    ],
)
def test_a_price_is_a_number_or_none(result, total):
    answer = {"PickupRateResponse": {**GOOD, "RateResult": result}}
    priced = ask_price(Answering(answer), PRICE)

    if total is None:
        assert priced == NotAnswered("no_price", http_status=200)
    else:
        assert str(priced.charge.total) == total


@pytest.mark.parametrize(
    ("content", "listed"),
    [
        (GOOD, Listed((), True)),
        ({**GOOD, "PendingStatus": []}, Listed((), True)),
        ({**GOOD, "PendingStatus": [ENTRY] * 10_002}, Listed((READ,) * 10_001, False)),
        ({**GOOD, "PendingStatus": None}, Listed((), True)),
        ({**GOOD, "PendingStatus": ENTRY}, Listed((READ,), True)),
        ({**GOOD, "PendingStatus": [ENTRY, {"PRN": ""}]}, Listed((READ,), False)),
        ({**GOOD, "PendingStatus": [ENTRY, 7, None, []]}, Listed((READ,), False)),
        ({"PendingStatus": [ENTRY]}, Listed((READ,), False)),  # found counts, Code or none
        ({"PendingStatus": []}, NoLook),
        ({"Response": {"ResponseStatus": {"Code": 0}}, "PendingStatus": [ENTRY]}, NoLook),
        ({**GOOD, "PendingStatus": "none"}, Listed((), False)),
    ],
)
def test_only_a_whole_answer_says_none(content, listed):
    answer = ask_status(Answering({"PickupPendingStatusResponse": content}), ACCOUNT)

    assert answer == listed or type(answer) is listed


@pytest.mark.parametrize(
    ("kind", "code", "state", "is_final"),
    [
        ("oncall", "001", "requested", False), ("oncall", "012", "requested", False),
        ("oncall", "002", "dispatched", False), ("oncall", "005", "delayed", False),
        ("oncall", "003", "done", True), ("oncall", "004", "unsuccessful", True),
        ("oncall", "007", "cancelled", True), ("oncall", "008", None, False),
        ("oncall", "042", None, False), (None, None, None, False),
        ("smart", "002", "cancelled", True), ("smart", "003", "done", True),
        ("smart", "004", "unsuccessful", True), ("smart", "008", "unsuccessful", True),
        ("smart", "999", None, False),
    ],
)  # fmt: skip
def test_what_a_code_means(kind, code, state, is_final):
    said = meaning(kind, code)

    assert (said.state, said.is_final) == (state, is_final)
