"""What does a caller of UPS's API know about each of its requests?"""

import gzip
import pickle
import traceback
from itertools import count

import pytest
import requests
from tiny_server import always, answer
from ups_client import (
    FixSettings,
    UpsAnswerLost,
    UpsNeverLeft,
    UpsSession,
    connections,
    ups_error_in,
)

TOKEN = "tiny-" + "t0ken"  # not as it is: tracebacks show this file's lines
PATH, COUNTRIES = "/security/v1/oauth/token", "/api/pickup/v2409/countries/US"
REFUSED = {"response": {"errors": [{"code": "250002", "message": f"Invalid {TOKEN}"}]}}


class Tokens:
    """A source of tokens: what it hands out in turn, and what was refused."""

    def __init__(self, *tokens):
        self.tokens, self.refused = list(tokens), []

    def __call__(self, refused=None):
        if refused is None:
            return self.tokens[0]
        self.refused.append(refused)
        token = self.tokens[1]
        if isinstance(token, Exception):
            raise token
        return token


@pytest.fixture
def session_at(monkeypatch):
    monkeypatch.setattr("ups_client.session.PAUSES", (0, 0))
    made = []

    def make(server, *tokens, first=TOKEN, path=""):
        source = Tokens(first, *tokens)
        made.append(UpsSession(server.base_url + path, source, transaction_src="tests"))
        return made[-1]

    yield make
    for session in made:
        session.close()


# === WHAT IS SENT === #


def test_each_call_has_a_trans_id_of_its_own_and_reuses_the_connection(tiny, session_at):
    server = tiny(always())
    session = session_at(server, path="/ups")
    for _each in range(3):
        assert session.get("/api").url == f"{server.base_url}/ups/api"
    assert server.connections == 1
    ids = {request.headers["transid"] for request in server.requests}
    assert [len(each) for each in ids] == [32] * 3
    for request in server.requests:
        assert request.headers["authorization"] == f"Bearer {TOKEN}"
        assert request.headers["transactionsrc"] == "tests"


def test_the_token_goes_to_ups_only(ups, session_at):
    session = session_at(ups)
    elsewhere = "https://evil.example.com/api"
    loopback = ups.base_url.replace("localhost", "127.0.0.1")
    for url in (elsewhere, "//evil.example.com/api", loopback, f"{ups.base_url}0"):
        with pytest.raises(FixSettings):
            session.get(url)
    prepared = requests.Request("GET", elsewhere).prepare()
    with pytest.raises(FixSettings):
        session.send(prepared)
    assert "Authorization" not in prepared.headers
    assert not ups.requests


# === HOW OFTEN === #

BAD_TOKEN = {"status": 401, "body": {"errors": [{"code": "250002"}]}}
# What the next requests meet, what the caller gets, and how many requests and refreshes it took.
MET = [
    ("GET", {"status": 503, "times": 2}, 200, 3, 0),
    ("GET", {"kind": "drop", "times": 2}, 200, 3, 0),
    ("GET", {"status": 503, "times": 9}, 503, 3, 0),
    ("POST", {"status": 503, "times": 9}, 503, 1, 0),
    ("GET", {"status": 429, "headers": {"Retry-After": "11"}, "times": 9}, 429, 1, 0),
    ("GET", {"status": 302, "headers": {"Location": "http://127.0.0.1:9/"}}, 302, 1, 0),
    ("GET", {"status": 200, "body": '"' + "x" * 3_000_000 + '"'}, 200, 1, 0),
    ("GET", {"status": 401, "body": "a proxy"}, 401, 1, 0),
    ("GET", BAD_TOKEN, 200, 2, 1),
    ("GET", BAD_TOKEN | {"times": 9}, 401, 2, 1),
    ("POST", BAD_TOKEN, 400, 2, 1),  # UPS carried nothing out: that is no repetition
]


@pytest.mark.parametrize(("method", "fault", "status", "requests_", "refreshes"), MET)
def test_what_the_caller_gets(ups, session_at, method, fault, status, requests_, refreshes):
    first, second = (ups.issue_tokens()["access_token"] for _each in range(2))
    session = session_at(ups, second, first=first)
    ups.queue_fault("countries" if method == "GET" else "token", **{"kind": "status"} | fault)
    path, form = (COUNTRIES, None) if method == "GET" else (PATH, {"a": "form"})
    assert session.request(method, path, data=form).status_code == status
    assert len(ups.requests) == requests_
    assert session._get_token.refused == [first] * refreshes
    assert {str(dict(request.form)) for request in ups.requests} == {str(form or {})}


# === WHAT BECAME OF IT === #


def shown(error):
    told = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    request = vars(error.request)
    return f"{told} {error!r} {vars(error)} {request} {pickle.dumps(error.args)}"


# How the connection fails, and whether UPS may have carried the request out.
FAULTS = [
    ({"kind": "drop"}, UpsAnswerLost, False),
    ({"kind": "drop", "when": "after"}, UpsAnswerLost, False),
    ({"kind": "hang"}, UpsAnswerLost, True),
    ({"kind": "truncated"}, UpsAnswerLost, False),
    ("nobody listens", UpsNeverLeft, None),
]


@pytest.mark.parametrize("method", ["POST", "GET"])
@pytest.mark.parametrize(("fault", "kind", "timed_out"), FAULTS)
def test_never_left_or_answer_lost(ups, session_at, monkeypatch, method, fault, kind, timed_out):
    monkeypatch.setattr(connections, "READ_TIMEOUT", 0.1)
    session = session_at(ups)
    tries = 3 if method == "GET" else 1
    if isinstance(fault, dict):
        ups.queue_fault("countries" if method == "GET" else "token", times=tries, **fault)
    else:
        ups.stop()
    path = COUNTRIES if method == "GET" else PATH
    with pytest.raises(requests.RequestException) as caught:
        session.request(method, path, data=None if method == "GET" else {"a": "form"})
    assert type(caught.value) is kind
    assert getattr(caught.value, "timed_out", None) == timed_out
    assert ups.calls() == (tries if isinstance(fault, dict) else 0)
    assert caught.value.__context__ is None
    assert TOKEN not in shown(caught.value)


def test_a_session_that_lost_an_answer_still_knows_what_never_leaves(ups, session_at):
    session = session_at(ups)
    ups.queue_fault("token", "drop")
    with pytest.raises(UpsAnswerLost):
        session.post(PATH)
    ups.stop()
    with pytest.raises(UpsNeverLeft):
        session.post(PATH)


@pytest.mark.parametrize("body", [gzip.compress(bytes(17 * 2**20)), b"not packed"])
def test_an_answer_that_cannot_be_unpacked_within_bounds_is_lost(tiny, session_at, body):
    server = tiny(always(answer(body, Content_Encoding="gzip")))
    with pytest.raises(UpsAnswerLost):
        session_at(server).post("/api/x", json={})


REFUSAL = answer(REFUSED, status="401 Unauthorized")


@pytest.mark.parametrize("other", [None, TOKEN])
def test_a_token_that_is_seconds_old_is_not_sent_again(tiny, session_at, other):
    server = tiny(always(REFUSAL))
    session = session_at(server, other)
    for times in (1, 2):
        response = session.post("/api/x", json={})
        assert (response.status_code, response.json()) == (401, REFUSED)
        assert (len(server.requests), session._get_token.refused) == (times, [TOKEN] * times)


def test_a_refresh_that_fails_is_what_the_caller_gets(tiny, session_at):
    server = tiny(always(REFUSAL))
    with pytest.raises(LookupError, match="authorize again"):
        session_at(server, LookupError("authorize again")).post("/api/x", json={})
    assert len(server.requests) == 1


@pytest.mark.parametrize("failure", ["lost", "closed"])
def test_the_second_post_of_two_says_what_became_of_it(tiny, session_at, failure):
    numbers = count()

    def script(peer):
        peer.read_request()
        if next(numbers) == 0:
            if failure == "closed":
                server.stop()
            peer.send(answer(REFUSED, status="401 Unauthorized", Connection="close"))

    server = tiny(script)
    with pytest.raises(UpsAnswerLost if failure == "lost" else UpsNeverLeft):
        session_at(server, "another").post("/api/x", json={})


ENVELOPES = [
    ({"response": {"errors": [{"code": "1", "message": "a"}, {"message": "b"}]}}, ("1", "a; b")),
    ({"errors": [{"code": 9510154}]}, ("9510154", None)),
    (REFUSED, ("250002", "Invalid [redacted]")),
    ({"Response": {"ResponseStatus": {"Code": "0"}}}, None),
    (b"<html>ClientId</html>", None),
    (b"", None),
    ([], None),
]


@pytest.mark.parametrize("status", [200, 400, 429, 503])
@pytest.mark.parametrize(("body", "found"), ENVELOPES)
def test_ups_s_envelope_is_an_error_with_code_words_and_status(
    tiny, session_at, status, body, found
):
    server = tiny(always(answer(body, status=f"{status} X")))
    response = session_at(server).post("/api/x", json={})
    error = ups_error_in(response)
    if found is None:
        assert error is None
        return
    assert (error.code, error.message, error.http_status) == (*found, status)
    assert error.in_words() == " ".join(filter(None, found))
    assert TOKEN not in f"{error!r} {vars(error)} {response.headers} {response.request.headers}"
    assert response.request.headers["transId"]


def test_a_session_redacts_every_token_that_it_has_used(tiny, session_at):
    server = tiny(always(REFUSAL))
    session = session_at(server, "an-other")
    session.post("/api/x", json={})
    assert session.redact(f"{TOKEN} and an-other") == "[redacted] and [redacted]"
    assert TOKEN not in f"{vars(session)}"
