"""Everything that a person can come to see; not committed, but looked at before a release."""

import pytest
from gallery import Walk
from guide import SimulatorControl
from playwright.sync_api import expect

from devenv import server
from devenv.paths import GALLERY


@pytest.fixture(scope="module", autouse=True)
def no_old_gallery() -> None:
    GALLERY.mkdir(parents=True, exist_ok=True)
    for path in (*GALLERY.glob("*.png"), *GALLERY.glob("*.yaml")):
        path.unlink()


def test_the_states(walk: Walk, simulator: SimulatorControl):
    _keep_list_form_and_modal(walk, "api")
    walk.opt_in()
    walk.keep("success")
    _keep_list_form_and_modal(walk, "authorized")
    walk.press("history")
    walk.expect_history()
    walk.keep("history-authorized")
    _let_ups_be_out_of_order(walk, simulator)
    walk.see_settings()
    walk.keep("settings")
    _let_ups_refuse(walk, simulator)
    _keep_list_form_and_modal(walk, "reauthorize")
    walk.press("history")
    walk.expect_history()
    walk.keep("history-reauthorize")


def test_a_branch(walk: Walk):
    walk.opt_in()
    _keep_modal_of_the_branch(walk, "modal-branch")
    walk.odoo.sql("UPDATE ups_connection SET state = 'reauthorize', reason = 'refused'")
    _keep_modal_of_the_branch(walk, "modal-branch-reauthorize")


def _keep_modal_of_the_branch(walk: Walk, name: str) -> None:
    walk.see_form("Harbor Supplies North")
    walk.see_modal()
    walk.keep(name)


def test_settings_that_ups_does_not_know(walk: Walk):
    walk.odoo.call("ir.config_parameter", "set_param", "ups_pickup_oauth.client_id", "")
    walk.see_form()
    walk.see_modal()
    walk.keep("dialog-client-id-missing")
    walk.odoo.save_settings(ups_client_id="unknown-client-id", ups_client_secret="unknown")
    walk.see_form()
    walk.see_modal()
    walk.press("oauth")
    expect(walk.page.locator(".modal-dialog")).to_have_count(2)
    walk.keep("dialog-client-id-refused")
    walk.odoo.save_settings(
        ups_client_id=server.SIMULATOR_CLIENT_ID, ups_client_secret=server.SIMULATOR_CLIENT_SECRET
    )


def test_the_apps_page(walk: Walk):
    [[module]] = walk.odoo.sql("SELECT id FROM ir_module_module WHERE name = 'ups_pickup_oauth'")
    walk.page.goto(f"{walk.odoo.url}/odoo/apps/{module}")
    expect(walk.page.get_by_role("img", name="General Settings, block UPS")).to_be_attached()
    walk.page.set_viewport_size({"width": walk.page.viewport_size["width"], "height": 4000})
    walk.keep("apps-page")


def test_opting_out(walk: Walk):
    walk.opt_in()
    walk.see_form()
    walk.see_modal()
    walk.press("ask_opt_out")
    expect(walk.page.locator(".modal-dialog")).to_have_count(2)
    walk.keep("opt-out-confirmation")
    walk.dialog.locator("footer .btn-danger").click()
    expect(walk.dialog.locator(".alert-info")).to_be_visible()
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


def _let_ups_be_out_of_order(walk: Walk, simulator: SimulatorControl) -> None:
    walk.odoo.sql("UPDATE ups_connection SET access_token_expires_at = now()")
    simulator.queue_fault("refresh", "status", status=503)
    walk.see_form()
    walk.see_modal()
    walk.press("test")
    expect(walk.dialog.locator(".alert-warning")).to_be_visible()
    walk.keep("modal-problem")
    walk.press("history")
    walk.expect_history()
    walk.keep("history-problem")


def _let_ups_refuse(walk: Walk, simulator: SimulatorControl) -> None:
    simulator.kill_grants()
    walk.see_form()
    walk.see_modal()
    walk.press("test")
    expect(walk.dialog.locator(".alert-warning")).to_be_visible()
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


@pytest.mark.parametrize(
    ("name", "minutes"),
    [("in-progress", 0), ("interrupted", 10)],
)
def test_a_return_that_odoo_has_begun_to_work_on(
    walk: Walk, simulator: SimulatorControl, name: str, minutes: int
):
    address = simulator.person_agrees(walk.begin())
    walk.odoo.sql(
        """UPDATE ups_authorization_attempt SET status = 'exchanging',
                  claimed_at = now() AT TIME ZONE 'UTC' - make_interval(mins => %s)""",
        minutes,
    )
    walk.come_back(address)
    walk.keep(f"page-{name}")


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
