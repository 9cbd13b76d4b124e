"""What ends an authorization, or keeps it from being used, reaches a person."""

import re

from guide import Guide, SimulatorControl
from playwright.sync_api import Locator, expect

COMPANY = "Harbor Supplies"


def banner(guide: Guide) -> Locator:
    return guide.page.locator(".o_form_view [name=ups_reauthorize]")


def let_ups_refuse(guide: Guide, simulator: SimulatorControl) -> None:
    simulator.kill_grants()
    guide.press_test("has ended", "alert")
    expect(guide.modal.get_by_role("alert")).to_have_count(1)
    guide.press_in_modal("Close")
    expect(guide.api_button).to_contain_text("Reauthorize")


def reauthorize(guide: Guide, button: Locator) -> None:
    button.click()
    guide.press_in_modal("OAuth")
    guide.agree_and_return(COMPANY)


def test_banner_and_activity_lead_to_the_modal(guide: Guide, simulator: SimulatorControl):
    guide.opt_in(COMPANY)
    expect(banner(guide)).not_to_be_visible()
    let_ups_refuse(guide, simulator)
    expect(banner(guide)).to_contain_text("UPS's answer: 10401 Invalid Refresh Token.")
    reauthorize(guide, banner(guide).get_by_role("button", name="Reauthorize"))
    expect(banner(guide)).not_to_be_visible()

    let_ups_refuse(guide, simulator)
    [[connection]] = guide.odoo.sql("SELECT id FROM ups_connection")
    guide.page.goto(f"{guide.odoo.url}/mail/view?model=ups.connection&res_id={connection}")
    expect(guide.page.get_by_text("UPS no longer accepts it").first).to_be_visible()
    reauthorize(guide, guide.page.get_by_role("button", name="Reauthorize"))


def test_the_modal_tells_the_last_problem(guide: Guide, simulator: SimulatorControl):
    guide.opt_in(COMPANY)
    guide.odoo.sql("UPDATE ups_connection SET access_token_expires_at = now()")
    error = {"response": {"errors": [{"code": "10500", "message": "Out of order"}]}}
    simulator.queue_fault("refresh", "status", status=503, body=error)
    guide.press_test("Last problem", "alert")
    problem = guide.modal.get_by_role("alert")
    expect(problem).to_have_text(re.compile(r"Last problem.*UPS's answer: 10500 Out of order\."))
    guide.press_in_modal("Test")
    expect(guide.modal.get_by_role("status")).to_contain_text("UPS accepts the authorization")
    expect(problem).not_to_be_visible()
