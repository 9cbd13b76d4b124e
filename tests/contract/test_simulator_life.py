"""The simulator as a program, and its pages: it is reached from this machine only, and its pages
are taken for nobody else's.
"""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from raw_ups import CHALLENGE, REDIRECT_URI, RawUps
from ups_simulator import UpsSimulator
from ups_simulator_control import SimulatorControl

SCRIPT = Path(__file__).resolve().parents[2] / "ups_pickup_oauth" / "tests" / "ups_simulator.py"
EVERYWHERE = "0.0.0.0"  # noqa: S104  which the simulator refuses
BANNER = "Simulator &mdash; not UPS. Nothing you type here leaves this machine."
NASTY = '"><script>alert(1)</script>'


# === LOOPBACK ONLY === #


@pytest.mark.parametrize(
    "host", [EVERYWHERE, "192.168.1.1", "example.com", "::", "", "localhost.evil"]
)
def test_it_listens_nowhere_else(host):
    with pytest.raises(ValueError, match="loopback only"):
        UpsSimulator("id", "secret", [], host=host)


@pytest.mark.parametrize(
    ("host", "is_good"),
    [
        *((host, True) for host in ("localhost", "127.8.8.8", "[::1]:80", "ups.localhost")),
        *((host, False) for host in ("evil.example:80", "localhost.evil.example", "[")),
    ],
)
def test_a_name_that_is_not_loopback_s_is_refused(sim, ups, host, is_good):
    """Or a web page whose name points to this machine could steer it."""
    for path in ("/", "/_control/issued_secrets", "/security/v1/oauth/authorize"):
        answer = ups.request("GET", path, headers={"Host": host})
        assert (answer.status_code == 421) is not is_good
    assert bool(sim.requests) is is_good


# === STEERED FROM ANOTHER PROCESS === #


def test_a_page_elsewhere_cannot_steer_it(sim, ups):
    """A browser sends these types across sites without asking; it asks before application/json."""
    tokens, path = sim.issue_tokens(), "/_control/kill_grants"
    for kind in ("text/plain", "application/x-www-form-urlencoded", None):
        answer = ups.request("POST", path, data="{}", headers={"Content-Type": kind})
        assert answer.status_code == 400
    preflight = ups.request("OPTIONS", path, headers={"Origin": "https://x.y"})
    assert not [name for name in preflight.headers if name.lower().startswith("access-control")]
    assert sim.is_live_refresh_token(tokens["refresh_token"])


# === ON ITS OWN === #


@pytest.mark.parametrize("option", ["", "--verbose"])
def test_the_program_says_where_it_listens_and_no_secret_and_ends_cleanly(option):
    environment = {**os.environ, "UPS_SIMULATOR_CLIENT_SECRET": "the-secret"}
    command = [sys.executable, SCRIPT, "--client-id=the-client", f"--redirect-uri={REDIRECT_URI}"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen([*command, *option.split()], env=environment, **pipes) as process:
        line = process.stdout.readline()
        assert line.startswith("listening on http://localhost:")
        control = SimulatorControl(line.split()[-1])
        with RawUps(control.base_url) as ups:
            control.person_agrees(ups.authorize_url(state="a-state"))
            page = ups.session.get(ups.authorize_url(state="a-state"), timeout=20).url
        secrets = {*control.issued_secrets(), "a-state", page.split("/")[4]}
        process.send_signal(signal.SIGTERM if option else signal.SIGINT)
        out, log = process.communicate(timeout=10)

    assert (process.returncode, out) == (0, "")
    assert not [secret for secret in secrets if secret in log]
    assert ("GET '/security/v1/oauth/authorize' 302" in log) is bool(option)
    assert option or not log, "quiet: no line for a request"


# === ITS PAGES === #


def test_the_guide_s_steps_and_how_their_pages_are_made(sim, ups):
    callback = f"{sim.base_url}/callback"  # nothing is there: the way ends
    sim.redirect_uris.add(callback)
    begun = {"redirect_uri": callback, "state": NASTY, "code_challenge": CHALLENGE}
    answer = ups.session.get(ups.authorize_url(**begun), timeout=20)
    no_step_left_out = answer.url.replace("/username", "/consent")
    pages = [ups.session.get(f"{sim.base_url}/", timeout=20), answer]
    for url, form, words in (
        (no_step_left_out, {"action": "allow"}, "Step 1 of 3"),
        (None, {"username": NASTY, "agreement": "yes"}, "knows one user name"),
        (None, {"username": "demo"}, "Tick the agreement box"),
        (None, {"username": "demo", "agreement": "yes"}, "Step 2 of 3"),
        (None, {"password": "wrong"}, "That is not the password"),
        (None, {"password": "demo"}, "Package tracking"),
        (None, {"action": "continue"}, "Press Allow or Cancel"),
    ):
        pages.append(ups.session.post(url or pages[-1].url, data=form, timeout=20))
        assert words in pages[-1].text
    last = pages[-1].url
    came = dict(parse_qsl(urlsplit(ups.session.post(last, {"action": "allow"}).url).query))
    assert came == {"code": came["code"], "state": NASTY}
    assert ups.exchange_pkce(came["code"], redirect_uri=callback).status_code == 200
    pages.append(ups.session.get(last, timeout=20))
    assert (pages[-1].status_code, "This sign-in has ended" in pages[-1].text) == (410, True)
    for page in pages:
        check_page(page)


def check_page(page):
    """Nobody takes it for UPS's; it is kept and framed nowhere, and loads nothing."""
    text = page.text
    assert " ".join(text.split()).count(BANNER) == 1
    assert "simulator</title>" in text
    assert not re.search(r"<img|<svg|#351c15|#ffb500|#ffc400", text, re.IGNORECASE)
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert not re.search(r"<script|src=|url\(|@import|https?://(?!localhost)", text)
