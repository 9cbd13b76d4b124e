"""A browser between Odoo and UPS, in which the administrator has signed in."""

import pytest
from guide import Guide, SimulatorControl, signed_in
from playwright.sync_api import Browser, Page
from running_odoo import RunningOdoo


@pytest.fixture(scope="session")
def cookies(browser: Browser, odoo: RunningOdoo) -> list:
    return signed_in(browser, odoo)


@pytest.fixture
def guide(page: Page, cookies: list, odoo: RunningOdoo, simulator: SimulatorControl) -> Guide:
    """The administrator before the first step: no company is authorized."""
    page.context.add_cookies(cookies)
    odoo.sql("DELETE FROM ups_connection")
    return Guide(page, odoo)
