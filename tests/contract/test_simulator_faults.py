"""Each kind of failure does what its name says, before or after UPS's work."""

import json
import threading
import time

import pytest
import requests
from raw_ups import error_of


@pytest.fixture
def tokens(sim):
    return sim.issue_tokens()


@pytest.fixture
def refresh(ups, tokens):
    """Refresh with the same token each time, so that the next call shows whether it was spent."""
    return lambda: ups.refresh(tokens["refresh_token"])


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


# === STATUS === #


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_status_with_a_body_of_its_own(sim, refresh, tokens, when):
    headers = {"Retry-After": "7"}
    sim.queue_fault("refresh", "status", status=503, body={"a": 1}, headers=headers, when=when)
    answer = refresh()

    assert (answer.status_code, answer.json()) == (503, {"a": 1})
    assert answer.headers["Retry-After"] == "7"
    assert sim.is_live_refresh_token(tokens["refresh_token"]) == (when == "before")


def test_a_text_body_is_html_unless_it_looks_like_json(sim, refresh):
    sim.queue_fault("refresh", "status", status=401, body="who are you")
    sim.queue_fault("refresh", "status", status=401, body='{"errors": []}')
    sim.queue_fault(
        "refresh", "status", status=401, body="x", headers={"content-type": "text/plain"}
    )

    assert refresh().headers["Content-Type"] == "text/html; charset=utf-8"
    assert refresh().headers["Content-Type"] == "application/json"
    assert refresh().headers["Content-Type"] == "text/plain"


@pytest.mark.parametrize(
    ("status", "code"), [(400, "10400"), (403, "10403"), (429, "10429"), (500, "10500")]
)
def test_the_default_body_is_ups_s_envelope(sim, refresh, status, code):
    sim.queue_fault("refresh", "status", status=status)
    assert error_of(refresh())[:2] == (status, code)


# === DROP === #


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_dropped_connection(sim, refresh, tokens, when):
    sim.queue_fault("refresh", "drop", when=when)
    with pytest.raises(requests.ConnectionError):
        refresh()

    assert sim.is_live_refresh_token(tokens["refresh_token"]) == (when == "before")
    assert len(sim.issued_secrets()) == (2 if when == "before" else 4)
    assert sim.requests[-1].status is None


# === HANG === #


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_hanging_answer_waits_for_its_release(sim, refresh, tokens, when):
    sim.queue_fault("refresh", "hang", when=when)
    thread, outcome = in_background(refresh)
    sim.wait_for_calls("refresh", 1)

    if when == "after":
        assert eventually(lambda: not sim.is_live_refresh_token(tokens["refresh_token"]))
    thread.join(0.2)
    assert thread.is_alive()
    assert sim.requests[-1].status is None
    assert sim.is_live_refresh_token(tokens["refresh_token"]) == (when == "before")
    sim.release()
    thread.join(5)
    assert outcome[0].status_code == 200
    assert not sim.is_live_refresh_token(tokens["refresh_token"])


def test_a_release_that_comes_at_once_is_not_missed(sim, refresh):
    for _ in range(20):
        sim.forget_requests()
        sim.queue_fault("refresh", "hang")
        thread, outcome = in_background(refresh)
        sim.wait_for_calls("refresh", 1)
        sim.release()
        thread.join(5)
        assert outcome, "the release was missed"


def test_a_release_does_not_let_later_answers_go(sim, refresh):
    sim.release()
    sim.queue_fault("refresh", "hang", seconds=0.3)
    begin = time.monotonic()
    assert refresh().status_code == 200
    assert 0.3 <= time.monotonic() - begin < 5


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_client_that_gave_up_on_a_hanging_answer(sim, ups, tokens, when):
    sim.queue_fault("refresh", "hang", when=when)
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    with pytest.raises(requests.ReadTimeout):
        ups.request(
            "POST", "/security/v1/oauth/refresh", data=form, auth=("the-client", "the-secret"),
            timeout=0.2,
        )  # fmt: skip
    sim.wait_for_calls("refresh", 1)
    sim.release()
    if when == "after":
        assert eventually(lambda: not sim.is_live_refresh_token(tokens["refresh_token"]))
    time.sleep(0.2)  # time to do what must not be done
    assert sim.is_live_refresh_token(tokens["refresh_token"]) == (when == "before")


def test_others_are_served_while_one_hangs(sim, ups, refresh, tokens):
    sim.queue_fault("refresh", "hang")
    thread, _outcome = in_background(refresh)
    sim.wait_for_calls("refresh", 1)

    assert ups.countries(tokens["access_token"]).status_code == 200
    assert ups.authorize().status_code == 302
    sim.reset()  # lets it go as well
    thread.join(5)
    assert not thread.is_alive()


def test_the_end_of_the_simulator_ends_hanging_answers_undone(sim, refresh, tokens):
    sim.queue_fault("refresh", "hang")
    thread, outcome = in_background(refresh)
    sim.wait_for_calls("refresh", 1)
    sim.stop()
    thread.join(5)

    assert isinstance(outcome[0], requests.ConnectionError)
    assert sim.is_live_refresh_token(tokens["refresh_token"])


# === BROKEN ANSWERS === #


def test_a_truncated_answer_says_its_full_length(sim, ups, refresh, tokens):
    sim.queue_fault("refresh", "truncated")
    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="bytes read"):
        refresh()

    assert not sim.is_live_refresh_token(tokens["refresh_token"]), "the work is done"
    sim.queue_fault("token", "truncated")
    code = sim.issue_code()
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        ups.exchange(code)
    assert error_of(ups.exchange(code))[0] == 400


@pytest.mark.parametrize("status", [None, 200])
def test_a_page_instead_of_an_answer(sim, refresh, tokens, status):
    sim.queue_fault("refresh", "html", status=status)
    answer = refresh()

    assert answer.status_code == (status or 502)
    assert answer.headers["Content-Type"].startswith("text/html")
    assert answer.text.startswith("<!doctype html>")
    assert sim.is_live_refresh_token(tokens["refresh_token"])


@pytest.mark.parametrize("when", ["before", "after"])
def test_an_oversized_answer_is_valid_json_all_the_same(sim, refresh, tokens, when):
    sim.queue_fault("refresh", "oversized", when=when)
    answer = refresh()

    assert len(answer.content) > 1 << 20
    assert ("access_token" in json.loads(answer.content)) == (when == "after")
    assert sim.is_live_refresh_token(tokens["refresh_token"]) == (when == "before")


def test_the_error_page_is_authorize_s_way_of_saying_unavailable(sim, ups):
    sim.queue_fault("authorize", "error_page")
    answer = ups.authorize()

    assert answer.status_code == 302
    assert answer.headers["Location"] == "https://www.ups.com/error.page"
    assert "appname" not in answer.headers


# === THE QUEUE === #


def test_faults_come_in_their_order_and_as_often_as_asked(sim, refresh):
    sim.queue_fault("refresh", "status", status=500, times=2)
    sim.queue_fault("refresh", "status", status=429)

    assert [refresh().status_code for _ in range(4)] == [500, 500, 429, 200]


def test_a_fault_waits_for_its_route(sim, ups, refresh):
    sim.queue_fault("token", "status", status=500)
    assert refresh().status_code == 200
    assert ups.exchange(sim.issue_code()).status_code == 500

    sim.queue_fault("*", "status", status=500)
    assert ups.authorize().status_code == 500
    assert ups.authorize().status_code == 302


def test_one_fault_meets_one_of_many_parallel_requests(sim, ups, tokens):
    sim.queue_fault("countries", "status", status=500, times=5)
    calls = [in_background(lambda: ups.countries(tokens["access_token"])) for _ in range(20)]
    for thread, _outcome in calls:
        thread.join(10)

    statuses = sorted(outcome[0].status_code for _thread, outcome in calls)
    assert statuses == [200] * 15 + [500] * 5


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


# === LATENCY === #


def test_latency_on_one_route_and_on_all(sim, ups, refresh):
    def seconds(call):
        begin = time.monotonic()
        call()
        return time.monotonic() - begin

    sim.set_latency(1, "refresh")
    assert seconds(refresh) >= 1
    assert seconds(ups.authorize) < 1
    sim.set_latency(1)
    assert seconds(ups.authorize) >= 1
    sim.set_latency(0, "authorize")
    assert seconds(ups.authorize) < 1
    sim.set_latency(0)
    assert seconds(refresh) < 1


def test_slow_answers_do_not_queue_up(sim, ups, tokens):
    sim.set_latency(0.3)
    begin = time.monotonic()
    calls = [in_background(lambda: ups.countries(tokens["access_token"])) for _ in range(20)]
    for thread, _outcome in calls:
        thread.join(10)

    assert time.monotonic() - begin < 3
    assert all(outcome[0].status_code == 200 for _thread, outcome in calls)


def test_a_refresh_token_is_spent_once_however_many_come(sim, ups, tokens):
    sim.set_latency(0.1)
    calls = [in_background(lambda: ups.refresh(tokens["refresh_token"])) for _ in range(20)]
    for thread, _outcome in calls:
        thread.join(10)

    statuses = sorted(outcome[0].status_code for _thread, outcome in calls)
    assert statuses == [200] + [401] * 19
