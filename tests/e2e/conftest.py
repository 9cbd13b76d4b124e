"""A browser between Odoo and UPS, in which the administrator has signed in."""

import pytest
from guide import Guide, SimulatorControl
from playwright.sync_api import Browser, Page
from running_odoo import RunningOdoo


@pytest.fixture(scope="session")
def signed_in(browser: Browser, odoo: RunningOdoo) -> list:
    """The cookies of a browser in which the administrator has signed in."""
    context = browser.new_context(locale="en-US")
    Guide(context.new_page(), odoo).sign_in()
    cookies = context.cookies()
    context.close()
    return cookies


@pytest.fixture
def guide(page: Page, signed_in: list, odoo: RunningOdoo, simulator: SimulatorControl) -> Guide:
    """The administrator before the first step: no company is authorized."""
    page.context.add_cookies(signed_in)
    odoo.sql("DELETE FROM ups_connection")
    return Guide(page, odoo)
