"""Opt-Out, as UPS's guide describes it."""

from guide import Guide, SimulatorControl
from playwright.sync_api import expect

COMPANY = "Harbor Supplies"


def confirmation(guide: Guide):
    return guide.page.get_by_role("dialog").filter(has_text="Opt out of UPS?")


def test_from_the_form(guide: Guide, simulator: SimulatorControl, screenshot):
    guide.opt_in(COMPANY)
    modal = guide.open_modal()
    for words in ("Authorized in Odoo by", "Administrator", "Authorized until", "CIE"):
        expect(modal).to_contain_text(words)
    screenshot("opt-out-modal")
    screenshot("opt-out-modal-phone", 375)
    calls = simulator.calls()
    guide.press_in_modal("Opt-Out")
    expect(confirmation(guide)).to_contain_text(f"{COMPANY}, {COMPANY} North")
    screenshot("opt-out-confirmation")
    confirmation(guide).get_by_role("button", name="OK", exact=True).click()
    expect(guide.modal.get_by_role("status")).to_contain_text("reset your UPS.com password")
    screenshot("opted-out-modal")
    guide.press_in_modal("Cancel")
    expect(guide.modal).not_to_be_visible()
    expect(guide.api_button).to_contain_text("API")
    expect(guide.api_button).not_to_contain_text("Authorized")
    screenshot("opted-out")
    assert simulator.calls() == calls, "UPS has no endpoint for it"
    query = "SELECT sealed_access_token, sealed_refresh_token, state FROM ups_connection"
    assert guide.odoo.sql(query) == [(None, None, "not_authorized")]


def test_cancel_in_the_confirmation_changes_nothing(guide: Guide):
    guide.opt_in("My Company")  # it has neither parent nor branches
    guide.open_modal()
    guide.press_in_modal("Opt-Out")
    expect(confirmation(guide)).to_contain_text("at UPS for: My Company.")
    confirmation(guide).get_by_role("button", name="Cancel", exact=True).click()
    expect(confirmation(guide)).not_to_be_visible()
    guide.press_in_modal("Close")
    guide.page.reload()
    expect(guide.api_button).to_contain_text("Authorized")


def test_a_link_of_somebody_else_asks_nothing_in_our_name(guide: Guide):
    forged = "title=Odoo&question=Go+on&ok=OK&cancel=No&company_id=1&method=action_archive"
    guide.page.goto(f"{guide.odoo.url}/odoo/action-ups_pickup_oauth.ask?{forged}")
    expect(guide.row(COMPANY)).to_be_visible()
    expect(guide.page.get_by_role("dialog")).to_have_count(0)


def test_from_the_list(guide: Guide):
    guide.opt_in(COMPANY)
    guide.open_list()
    guide.row(COMPANY).get_by_role("button", name="Authorized", exact=True).click()
    guide.press_in_modal("Opt-Out")
    confirmation(guide).get_by_role("button", name="OK", exact=True).click()
    guide.press_in_modal("Cancel")
    expect(guide.row(COMPANY).get_by_role("button", name="API", exact=True)).to_be_visible()


def test_somebody_else_was_quicker(guide: Guide):
    guide.opt_in(COMPANY)
    guide.open_modal()
    guide.press_in_modal("Opt-Out")
    guide.odoo.sql("UPDATE ups_connection SET state = 'not_authorized'")
    confirmation(guide).get_by_role("button", name="OK", exact=True).click()
    error = guide.page.get_by_role("dialog").filter(has_text="nothing to end")
    expect(error.get_by_role("heading")).to_have_text("Nothing to do")


def test_the_history_tells_who_and_when(guide: Guide, screenshot):
    guide.opt_in(COMPANY)
    guide.open_modal()
    guide.press_in_modal("Opt-Out")
    confirmation(guide).get_by_role("button", name="OK", exact=True).click()
    expect(guide.modal).to_contain_text("opted out")
    guide.press_in_modal("History")
    messages = guide.page.locator("[name=message_ids] .o_data_row")
    expect(messages.first).to_contain_text("It had been authorized by Administrator on")
    expect(messages.nth(1)).to_contain_text("Authorized at UPS")
    expect(messages.nth(1)).to_contain_text("Administrator")
    expect(guide.page.locator(".o-mail-Chatter")).not_to_be_attached()
    screenshot("history")


def test_again_after_opting_out(guide: Guide):
    guide.opt_in(COMPANY)
    guide.open_modal()
    guide.press_in_modal("Opt-Out")
    confirmation(guide).get_by_role("button", name="OK", exact=True).click()
    guide.press_in_modal("OAuth")
    guide.agree_at_ups()
    guide.expect_success(COMPANY)
