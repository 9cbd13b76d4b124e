"""Opt-Out, as UPS's guide describes it."""

from guide import Guide, SimulatorControl
from playwright.sync_api import expect

COMPANY = "Harbor Supplies"


def test_from_the_form_and_again(guide: Guide, simulator: SimulatorControl):
    guide.opt_in(COMPANY)
    modal = guide.open_modal()
    for words in ("Authorized in Odoo by", "Administrator", "Authorized until", "CIE"):
        expect(modal).to_contain_text(words)
    calls = simulator.calls()
    guide.confirm_opt_out(f"{COMPANY}, {COMPANY} North")
    assert simulator.calls() == calls, "UPS has no endpoint for it"
    query = "SELECT sealed_access_token, sealed_refresh_token, state FROM ups_connection"
    assert guide.odoo.sql(query) == [(None, None, "not_authorized")]
    guide.press_in_modal("OAuth")
    guide.agree_and_return(COMPANY)


def test_a_link_of_somebody_else_asks_nothing_in_our_name(guide: Guide):
    forged = "title=Odoo&question=Go+on&ok=OK&cancel=No&company_id=1&method=action_archive"
    guide.page.goto(f"{guide.odoo.url}/odoo/action-ups_pickup_oauth.ask?{forged}")
    expect(guide.row(COMPANY)).to_be_visible()
    expect(guide.page.get_by_role("dialog")).to_have_count(0)
    forged = "company_id=1&path=javascript:document.body.replaceChildren()"
    guide.page.goto(f"{guide.odoo.url}/odoo/action-ups_pickup.first?{forged}")
    expect(guide.page.get_by_role("button", name="New", exact=True)).to_be_visible()


def test_from_the_list_and_the_history_tells_who_and_when(guide: Guide):
    guide.opt_in(COMPANY)
    guide.open_list()
    guide.row(COMPANY).get_by_role("button", name="Authorized", exact=True).click()
    guide.confirm_opt_out()
    guide.press_in_modal("Cancel")
    guide.row(COMPANY).get_by_role("button", name="API", exact=True).click()
    guide.press_in_modal("History")
    messages = guide.page.locator("[name=message_ids] .o_data_row")
    expect(messages.first).to_contain_text("It had been authorized by Administrator on")
    expect(messages.nth(1)).to_contain_text("Authorized at UPS")
    expect(messages.nth(1)).to_contain_text("Administrator")
    expect(guide.page.locator(".o-mail-Chatter")).not_to_be_attached()


def test_somebody_else_was_quicker(guide: Guide):
    guide.opt_in(COMPANY)
    guide.open_modal()
    confirmation = guide.press_opt_out()
    guide.odoo.sql("UPDATE ups_connection SET state = 'not_authorized'")
    confirmation.get_by_role("button", name="OK", exact=True).click()
    error = guide.page.get_by_role("dialog").filter(has_text="nothing to end")
    expect(error.get_by_role("heading")).to_have_text("Nothing to do")
