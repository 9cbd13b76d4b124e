"""A real Odoo in two workers, a UPS simulator on another site, and a browser between them."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from guide import Guide, SimulatorControl
from playwright.sync_api import Browser, Page
from running_odoo import RunningOdoo, prepared, serving

from devenv import database
from devenv.console import Problem
from devenv.paths import SCREENSHOTS

DESKTOP_WIDTH, PHONE_WIDTH = 1400, 375


@pytest.fixture(scope="session")
def odoo() -> Iterator[RunningOdoo]:
    with ExitStack() as stack:
        try:
            running = stack.enter_context(serving(stack.enter_context(prepared(database.E2E))))
        except Problem as problem:
            pytest.exit(str(problem), returncode=1)  # once, not once a test
        yield running


@pytest.fixture(scope="session")
def signed_in(browser: Browser, odoo: RunningOdoo) -> dict:
    """The cookies of a browser in which the administrator has signed in."""
    context = browser.new_context(locale="en-US")
    Guide(context.new_page(), odoo).sign_in()
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


@pytest.fixture(scope="session", autouse=True)
def no_old_screenshots() -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    for path in SCREENSHOTS.glob("[0-9][0-9]-*.png"):
        path.unlink()
