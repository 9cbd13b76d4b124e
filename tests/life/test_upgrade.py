"""From 19.0.1.0.0 to now: live authorizations go on, and nothing is asked of a person."""

import pytest

from devenv import database, server
from devenv.database import run as sql
from devenv.paths import ADDON

NAME = "ups_life_upgrade"
# What the tables of 19.0.1.0.0 had beside the columns of Odoo itself.
OLD_COLUMNS = {
    "ups_connection": """company_id state authorized_by_id authorized_on environment reason
        access_token_expires_at refresh_token_expires_at refreshed_on ups_words failure_count
        retry_at last_problem last_problem_on sealed_access_token sealed_refresh_token
        database_uuid""",
    "ups_authorization_attempt": """company_id user_id state_hash sealed_code_verifier redirect_uri
        base_url environment client_id expires_at claimed_at status outcome what advice""",
}
ODOOS_COLUMNS = "id create_uid create_date write_uid write_date"


@pytest.fixture(scope="module")
def upgraded(pristine, serve, simulator):
    """A server on the database, which was authorized, turned into an old one, and upgraded."""
    database.copy(pristine, NAME)
    with serve(NAME) as odoo:
        admin = odoo.sign_in()
        admin.save_settings(**server.SIMULATOR_SETTINGS)
        admin.authorize(simulator)
        [harbor] = admin.call("res.company", "create", [{"name": "Harbor"}])
        admin = odoo.sign_in()
        admin.authorize(simulator, harbor)
    make_old()
    # Harbor's settings had just been refused, and UPS was left alone for a minute.
    sql(
        NAME,
        "UPDATE ups_connection SET failure_count = 0, retry_at = now() + interval '1 hour'"
        " WHERE company_id = %s",
        harbor,
    )
    calls = simulator.calls()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("UPS_BASE_URL", simulator.base_url)
        server.update(NAME, "--update", ADDON.name)
    assert simulator.calls() == calls, "an upgrade asks UPS nothing"
    with serve(NAME) as odoo:
        yield odoo


def make_old():
    """Take away all that 19.0.1.0.0 did not have, as its tables stood there."""
    sql(NAME, "ALTER TABLE mail_message DROP COLUMN ups_said")
    sql(NAME, "DELETE FROM ir_model_fields WHERE model = 'mail.message' AND name LIKE 'ups%'")
    for table, names in OLD_COLUMNS.items():
        kept = [*names.split(), *ODOOS_COLUMNS.split()]
        query = """SELECT column_name FROM information_schema.columns
                    WHERE table_name = %s AND column_name != ALL(%s)"""
        for (name,) in sql(NAME, query, table, kept):
            sql(NAME, f"ALTER TABLE {table} DROP COLUMN {name}")
            model = table.replace("_", ".")
            sql(NAME, "DELETE FROM ir_model_fields WHERE model = %s AND name = %s", model, name)
    version = "UPDATE ir_module_module SET latest_version = '19.0.1.0.0' WHERE name = %s"
    sql(NAME, version, ADDON.name)


def test_companies_are_authorized_as_before(upgraded):
    domain = [["ups_authorization_state", "=", "authorized"]]
    admin = upgraded.sign_in()
    found = admin.call("res.company", "search_read", domain, ["name"])
    assert {company["name"] for company in found} == {"My Company", "Harbor"}
    assert admin.test_authorization() == "UPS accepts the authorization of My Company."
    assert upgraded.sql("SELECT 1 FROM mail_activity") == [], "nothing is asked of a person"


def test_the_history_can_be_read(upgraded):
    domain = [["model", "=", "ups.connection"]]
    lines = upgraded.sign_in().call("mail.message", "search_read", domain, ["ups_sentence"])
    told = {line["ups_sentence"] for line in lines}
    assert "Authorized at UPS. Environment: Test (CIE)." in told


def test_a_pause_says_why(upgraded):
    query = "SELECT pause FROM ups_connection WHERE retry_at IS NOT NULL"
    assert upgraded.sql(query) == [("settings",)]


def test_no_required_column_is_left_without_its_constraint(upgraded):
    query = """SELECT field.model, field.name FROM ir_model_fields AS field
                 JOIN information_schema.columns
                   ON table_name = replace(model, '.', '_') AND column_name = name
                WHERE model LIKE 'ups.%' AND required AND is_nullable = 'YES'"""
    assert upgraded.sql(query) == []
