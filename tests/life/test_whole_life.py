"""Install, upgrade, uninstall, reinstall among Odoo's own modules: what works, what is left."""

import re

import belongings
import pytest
from whole_life import WholeLife

from devenv import addons, database, odoo_log
from devenv.paths import LOGS

NAME = "ups_life_more"
APPS = "ir_module_module:"  # Odoo's list of what can be installed, the addon among it
# Odoo's own notes of each sign-in, cron and foreign key; and the external ids that other modules
# have of each model with a chatter. Its own `maintenance` leaves the same.
LEFT_BY_ANY = re.compile(
    r"(res_device_log|res_users_log|ir_cron_trigger|orm_signaling_registry|ir_model_constraint): "
    r"|ir_model_data: .*(selection__\w+__activity_|model_inherit__\w+__mail_thread).*"
    r'"module": "(mail|portal|sms|snailmail)"'
)
AUTHORIZED = ("authorized", "UPS accepts the authorization of My Company.")


@pytest.fixture(scope="module")
def life(serve, simulator):
    database.make_without_addons(NAME, database.MORE_MODULES)
    with serve(NAME) as odoo:
        yield WholeLife(odoo, simulator)


def test_before_it_was_uninstalled_it_had_lived(life):
    """Else the tests below would find nothing left because nothing had been there."""
    assert "authorize" in life.ended
    lived = life.used.rows.keys() - life.before.rows.keys()
    tables = """ups_connection ups_authorization_attempt ups_pickup ups_pickup_batch ir_attachment
        ir_config_parameter ir_cron ir_cron_progress ir_default ir_exports_line ir_filters ir_rule
        ir_ui_view mail_activity mail_activity_type mail_message"""
    assert {key.partition(":")[0] for key in lived} >= {*tables.split()}
    assert len(life.used.keys - life.before.keys) == 1
    assert life.used.notes


def test_an_upgrade_keeps_the_authorization(life):
    assert life.after_upgrade == AUTHORIZED


def test_an_upgrade_leaves_live_pickups_alone(life):
    found, _plans, _asked = life.live
    assert {"draft", "requested"} <= {each["state"] for each in found}
    assert life.live_after_upgrade == life.live


def test_an_addon_takes_along_those_that_depend_on_it_and_no_other(life):
    oauth, pickups, _deliveries = addons.names()
    assert life.left == {"three": set(), "two": {oauth}, "one": {oauth, pickups}}


def test_uninstalling_leaves_the_schema_as_it_was(life):
    assert life.uninstalled.schema ^ life.before.schema == set()


def test_uninstalling_leaves_no_row_but_what_any_module_leaves(life):
    made = life.installed.rows.keys() - life.before.rows.keys()
    changed = life.uninstalled.rows.items() - life.before.rows.items()
    left = [
        f"{key} {row}"
        for key, row in changed
        if key in made or (belongings.mentions(life.words, row) and not key.startswith(APPS))
    ]
    assert [each for each in left if not LEFT_BY_ANY.match(each)] == []


def test_uninstalling_leaves_no_key_and_no_attachment(life):
    assert life.uninstalled.keys == life.before.keys
    assert life.uninstalled.notes == set()


def test_after_the_reinstallation_it_can_be_authorized_again(life):
    assert life.after_reinstallation == AUTHORIZED


def test_nothing_of_it_is_logged_as_a_warning(life):
    logs = (life.odoo.log, LOGS / f"update-{NAME}.log")
    lines = [line for log in logs for line in log.read_text(errors="replace").splitlines()]
    assert list(odoo_log.troubles(lines)) == []


@pytest.mark.parametrize(
    ("model", "kinds", "button"),
    [
        ("res.company", ("form", "list"), "action_ups_api"),
        ("res.company", ("search",), "ups"),
        ("res.config.settings", ("form",), "action_ups_api"),
        ("ups.connection", ("form",), ""),
        ("ups.pickup", ("list",), "action_confirm"),
        ("ups.pickup", ("search",), ""),
        ("stock.picking", ("form",), ""),
    ],
)
def test_the_views_load(life, model, kinds, button):
    views = life.admin.call(model, "get_views", [[False, kind] for kind in kinds])["views"]
    assert all(f'name="{button}' in views[kind]["arch"] for kind in kinds)


def test_the_modal_loads(life):
    [view] = life.admin.call("res.company", "action_ups_api", [1])["views"]
    arch = life.admin.call("res.company", "get_views", [view])["views"]["form"]["arch"]
    assert 'name="action_ups_ask_opt_out"' in arch


def test_the_page_of_a_refusal_is_whole_with_website(life, simulator):
    page = life.admin.open(simulator.person_cancels(life.admin.start_authorization()))
    assert page.status_code == 200
    assert "<h1" in page.text
    assert "You did not agree at UPS. Nothing was authorized." in page.text
    [stylesheet] = re.findall(r'<link [^>]*rel="stylesheet" href="([^"]+)"', page.text)
    style = life.admin.open(stylesheet)
    assert (style.status_code, style.headers["Content-Type"]) == (200, "text/css; charset=utf-8")
    assert ".card" in style.text


def test_the_way_back_from_ups_ends_in_the_web_client_with_website(life):
    assert life.landing.status_code == 200
    assert life.landing.url.startswith(f"{life.odoo.url}/odoo/1/ups-authorized")
