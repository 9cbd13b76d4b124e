"""`make contact`: each assumption, put to UPS's test system and to the simulator."""

from __future__ import annotations

import os
import threading
import webbrowser
from collections.abc import Callable, Iterator
from dataclasses import astuple, replace
from functools import partial
from urllib.parse import urlsplit

import requests
from ups_client import UpsError
from ups_pickup_simulator import UpsPickupSimulator

from devenv.console import Problem, say
from devenv.paths import CACHE
from tests.contact import report, settings
from tests.contact.browser import Browser
from tests.contact.steps import STEPS
from tests.contact.ups import Finding, Unclear, Ups

REPORT = CACHE / "contact.md"


def main() -> int:
    asked = settings.read(os.environ, STEPS)
    say(f"Your application at UPS needs this callback URL: {asked.redirect_uri}")
    if asked.now.weekday() in (4, 5):
        say("Tomorrow nobody collects, and a status tells no more: come back from Sunday on.")
    text = contact(asked, _open)
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.write_text(text)
    say(f"\n{text}\nThe report, fit to show to others, is {REPORT}.")
    return 0


def _open(address: str) -> None:
    say(f"Sign in at UPS, by this address: {address}")
    webbrowser.open(address)


def contact(asked: settings.Settings, open_page: Callable[[str], object]) -> str:
    """Take the steps.

    :return: the report.
    :raise Problem: UPS would show nobody its page.
    """
    expected, rows = dict(rehearse(asked)), []
    with Browser(asked, open_page) as opened:
        ups = Ups(asked, opened)
        try:
            for name, finding in take(ups):
                rows.append(report.Row(name, expected[name], finding))
                say(f"  {name}: {rows[-1].verdict}")
        finally:
            ups.clean()
            for prn in ups.prns:
                say(f"UPS has not cancelled {prn}: please do it by telephone, or at ups.com.")
            for reference, day in ups.unsure.items():
                say(f"UPS's answer to {reference} was lost: a driver may be asked for on {day}.")
    address = map(str, filter(None, astuple(asked.address)))
    when = f"{asked.now:%Y-%m-%d}, at {urlsplit(asked.base_url).hostname}"
    return report.as_markdown(rows, when, ups.secrets, address)


def take(ups: Ups) -> Iterator[tuple[str, Finding]]:
    """Take the steps one by one, and leave nothing behind.

    :raise Problem: UPS would show nobody its page.
    """
    names = ups.settings.steps
    first = [name for name in names if STEPS[name].brings_code]
    try:
        ups.client.preflight(ups.client.begin(ups.settings.redirect_uri))
    except UpsError as error:
        raise Problem(str(error)) from None
    yield from ((name, _finding(ups, STEPS[name].ask)) for name in first)
    obstacle = _finding(ups, Ups.sign_in) if first != list(names) else None
    ups.browser.let_go()
    for name in names[len(first) :]:
        yield name, obstacle or _finding(ups, STEPS[name].ask)


def _finding(ups: Ups, ask: Callable[[Ups], Finding | str | None]) -> Finding | None:
    try:
        found = ask(ups)
        return Finding(found) if isinstance(found, str) else found
    except Exception as error:  # whatever it is, the next step can be taken
        is_ours = isinstance(error, UpsError | Unclear)
        return Finding(report.NOT_CLEAR, str(error) if is_ours else type(error).__name__)
    finally:
        ups.clean(look=False)


# === THE SIMULATOR IN UPS'S PLACE === #


def rehearse(asked: settings.Settings) -> Iterator[tuple[str, Finding]]:
    """Take the same steps at the simulator: its answers are what we assume."""
    secret, uri = "simulated", "http://localhost:1/callback"
    with UpsPickupSimulator("simulated", secret, [uri], accounts=["SIM001"]) as simulator:
        simulator.set_time(asked.now.isoformat())
        pretended = replace(
            asked, client_id="simulated", client_secret=secret, account="SIM001",
            base_url=simulator.base_url, port=0, redirect_uri=uri,
        )  # fmt: skip
        with Browser(pretended, lambda start: walk(start, simulator)) as opened:
            yield from take(Ups(pretended, opened))


def walk(start: str, simulator) -> None:
    """Go as a person's browser does: to UPS, and on from each callback."""
    session = requests.Session()
    session.trust_env = False
    go = partial(session.get, allow_redirects=False, timeout=60)

    def go_on() -> None:
        while upwards := go(start).headers.get("Location"):
            came = simulator.person_agrees(upwards)
            go(start.rstrip("/") + came[came.index("/callback") :])

    threading.Thread(target=go_on, daemon=True).start()
