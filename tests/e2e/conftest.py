"""A real Odoo in two workers, a UPS simulator on another site, and a browser between them."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from xmlrpc.client import ServerProxy

import pytest
from guide import Guide, SimulatorControl
from playwright.sync_api import Browser, Page, expect

from devenv import database, postgres, server
from devenv.console import Problem
from devenv.locks import only_one
from devenv.paths import SCREENSHOTS
from devenv.ports import free_port
from devenv.system_packages import ensure_chromium

# Chromium calls home at every start otherwise, and a closed network makes it wait.
CHROMIUM_FLAGS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
]
# A busy machine takes its time to load the web client. Nothing waits longer than it has to.
expect.set_options(timeout=30_000)
DESKTOP_WIDTH, PHONE_WIDTH = 1400, 375


@dataclass(frozen=True)
class RunningOdoo:
    """Where the tests find Odoo, the simulator and the database; `admin`/`admin` signs in."""

    url: str
    simulator_url: str
    database: str
    log: Path

    def sql(self, query: str, *parameters: object) -> list[tuple]:
        """Run one statement, committed at once; :return: its rows, if it has any."""
        with database.connect(self.database) as cursor:
            cursor.execute(query, parameters)
            return cursor.fetchall() if cursor.description else []

    def save_settings(self, **values: object) -> None:
        """Save General Settings as the administrator, over Odoo's XML-RPC."""
        models = ServerProxy(f"{self.url}/xmlrpc/2/object")
        call = partial(models.execute_kw, self.database, 2, "admin", "res.config.settings")
        call("execute", [call("create", [values])])


@pytest.fixture(scope="session")
def odoo() -> Iterator[RunningOdoo]:
    with ExitStack() as stack:
        try:
            running = _start(stack)
        except Problem as problem:
            pytest.exit(str(problem), returncode=1)  # once, not once a test
        yield running


def _start(stack: ExitStack) -> RunningOdoo:
    odoo_port, simulator_port = free_port(), free_port(server.SIMULATOR_HOST)
    url, simulator_url = server.odoo_url(odoo_port), server.simulator_url(simulator_port)
    stack.enter_context(only_one("browser test"))
    stack.enter_context(postgres.running())
    database.make_fresh(database.E2E)
    credentials = server.SIMULATOR_CLIENT_ID, server.SIMULATOR_CLIENT_SECRET
    database.load_demo_data(database.E2E, url, *credentials)
    stack.enter_context(server.simulator(simulator_port, odoo_port))
    environment = {"UPS_BASE_URL": simulator_url}
    process = stack.enter_context(
        server.odoo(database.E2E, odoo_port, "--workers=2", environment=environment)
    )
    return RunningOdoo(url, simulator_url, database.E2E, process.log)


@pytest.fixture(scope="session")
def signed_in(browser: Browser, odoo: RunningOdoo) -> dict:
    """The cookies of a browser in which the administrator has signed in."""
    context = browser.new_context(locale="en-US")
    page = context.new_page()
    page.goto(f"{odoo.url}/web/login")
    page.get_by_label("Email").fill("admin")
    page.get_by_label("Password").fill("admin")
    page.get_by_role("button", name="Log in", exact=True).click()
    page.wait_for_url("**/odoo**")
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def admin_page(page: Page, signed_in: dict) -> Page:
    """The browser's page, signed in to Odoo as its administrator."""
    page.context.add_cookies(signed_in["cookies"])
    return page


@pytest.fixture
def simulator(odoo: RunningOdoo) -> SimulatorControl:
    """UPS, as if nobody had ever been there."""
    control = SimulatorControl(odoo.simulator_url)
    control.reset()
    return control


@pytest.fixture
def guide(admin_page: Page, odoo: RunningOdoo, simulator: SimulatorControl) -> Guide:
    """The administrator before the first step: no company is authorized."""
    odoo.sql("DELETE FROM ups_connection")
    return Guide(admin_page, odoo)


@pytest.fixture
def screenshot(page: Page) -> Callable[..., None]:
    """`screenshot("name")`, or `screenshot("name", PHONE_WIDTH)`: kept in order, for people."""

    def take(name: str, width: int = DESKTOP_WIDTH) -> None:
        before = page.viewport_size
        page.set_viewport_size({"width": width, "height": 900})
        number = len(list(SCREENSHOTS.glob("[0-9][0-9]-*.png"))) + 1
        page.screenshot(path=SCREENSHOTS / f"{number:02}-{name}.png")
        page.set_viewport_size(before)

    return take


# --- how pytest-playwright starts the browser ---


def pytest_configure(config: pytest.Config) -> None:
    """What a failed test's page looked like.

    No trace by default, since it makes every test last two or three times as long; for one test
    that fails, `--tracing=retain-on-failure` shows how it came there.
    """
    config.option.screenshot = "only-on-failure"
    config.option.output = str(SCREENSHOTS / "failed")


@pytest.fixture(scope="session", autouse=True)
def no_old_screenshots() -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    for path in SCREENSHOTS.glob("[0-9][0-9]-*.png"):
        path.unlink()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    # Chromium's sandbox does not work for root.
    flags = [*CHROMIUM_FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    return {**browser_type_launch_args, "executable_path": ensure_chromium(), "args": flags}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict) -> dict:
    size = {"width": DESKTOP_WIDTH, "height": 900}
    return {**browser_context_args, "viewport": size, "locale": "en-US", "timezone_id": "UTC"}
