"""Everything that a person can come to see; not committed, but looked at before a release."""

import pytest
from gallery import Walk
from guide import SimulatorControl
from playwright.sync_api import expect

from devenv import server
from devenv.paths import GALLERY

BEGUN = """UPDATE ups_authorization_attempt SET status = 'exchanging',
                  claimed_at = now() AT TIME ZONE 'UTC' - interval '{} minutes'"""
MEANWHILE = {  # what has changed when the person comes back from UPS
    "settings-changed": "UPDATE ups_authorization_attempt SET environment = 'production'",
    "expired": "UPDATE ups_authorization_attempt SET expires_at = now() - interval '1 day'",
    "in-progress": BEGUN.format(0),
    "interrupted": BEGUN.format(10),
    "other-user": "UPDATE ups_authorization_attempt SET user_id = 1",
}
FAULTS = {"refused": {"kind": "status", "status": 400}, "outage": {"kind": "html"}}
UNASKED = {"unknown": "code=x&state=not-from-here", "malformed": "state=twice&state=twice"}


@pytest.fixture(scope="module", autouse=True)
def no_old_gallery() -> None:
    GALLERY.mkdir(parents=True, exist_ok=True)
    for path in (*GALLERY.glob("*.png"), *GALLERY.glob("*.yaml")):
        path.unlink()


def test_the_states(walk: Walk, simulator: SimulatorControl):
    _keep_list_form_and_modal(walk, "api")
    walk.authorize()
    walk.keep("success")
    _keep_list_form_and_modal(walk, "authorized")
    walk.keep_history("authorized")
    walk.odoo.sql("UPDATE ups_connection SET access_token_expires_at = now()")
    simulator.queue_fault("refresh", "status", status=503)
    walk.test()
    walk.keep("modal-problem")
    walk.keep_history("problem")
    walk.see_settings()
    walk.keep("settings")
    simulator.kill_grants()
    walk.test()
    walk.keep("test-refused")
    _keep_list_form_and_modal(walk, "reauthorize")
    walk.keep_history("reauthorize")


def _keep_list_form_and_modal(walk: Walk, state: str) -> None:
    walk.see_list()
    walk.keep(f"list-{state}")
    walk.see_form("Harbor Supplies")
    walk.keep(f"form-{state}")
    walk.see_modal()
    walk.keep(f"modal-{state}")


def test_a_branch(walk: Walk):
    walk.authorize()
    walk.see_modal("Harbor Supplies North")
    walk.keep("modal-branch")
    walk.odoo.sql("UPDATE ups_connection SET state = 'reauthorize', reason = 'refused'")
    walk.see_modal("Harbor Supplies North")
    walk.keep("modal-branch-reauthorize")


def test_settings_that_ups_does_not_know(walk: Walk):
    walk.odoo.call("ir.config_parameter", "set_param", "ups_pickup_oauth.client_id", "")
    walk.see_modal()
    walk.keep("dialog-client-id-missing")
    walk.odoo.save_settings(ups_client_id="unknown-client-id", ups_client_secret="unknown")
    walk.see_modal()
    walk.press("oauth")
    expect(walk.page.locator(".modal-dialog")).to_have_count(2)
    walk.keep("dialog-client-id-refused")
    walk.odoo.save_settings(**server.SIMULATOR_SETTINGS)


def test_the_apps_page(walk: Walk):
    [[module]] = walk.odoo.sql("SELECT id FROM ir_module_module WHERE name = 'ups_pickup_oauth'")
    walk.page.goto(f"{walk.odoo.url}/odoo/apps/{module}")
    expect(walk.page.get_by_role("img", name="General Settings, block UPS")).to_be_attached()
    walk.page.set_viewport_size({"width": walk.page.viewport_size["width"], "height": 4000})
    walk.keep("apps-page")


def test_opting_out(walk: Walk):
    walk.authorize()
    walk.see_modal()
    walk.press("ask_opt_out")
    expect(walk.page.locator(".modal-dialog")).to_have_count(2)
    walk.keep("opt-out-confirmation")
    walk.dialog.locator("footer .btn-danger").click()
    expect(walk.dialog.locator(".alert-info")).to_be_visible()
    walk.keep("opted-out")
    walk.see_modal()
    walk.keep("modal-opted-out")


def test_coming_back(walk: Walk, simulator: SimulatorControl):
    walk.come_back(simulator.person_cancels(walk.begin()), "cancelled")
    for name, fault in FAULTS.items():
        address = simulator.person_agrees(walk.begin())
        simulator.queue_fault("token", **fault)
        walk.come_back(address, name)
    for name, change in MEANWHILE.items():
        address = simulator.person_agrees(walk.begin())
        walk.odoo.sql(change)
        walk.come_back(address, name)
    for name, query in UNASKED.items():
        walk.come_back(walk.callback(query), name)


def test_coming_back_without_access(walk: Walk, simulator: SimulatorControl):
    address = simulator.person_agrees(walk.begin())
    _change_own_companies(walk, 3)
    try:
        walk.come_back(address, "no-access")
    finally:
        _change_own_companies(walk, 4)


def _change_own_companies(walk: Walk, command: int) -> None:
    """3 takes the company away from the administrator, 4 gives it back."""
    walk.odoo.call("res.users", "write", [2], {"company_ids": [(command, walk.company)]})
