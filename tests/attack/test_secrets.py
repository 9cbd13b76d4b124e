"""Does a secret show anywhere, while all that can happen happens and every log is loudest?"""

import base64
import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext
from running_odoo import RunningOdoo, SimulatorControl, Site, serving
from secret_search import CLIENT_SECRET, sightings
from story import Story

from devenv import database, postgres
from devenv.paths import DATA

COMPANY, OTHER = "Harbor Supplies", "My Company"
NEVER_STORED = 'Another "odd" secret\'s/value+100%=<2>'

# Odoo cannot do both at once. Its pool of connections logs while it holds its lock, and waits for
# itself when that goes to the database through the pool, as it does before workers start. And while
# a thread logs to the database, Odoo mutes the SQL of all threads.
DEBUG = ("--log-level=debug", "--log-handler=:DEBUG", "--log-handler=odoo.http.rpc:DEBUG")
LOGS = {
    "SQL in the file, by workers": ("--log-sql",),
    "all in the database, by threads": (
        "--workers=0",
        f"--log-db={database.ATTACK}",
        "--log-db-level=debug",
        "--log-handler=odoo.sql_db.connection:INFO",
    ),
}


@pytest.fixture(scope="module", params=LOGS.values(), ids=LOGS)
def odoo(site: Site, request: pytest.FixtureRequest) -> Iterator[RunningOdoo]:
    with serving(site, "--max-cron-threads=0", *DEBUG, *request.param) as running:
        yield running


@pytest.fixture
def har(tmp_path: Path) -> Path:
    return tmp_path / "browser.har"


@pytest.fixture
def recorded(browser: Browser, odoo: RunningOdoo, har: Path) -> Iterator[BrowserContext]:
    """A browser that records all that Odoo answers, but for files that are the same everywhere."""
    answers = re.compile(rf"{re.escape(odoo.url)}/(?!web/assets/|[a-z_]+/static/)")
    context = browser.new_context(
        locale="en-US",
        record_har_path=har,
        record_har_content="embed",
        record_har_url_filter=answers,
    )
    yield context
    context.close()


def test_no_secret_shows_anywhere(
    recorded: BrowserContext, odoo: RunningOdoo, simulator: SimulatorControl, har: Path
):
    odoo.sql("DELETE FROM ups_connection")
    odoo.sql("DELETE FROM ir_logging")
    story = Story(recorded.new_page(), odoo, simulator)
    _everything_happens(story)
    recorded.close()
    answers = json.loads(har.read_text())["log"]["entries"]
    secrets = _secrets(story)
    places = [*_on_the_server(odoo), *_in_the_browser(story, answers)]
    _assert_none(sightings(secrets, places))
    _assert_that_all_was_looked_at(dict(places), secrets)
    for name, text, carried in _answers(story, answers):
        _assert_none(sightings(secrets - carried, [(name, text)]))
    said = "".join(text for _name, text, _carried in _answers(story, answers))
    for part in ("UPS accepts the authorization", "UPS's answer: 10400", "Nothing was authorized"):
        assert part in said, part


def _assert_none(found: list[str]) -> None:
    assert not found, "\n".join(found)  # pytest would show but some of them


def _everything_happens(story: Story) -> None:
    story.sign_in()
    story.odoo.save_settings(ups_use_pkce=True)
    story.save_secret_that_odoo_refuses(NEVER_STORED)
    story.save_secret(CLIENT_SECRET)
    story.opt_in_signed_out_meanwhile(COMPANY)
    story.test(COMPANY, "UPS accepts the authorization")
    story.call_that_ups_refuses(COMPANY)
    story.refresh(COMPANY)
    story.refresh_during_an_outage(COMPANY)
    story.refresh_that_ups_refuses(COMPANY)
    story.opt_in(COMPANY)
    story.exchange_that_ups_refuses(OTHER)
    story.odoo.save_settings(ups_use_pkce=False)
    story.exchange_that_ups_refuses(OTHER)
    story.error_at_ups(OTHER)
    story.cancel(OTHER, "error")
    story.cancel(OTHER, "both")
    story.try_again(OTHER)
    story.opt_out(COMPANY)
    story.look_at_the_history(COMPANY)
    story.ask_for_tokens()
    story.export_all()
    story.keep_storage()


def _secrets(story: Story) -> set[str]:
    """All that UPS issued, and what Odoo keeps to itself."""
    sent = story.ups.requests
    verifiers = {r.form["code_verifier"] for r in sent if "code_verifier" in r.form}
    assert verifiers
    assert story.states
    passwords = {CLIENT_SECRET, NEVER_STORED}
    return story.ups.issued_secrets() | passwords | verifiers | story.states


def _on_the_server(odoo: RunningOdoo) -> Iterator[tuple[str, str]]:
    yield "the server's log", odoo.log.read_text()
    yield "a backup", postgres.dump(odoo.database)
    sessions = [path for path in (DATA / "sessions").rglob("*") if path.is_file()]
    yield "the sessions", "\n".join(path.read_text(errors="replace") for path in sessions)


def _in_the_browser(story: Story, answers: list[dict]) -> Iterator[tuple[str, str]]:
    ours = [each for each in story.addresses if each.startswith(story.odoo.url)]
    # The login page has to know where to go on to.
    yield "addresses", "\n".join(each for each in ours if "/web/login?" not in each)
    yield "exports and refusals", "\n".join(story.exports)
    yield "storage", "\n".join(story.storage)
    yield "requests that were recorded", "\n".join(each["request"]["url"][:60] for each in answers)


def _answers(story: Story, answers: list[dict]) -> Iterator[tuple[str, str, set[str]]]:
    """:return: each answer's address, its text, and what the browser itself carries on with it."""
    codes = {each for each in story.ups.issued_secrets() if each.startswith("sim-code-")}
    for each in answers:
        path, response = urlsplit(each["request"]["url"]).path, each["response"]
        headers = {header["name"]: header["value"] for header in response["headers"]}
        leads_to, carried = headers.get("Location", ""), set()
        if path == "/web/login" or leads_to.startswith("/web/login?"):
            carried = codes | story.states
        elif path.endswith("/action_ups_oauth") or leads_to.startswith(story.odoo.simulator_url):
            carried = story.states
        yield f"the answer to {path}", _text(response), carried


def _text(response: dict) -> str:
    content = response["content"].get("text", "")
    if response["content"].get("encoding") == "base64":
        content = base64.b64decode(content).decode(errors="replace")
    headers = [f"{header['name']}: {header['value']}" for header in response["headers"]]
    return "\n".join([*headers, content])


def _assert_that_all_was_looked_at(places: dict[str, str], secrets: set[str]) -> None:
    log, backup = places["the server's log"], places["a backup"]
    assert len(secrets) > 20
    for part in (
        "DEBUG ups_attack odoo.service.model: call res.config.settings",
        "'ups_client_secret': [hidden]",
        "/ups_pickup_oauth/callback?[hidden]",
        "/security/v1/oauth/refresh",
    ):
        assert part in log, part
    sql, rows = log.count("odoo.sql_db: ["), backup.count(f"\tserver\t{database.ATTACK}\tDEBUG\t")
    assert sql > 1000 or rows > 100, "neither SQL in the file nor anything in ir_logging"
    connections = backup.partition("\nCOPY public.ups_connection ")[2].partition("\n\\.\n")[0]
    assert re.search(r"\tauthorized\t.*\tgAAAA.*\tgAAAA", connections), "sealed tokens"
    assert re.search(r"\tups_pickup_oauth.client_secret\tgAAAA", backup)
    assert "Authorized at UPS" in backup, "the history"
    assert "/odoo/companies" in places["addresses"]
    assert "ups_pickup_oauth.environment" in places["exports and refusals"]
    for part in ("session_id", "table of IndexedDB"):
        assert part in places["storage"], part
    assert "/ups_pickup_oauth/callback" in places["requests that were recorded"]
