"""What does a caller of UPS's API know about each of its requests?"""

import pickle
import traceback
from itertools import count

import pytest
import requests
from tiny_server import answer
from ups_client import UpsAnswerLost, UpsNeverLeft, UpsSession, connections, ups_error_in

TOKEN = "tiny-" + "t0ken"  # not as it is: tracebacks show this file's lines
PATH = "/security/v1/oauth/refresh"
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

    def make(server, *tokens):
        made.append(UpsSession(server.base_url, Tokens(TOKEN, *tokens), transaction_src="tests"))
        return made[-1]

    yield make
    for session in made:
        session.close()


def shown(error):
    told = "".join(traceback.format_exception(type(error), error, error.__traceback__))
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
        ups.queue_fault("countries" if method == "GET" else "refresh", times=tries, **fault)
    else:
        ups.stop()
    path = "/api/pickup/v2409/countries/US" if method == "GET" else PATH
    with pytest.raises(requests.RequestException) as caught:
        session.request(method, path, data=None if method == "GET" else {"a": "form"})
    assert type(caught.value) is kind
    assert getattr(caught.value, "timed_out", None) == timed_out
    assert ups.calls() == (tries if isinstance(fault, dict) else 0)
    assert caught.value.__context__ is None
    assert TOKEN not in shown(caught.value)


def test_a_session_that_lost_an_answer_still_knows_what_never_leaves(ups, session_at):
    session = session_at(ups)
    ups.queue_fault("refresh", "drop")
    with pytest.raises(UpsAnswerLost):
        session.post(PATH)
    ups.stop()
    with pytest.raises(UpsNeverLeft):
        session.post(PATH)


def unauthorized(body):
    """A server that says 401 to every request."""

    def script(peer):
        for _request in peer.requests():
            peer.send(answer(body, status="401 Unauthorized"))

    return script


@pytest.mark.parametrize("other", [None, TOKEN])
def test_a_token_that_is_seconds_old_is_not_sent_again(tiny, session_at, other):
    server = tiny(unauthorized(REFUSED))
    session = session_at(server, other)
    for times in (1, 2):
        response = session.post("/api/x", json={})
        assert (response.status_code, response.json()) == (401, REFUSED)
        assert (len(server.requests), session._get_token.refused) == (times, [TOKEN] * times)


def test_a_refresh_that_fails_is_what_the_caller_gets(tiny, session_at):
    server = tiny(unauthorized(REFUSED))
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
    server = tiny(
        lambda peer: [peer.send(answer(body, status=f"{status} X")) for _ in peer.requests()]
    )
    response = session_at(server).post("/api/x", json={})
    error = ups_error_in(response)
    if found is None:
        assert error is None
        return
    assert (error.code, error.message, error.http_status) == (*found, status)
    assert error.in_words() == " ".join(filter(None, found))
    assert TOKEN not in f"{error!r} {vars(error)} {response.headers} {response.request.headers}"


def test_a_session_redacts_every_token_that_it_has_used(tiny, session_at):
    server = tiny(unauthorized(REFUSED))
    session = session_at(server, "an-other")
    session.post("/api/x", json={})
    assert session.redact(f"{TOKEN} and an-other") == "[redacted] and [redacted]"
    assert TOKEN not in f"{vars(session)}"
