"""Everything that a person can come to see; not committed, but looked at before a release."""

import pytest
from gallery import Walk
from guide import SimulatorControl
from playwright.sync_api import expect


def test_the_states(walk: Walk, simulator: SimulatorControl):
    _keep_list_form_and_modal(walk, "api")
    walk.opt_in()
    walk.keep("success")
    _keep_list_form_and_modal(walk, "authorized")
    walk.press("history")
    expect(walk.page.locator(".o-mail-Message")).to_have_count(1)
    walk.keep("history-authorized")
    walk.see_settings()
    walk.keep("settings")
    _let_ups_refuse(walk, simulator)
    _keep_list_form_and_modal(walk, "reauthorize")
    walk.press("history")
    expect(walk.page.locator(".o-mail-Message").first).to_be_visible()
    walk.keep("history-reauthorize")


def test_opting_out(walk: Walk):
    walk.opt_in()
    walk.see_form()
    walk.see_modal()
    walk.press("opt_out")
    expect(walk.page.locator(".modal-dialog")).to_have_count(2)
    walk.keep("opt-out-confirmation")
    walk.dialog.locator("footer .btn-primary").click()
    expect(walk.page.locator(".modal-dialog")).to_have_count(0)
    expect(walk.notification).to_be_visible()
    walk.keep("opted-out")
    walk.see_form()
    walk.see_modal()
    walk.keep("modal-opted-out")


def _keep_list_form_and_modal(walk: Walk, state: str) -> None:
    walk.see_list()
    walk.keep(f"list-{state}")
    walk.see_form()
    walk.keep(f"form-{state}")
    walk.see_modal()
    walk.keep(f"modal-{state}")


def _let_ups_refuse(walk: Walk, simulator: SimulatorControl) -> None:
    simulator.kill_grants()
    walk.see_form()
    walk.see_modal()
    walk.press("test")
    expect(walk.page.locator(".modal-dialog")).to_have_count(0)
    expect(walk.notification).to_be_visible()
    walk.keep("test-refused")


def test_the_persons_refusal(walk: Walk, simulator: SimulatorControl):
    walk.come_back(simulator.person_cancels(walk.begin()))
    walk.keep("page-cancelled")


def test_upss_refusal(walk: Walk, simulator: SimulatorControl):
    address = simulator.person_agrees(walk.begin())
    simulator.queue_fault("token", "status", status=400)
    walk.come_back(address)
    walk.keep("page-refused")


def test_an_outage(walk: Walk, simulator: SimulatorControl):
    address = simulator.person_agrees(walk.begin())
    simulator.queue_fault("token", "html")
    walk.come_back(address)
    walk.keep("page-outage")


def test_settings_changed_meanwhile(walk: Walk, simulator: SimulatorControl):
    address = simulator.person_agrees(walk.begin())
    walk.odoo.save_settings(ups_environment="production")
    try:
        walk.come_back(address)
        walk.keep("page-settings-changed")
    finally:
        walk.odoo.save_settings(ups_environment="cie")


def test_too_late(walk: Walk, simulator: SimulatorControl):
    address = simulator.person_agrees(walk.begin())
    walk.odoo.sql("UPDATE ups_authorization_attempt SET expires_at = now() - interval '1 day'")
    walk.come_back(address)
    walk.keep("page-expired")


def test_another_user(walk: Walk, simulator: SimulatorControl):
    address = simulator.person_agrees(walk.begin())
    walk.odoo.sql("UPDATE ups_authorization_attempt SET user_id = 1")
    walk.come_back(address)
    walk.keep("page-other-user")


def test_no_access(walk: Walk, simulator: SimulatorControl):
    address = simulator.person_agrees(walk.begin())
    _change_own_companies(walk, 3)
    try:
        walk.come_back(address)
        walk.keep("page-no-access")
    finally:
        _change_own_companies(walk, 4)


def _change_own_companies(walk: Walk, command: int) -> None:
    """3 takes the company away from the administrator, 4 gives it back."""
    walk.odoo.call("res.users", "write", [2], {"company_ids": [(command, walk.company)]})


@pytest.mark.parametrize(
    ("name", "query"),
    [("unknown", "code=x&state=not-from-here"), ("malformed", "state=twice&state=twice")],
)
def test_an_answer_that_nobody_asked_for(walk: Walk, name: str, query: str):
    walk.come_back(walk.callback(query))
    walk.keep(f"page-{name}")
