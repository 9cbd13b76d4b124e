"""How the browser is started, where a test asks for one; and Odoo for it."""

from collections.abc import Iterator

import pytest

from devenv import database
from devenv.console import Problem
from devenv.paths import SCREENSHOTS
from devenv.system_packages import ensure_chromium

DESKTOP = {"width": 1400, "height": 900}


def pytest_configure(config: pytest.Config) -> None:
    """What a failed test's page looked like.

    No trace by default, since it makes every test last two or three times as long; for one test
    that fails, `--tracing=retain-on-failure` shows how it came there.
    """
    config.option.screenshot = "only-on-failure"
    config.option.output = str(SCREENSHOTS / "failed")


def pytest_exception_interact(call: pytest.CallInfo) -> None:
    """Whatever Odoo or PostgreSQL lacks is told once, not once a test."""
    if call.when == "setup" and isinstance(call.excinfo.value, Problem):
        pytest.exit(str(call.excinfo.value), returncode=1)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    return {**browser_type_launch_args, "executable_path": ensure_chromium()}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict) -> dict:
    where = {"locale": "en-US", "timezone_id": "UTC"}
    return {**browser_context_args, "viewport": DESKTOP} | where


# What follows imports when it is asked for: tests in plain Python do without Odoo.


@pytest.fixture(scope="session")
def odoo() -> Iterator:
    """In two workers, and a UPS simulator on another site."""
    from running_odoo import prepared, serving

    with prepared(database.E2E) as site, serving(site) as running:
        yield running


@pytest.fixture
def simulator(odoo):
    """UPS, as if nobody had ever been there."""
    from running_odoo import SimulatorControl

    control = SimulatorControl(odoo.simulator_url)
    control.reset()
    return control
