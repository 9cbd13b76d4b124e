"""While UPS takes its time: something says so, and a second click sends nothing."""

import re

import pytest
from guide import Guide, SimulatorControl
from playwright.sync_api import expect

COMPANY = "Harbor Supplies"
ATTEMPTS = "SELECT count(*) FROM ups_authorization_attempt"


@pytest.fixture
def hanging(simulator: SimulatorControl):
    """`hanging("authorize")`: UPS does not answer the next call, until `simulator.release()`."""
    yield lambda route: simulator.queue_fault(route, "hang")
    simulator.release()


def expect_to_wait(guide: Guide, simulator: SimulatorControl, route: str, button: str) -> None:
    simulator.wait_for_calls(route, 1)
    pressed = guide.modal.get_by_role("button", name=button, exact=True)
    expect(pressed).to_be_disabled()
    expect(guide.page.locator(".o_loading_indicator")).to_have_text(re.compile("Loading"))
    pressed.click(force=True)  # where the person clicks, whatever stands there
    guide.page.keyboard.press("Enter")
    guide.page.keyboard.press("Control+Enter")


def test_oauth(guide: Guide, simulator: SimulatorControl, hanging):
    [[attempts_before]] = guide.odoo.sql(ATTEMPTS)
    guide.open_company(COMPANY)
    guide.open_modal()
    hanging("authorize")
    guide.press_in_modal("OAuth")
    expect_to_wait(guide, simulator, "authorize", "OAuth")
    simulator.release()
    guide.expect_to_be_at_ups()
    assert simulator.calls("authorize") == 2, "from the server, and with the browser"
    assert guide.odoo.sql(ATTEMPTS) == [(attempts_before + 1,)]


def test_test(guide: Guide, simulator: SimulatorControl, hanging):
    guide.opt_in(COMPANY)
    guide.open_modal()
    hanging("countries")
    guide.press_in_modal("Test")
    expect_to_wait(guide, simulator, "countries", "Test")
    simulator.release()
    expect(guide.modal.get_by_role("status")).to_contain_text("UPS accepts the authorization")
    assert simulator.calls("countries") == 1
