"""The simulator as a program: where it listens, how it is steered from outside, how it ends."""

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from raw_ups import CHALLENGE, REDIRECT_URI, RawUps
from ups_simulator import SimulatorControl, UpsSimulator

SCRIPT = Path(__file__).resolve().parents[2] / "ups_pickup_oauth" / "tests" / "ups_simulator.py"
JSON = {"Content-Type": "application/json"}
EVERYWHERE = "0.0.0.0"  # noqa: S104  which the simulator refuses


@pytest.fixture(name="control")
def remote_control(sim):
    return SimulatorControl(sim.base_url)


# === LOOPBACK ONLY === #


@pytest.mark.parametrize(
    "host", [EVERYWHERE, "192.168.1.1", "example.com", "::", "", "localhost.evil"]
)
def test_it_listens_nowhere_else(host):
    with pytest.raises(ValueError, match="loopback only"):
        UpsSimulator("id", "secret", [], host=host)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_it_listens_on_loopback(host):
    with UpsSimulator("id", "secret", [REDIRECT_URI], host=host) as simulator:
        assert simulator.base_url.startswith(f"http://{host}:")
        assert requests.get(simulator.base_url, timeout=5).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:80", "localhost.evil.example", "127.0.0.1.evil.example", "["],
)
@pytest.mark.parametrize("path", ["/", "/_control/issued_secrets", "/security/v1/oauth/authorize"])
def test_a_name_that_is_not_loopback_s_is_refused(sim, ups, host, path):
    sim.issue_tokens()
    answer = ups.request("GET", path, headers={"Host": host})

    assert answer.status_code == 421
    assert "sim-" not in answer.text
    assert not sim.requests


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1:1", "127.8.8.8", "[::1]:80", "ups.localhost"]
)
def test_every_name_of_loopback_s_is_good(ups, host):
    assert ups.request("GET", "/", headers={"Host": host}).status_code == 200


# === CONNECTIONS === #


def test_connections_are_kept(ups):
    with socket.create_connection(("127.0.0.1", int(ups.base_url.rpartition(":")[2]))) as wire:
        wire.settimeout(5)
        for _ in range(3):
            wire.sendall(b"GET /none HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert wire.recv(65536).startswith(b"HTTP/1.1 404 ")


@pytest.mark.parametrize(
    "header", [b"Content-Length: -1", b"Content-Length: 9999999", b"Transfer-Encoding: chunked"]
)
def test_a_body_that_cannot_be_read_ends_the_connection(sim, header):
    with socket.create_connection(("127.0.0.1", sim.port)) as wire:
        wire.settimeout(5)
        start = b"POST /security/v1/oauth/token HTTP/1.1\r\nHost: localhost\r\n"
        wire.sendall(start + header + b"\r\n\r\n")
        answer = b""
        while more := wire.recv(65536):
            answer += more
    assert answer.startswith(b"HTTP/1.1 400 ")


def test_after_its_end_nothing_answers_and_after_a_new_start_it_remembers(sim, ups):
    tokens = sim.issue_tokens()
    assert ups.countries(tokens["access_token"]).status_code == 200  # leaves a connection open
    address = sim.base_url
    sim.stop()
    for path in ("/", "/_control/issued_secrets", "/api/pickup/v2409/countries/US"):
        with pytest.raises(requests.ConnectionError):
            ups.request("GET", path)

    sim.start()
    assert sim.base_url == address
    assert ups.countries(tokens["access_token"]).status_code == 200


def test_a_failure_of_the_simulator_s_own_is_a_500_that_says_so(sim, ups, capfd):
    sim.redirect_uris = None
    answer = ups.authorize()

    assert answer.status_code == 500
    assert "The simulator has failed" in answer.text
    assert "TypeError" in capfd.readouterr().err


# === STEERED FROM ANOTHER PROCESS === #


def test_the_controls_do_what_their_names_say(sim, ups, control):
    tokens, code = control.issue_tokens(), control.issue_code(REDIRECT_URI, CHALLENGE)
    assert control.is_live_access_token(tokens["access_token"])
    control.expire_access_tokens()
    assert not control.is_live_access_token(tokens["access_token"])
    assert control.is_live_refresh_token(tokens["refresh_token"])
    control.kill_refresh_tokens()
    assert not control.is_live_refresh_token(tokens["refresh_token"])
    assert control.issued_secrets() == sim.issued_secrets() >= {code, tokens["access_token"]}

    assert ups.exchange_pkce(code).status_code == 200
    tokens = control.issue_tokens()
    control.kill_grants(tokens["refresh_token"])
    assert not control.is_live_access_token(tokens["access_token"])

    control.queue_fault("refresh", "status", status=503, headers={"Retry-After": "1"}, times=1)
    assert ups.refresh("x").headers["Retry-After"] == "1"
    control.set_lifetimes(access=60, refresh=120)
    renewed = control.issue_tokens()
    assert (renewed["expires_in"], renewed["refresh_token_expires_in"]) == ("60", "120")
    control.advance_clock(61)
    assert not control.is_live_access_token(renewed["access_token"])

    control.register_redirect_uri("https://new.example/cb")
    assert control.redirect_uris == {REDIRECT_URI, "https://new.example/cb"}
    control.set_denial("nothing")
    assert control.person_cancels(ups.authorize_url(state="s")) == f"{REDIRECT_URI}?state=s"
    assert "code=" in control.person_agrees(ups.authorize_url())
    control.reset()
    assert control.redirect_uris == {REDIRECT_URI}
    assert control.calls() == 0
    with pytest.raises(ValueError, match="There is no control"):
        control.steal()


def test_hanging_answers_are_released_from_outside(sim, ups, control):
    control.set_latency(0.01)
    control.queue_fault("authorize", "hang", seconds=0)
    assert ups.authorize().status_code == 302
    control.queue_fault("authorize", "hang", seconds=20)
    with pytest.raises(requests.ReadTimeout):
        ups.request("GET", "/security/v1/oauth/authorize", timeout=0.2)
    control.wait_for_calls("authorize", 2)
    assert control.requests[-1].status is None
    control.release()


def test_the_recorded_requests_are_the_same_over_http(sim, ups, control):
    ups.authorize(state="a b")
    ups.exchange("x", scope=["1", "2"])
    ups.request("POST", "/security/v1/oauth/token", json={"a": [1, None]})

    assert [vars(each) for each in control.requests] == [vars(each) for each in sim.requests]
    assert control.requests[1].form.getlist("scope") == ["1", "2"]
    assert control.requests[2].json == {"a": [1, None]}
    control.forget_requests()
    assert sim.requests == []


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("queue_fault", {"route": "token"}),
        ("queue_fault", {"route": "token", "kind": "fire"}),
        ("queue_fault", {"route": "token", "kind": "drop", "colour": "red"}),
        ("queue_fault", {"route": ["token"], "kind": {}}),
        ("set_latency", {"seconds": "1"}),
        ("set_latency", {"seconds": 1, "route": "moon"}),
        ("set_latency", {"seconds": float("nan")}),
        ("set_denial", {"kind": "rude"}),
        ("set_lifetimes", {"access": "1"}),
        ("advance_clock", {"seconds": float("inf")}),
        ("register_redirect_uri", {"redirect_uri": "nowhere"}),
        ("issue_code", {"redirect_uri": 5}),
        ("is_live_access_token", {"token": []}),
        ("reset", [1]),
        ("reset", "x"),
    ],
)
def test_bad_control_input_is_answered_with_a_sentence(ups, path, body):
    answer = ups.request("POST", f"/_control/{path}", data=json.dumps(body), headers=JSON)

    assert answer.status_code == 400
    assert len(answer.json()["error"]) > 10


@pytest.mark.parametrize("body", [b"{", b"\xff", b"[" * 100_000])
def test_control_input_that_is_no_json(ups, body):
    answer = ups.request("POST", "/_control/reset", data=body, headers=JSON)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_unknown_controls(ups):
    for method, path in (("POST", "nothing"), ("GET", "issued_secrets"), ("POST", "__init__")):
        answer = ups.request(method, f"/_control/{path}", headers=JSON)
        assert answer.status_code == 404
        assert "There is no control" in answer.json()["error"]


def test_a_page_elsewhere_cannot_steer_it(sim, ups):
    """A browser sends these types across sites without asking; it asks before application/json."""
    tokens = sim.issue_tokens()
    for kind in ("text/plain", "application/x-www-form-urlencoded", None):
        answer = ups.request(
            "POST", "/_control/kill_refresh_tokens", data="{}", headers={"Content-Type": kind}
        )
        assert answer.status_code == 400
    preflight = ups.request(
        "OPTIONS", "/_control/kill_refresh_tokens", headers={"Origin": "https://x.y"}
    )
    assert not [name for name in preflight.headers if name.lower().startswith("access-control")]
    assert sim.is_live_refresh_token(tokens["refresh_token"])


# === ON ITS OWN === #


def _run(*arguments, secret="the-secret"):
    environment = {**os.environ, "UPS_SIMULATOR_CLIENT_SECRET": secret}
    return subprocess.Popen(
        [sys.executable, SCRIPT, "--client-id", "the-client", *arguments],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_program_says_where_it_listens_and_ends_cleanly(number):
    process = _run("--redirect-uri", REDIRECT_URI, "--redirect-uri", "https://x.example/")
    with process:
        line = process.stdout.readline()
        assert line.startswith("listening on http://localhost:")
        control = SimulatorControl(line.split()[-1])
        assert control.redirect_uris == {REDIRECT_URI, "https://x.example/"}
        with RawUps(control.base_url) as ups:
            assert ups.refresh(control.issue_tokens()["refresh_token"]).status_code == 200
        process.send_signal(number)
        rest = process.communicate(timeout=10)

    assert process.returncode == 0
    assert rest == ("", ""), "quiet: no line for a request"


def test_verbose_says_what_is_asked_and_no_secret():
    process = _run("--redirect-uri", REDIRECT_URI, "--verbose")
    with process:
        control = SimulatorControl(process.stdout.readline().split()[-1])
        with RawUps(control.base_url) as ups:
            control.person_agrees(ups.authorize_url(state="a-state"))
        secrets = control.issued_secrets()
        process.terminate()
        _out, log = process.communicate(timeout=10)

    assert "GET '/security/v1/oauth/authorize' 302" in log
    assert "POST '/login/...' 303" in log
    assert not [secret for secret in {*secrets, "a-state"} if secret in log]


@pytest.mark.parametrize(
    ("option", "secret", "status", "sentence"),
    [
        ("--port={port}", "x", 1, "Cannot listen on localhost:{port}: Address already in use\n"),
        (f"--host={EVERYWHERE}", "x", 1, "loopback only"),
        ("--verbose", "", 2, "UPS_SIMULATOR_CLIENT_SECRET"),
    ],
)
def test_what_it_cannot_do_is_one_sentence(sim, option, secret, status, sentence):
    with _run(option.format(port=sim.port), secret=secret) as process:
        out, error = process.communicate(timeout=10)

    assert (process.returncode, out) == (status, "")
    assert sentence.format(port=sim.port) in error
    assert status == 2 or error.count("\n") == 1
