"""Each kind of failure does what its name says, before or after UPS's work."""

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

WHEN = pytest.mark.parametrize("when", ["before", "after"])


@pytest.fixture
def tokens(sim):
    return sim.issue_tokens()


@pytest.fixture
def refresh(ups, tokens):
    """Refresh with the same token each time, so that the next call shows whether it was spent."""
    return lambda: ups.refresh(tokens["refresh_token"])


@pytest.fixture
def is_done(sim, tokens):
    """Whether UPS has done the work."""
    return lambda: not sim.is_live_refresh_token(tokens["refresh_token"])


def in_background(call):
    """:return: a thread, and the list that its outcome will be in."""
    outcome = []

    def run():
        try:
            outcome.append(call())
        except requests.RequestException as error:
            outcome.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread, outcome


def eventually(condition):
    """Give a busy machine time. :return: whether the condition has come true."""
    deadline = time.monotonic() + 5
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
    return condition()


# === ANSWERS THAT ARE NOT UPS'S === #


PLAIN = {"content-type": "text/plain"}
ENVELOPE = '{"response": {"errors": [{"code": "%s"'
# A fault, and the status, type and start of the answer.
ANSWERS = [
    ({"status": 503, "body": {"a": 1}}, 503, "application/json", '{"a": 1}'),
    ({"status": 401, "body": "who are you"}, 401, "text/html; charset=utf-8", "who are you"),
    ({"status": 401, "body": '{"errors": []}'}, 401, "application/json", '{"errors": []}'),
    ({"status": 401, "body": "x", "headers": PLAIN}, 401, "text/plain", "x"),
    *(
        ({"status": status}, status, "application/json", ENVELOPE % code)
        for status, code in ((400, "10400"), (403, "10403"), (429, "10429"), (500, "10500"))
    ),
    ({"kind": "html"}, 502, "text/html; charset=utf-8", "<!doctype html>"),
    ({"kind": "html", "status": 200}, 200, "text/html; charset=utf-8", "<!doctype html>"),
    ({"kind": "error_page"}, 302, None, ""),
]  # fmt: skip


@WHEN
@pytest.mark.parametrize(("fault", "status", "kind", "start"), ANSWERS)
def test_an_answer_instead_of_ups_s(sim, ups, refresh, is_done, when, fault, status, kind, start):
    headers = {"Retry-After": "7", **fault.get("headers", {})}
    is_look = fault.get("kind") == "error_page"
    route = "authorize" if is_look else "refresh"
    sim.queue_fault(route, **{"kind": "status", **fault, "headers": headers, "when": when})
    answer = ups.authorize() if is_look else refresh()

    assert (answer.status_code, answer.headers.get("Content-Type")) == (status, kind)
    assert answer.text.startswith(start)
    assert answer.headers["Retry-After"] == "7"
    assert "appname" not in answer.headers
    assert is_done() == (when == "after" and not is_look)
    if is_look:
        assert answer.headers["Location"] == "https://www.ups.com/error.page"


@WHEN
def test_a_dropped_connection(sim, refresh, is_done, when):
    sim.queue_fault("refresh", "drop", when=when)
    with pytest.raises(requests.ConnectionError):
        refresh()
    assert is_done() == (when == "after")
    assert len(sim.issued_secrets()) == (2 if when == "before" else 4)


def test_a_truncated_answer_says_its_full_length(sim, refresh, is_done):
    sim.queue_fault("refresh", "truncated")
    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="bytes read"):
        refresh()
    assert is_done()


@WHEN
def test_an_oversized_answer_is_valid_json_all_the_same(sim, refresh, is_done, when):
    sim.queue_fault("refresh", "oversized", when=when)
    answer = refresh()
    assert len(answer.content) > 1 << 20
    assert ("access_token" in json.loads(answer.content)) == (when == "after") == is_done()


# === HANG === #


@WHEN
def test_a_hanging_answer_waits_for_its_release(sim, ups, tokens, refresh, is_done, when):
    sim.release()  # lets no later answer go
    sim.queue_fault("refresh", "hang", when=when)
    thread, outcome = in_background(refresh)
    sim.wait_for_calls("refresh", 1)

    assert when == "before" or eventually(is_done)
    # Others are served meanwhile.
    assert ups.countries(tokens["access_token"]).status_code == 200
    assert thread.is_alive()
    assert sim.requests[0].status is None
    assert is_done() == (when == "after")
    sim.release()
    thread.join(5)
    assert outcome[0].status_code == 200
    assert is_done()


@pytest.mark.parametrize("end", ["release", "reset"])
def test_a_release_that_comes_at_once_is_not_missed(sim, refresh, end):
    for _ in range(10):
        sim.forget_requests()
        sim.queue_fault("refresh", "hang")
        thread, outcome = in_background(refresh)
        sim.wait_for_calls("refresh", 1)
        getattr(sim, end)()
        thread.join(5)
        assert outcome, "the release was missed"


@WHEN
def test_a_client_that_gave_up_on_a_hanging_answer(sim, ups, tokens, is_done, when):
    sim.queue_fault("refresh", "hang", when=when)
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    with pytest.raises(requests.ReadTimeout):
        ups.request(
            "POST", "/security/v1/oauth/refresh", data=form, auth=("the-client", "the-secret"),
            timeout=0.2,
        )  # fmt: skip
    sim.wait_for_calls("refresh", 1)
    sim.release()
    assert when == "before" or eventually(is_done)
    time.sleep(0.2)  # time to do what must not be done
    assert is_done() == (when == "after")


def test_the_end_of_the_simulator_ends_hanging_answers_undone(sim, refresh, is_done):
    sim.queue_fault("refresh", "hang")
    thread, outcome = in_background(refresh)
    sim.wait_for_calls("refresh", 1)
    sim.stop()
    thread.join(5)
    assert isinstance(outcome[0], requests.ConnectionError)
    assert not is_done()


# === THE QUEUE === #


def test_faults_come_in_their_order_as_often_as_asked_and_on_their_route(sim, ups, refresh):
    sim.queue_fault("refresh", "status", status=500, times=2)
    sim.queue_fault("token", "status", status=418)
    sim.queue_fault("refresh", "status", status=429)
    assert [refresh().status_code for _ in range(4)] == [500, 500, 429, 200]
    assert ups.exchange(sim.issue_code()).status_code == 418

    sim.queue_fault("*", "status", status=500)
    assert [ups.authorize().status_code for _ in range(2)] == [500, 302]


def test_many_parallel_requests(sim, ups, tokens):
    """A fault meets one of them, a refresh token is spent once, slow answers do not queue up."""
    sim.set_latency(0.3)
    sim.queue_fault("countries", "status", status=500, times=5)
    begin = time.monotonic()
    with ThreadPoolExecutor(40) as pool:
        looks = [pool.submit(ups.countries, tokens["access_token"]) for _ in range(20)]
        refreshes = [pool.submit(ups.refresh, tokens["refresh_token"]) for _ in range(20)]
    assert time.monotonic() - begin < 6  # in turns it would be 12
    assert sorted(each.result().status_code for each in looks) == [200] * 15 + [500] * 5
    assert sorted(each.result().status_code for each in refreshes) == [200] + [401] * 19


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"route": "login", "kind": "drop"}, "route is one of"),
        ({"route": "token", "kind": "fire"}, "kind is one of"),
        ({"route": "token", "kind": "status"}, "needs a status"),
        ({"route": "token", "kind": "status", "status": "500"}, "from 200 to 599"),
        ({"route": "token", "kind": "status", "status": 99}, "from 200 to 599"),
        ({"route": "token", "kind": "drop", "when": "later"}, "'before' or 'after'"),
        ({"route": "token", "kind": "drop", "times": 0}, "times is a whole number"),
        ({"route": "token", "kind": "hang", "seconds": -1}, "seconds is a number"),
        ({"route": "token", "kind": "html", "headers": {"a": "b\r\nc"}}, "headers maps"),
        ({"route": "token", "kind": "status", "status": 500, "body": 5}, "body is"),
        ({"route": "token", "kind": "error_page"}, "only authorize"),
        ({"route": "*", "kind": "error_page"}, "only authorize"),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused_in_a_sentence(sim, arguments, sentence):
    with pytest.raises(ValueError, match=sentence):
        sim.queue_fault(**arguments)


def test_latency_on_one_route_and_on_all(sim, ups, refresh):
    sim.set_latency(3600, "refresh")
    late = [in_background(refresh)]
    sim.wait_for_calls("refresh", 1)
    assert ups.authorize().status_code == 302

    sim.set_latency(3600)
    late.append(in_background(refresh))
    sim.wait_for_calls("refresh", 2)
    sim.set_latency(0, "authorize")
    assert ups.authorize().status_code == 302
    assert {each.status for each in sim.requests if each.route == "refresh"} == {None}
    sim.stop()
    for thread, outcome in late:
        thread.join(5)
        assert isinstance(outcome[0], requests.ConnectionError)
