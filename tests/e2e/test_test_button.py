"""Test and Reauthorize: what an administrator does when UPS no longer answers as it should."""

from guide import Guide, SimulatorControl
from playwright.sync_api import expect

COMPANY = "Harbor Supplies"


def test_the_token_works(guide: Guide, simulator: SimulatorControl, screenshot):
    guide.opt_in(COMPANY)
    guide.open_modal()
    guide.press_in_modal("Test")
    expect(guide.modal.get_by_role("status")).to_contain_text("UPS accepts the authorization")
    screenshot("test-works")
    assert simulator.calls("countries") == 1


def test_a_new_password_at_ups_asks_for_a_new_authorization(
    guide: Guide, simulator: SimulatorControl, screenshot
):
    guide.opt_in(COMPANY)
    simulator.kill_grants()
    guide.open_modal()
    guide.press_in_modal("Test")
    told = guide.modal.get_by_role("alert")
    expect(told).to_have_count(1)
    expect(told).to_contain_text("has ended")
    screenshot("reauthorize-modal")
    screenshot("reauthorize-modal-phone", 375)
    guide.press_in_modal("Close")
    expect(guide.api_button).to_contain_text("Reauthorize")
    screenshot("reauthorize")
    guide.open_modal()
    guide.press_in_modal("OAuth")
    guide.agree_at_ups()
    guide.expect_success(COMPANY)
