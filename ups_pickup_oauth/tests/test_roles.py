"""What each role gets out of this addon's models, and what it can do with them.

Fields and methods are those that the models have, so that a new one is covered at once.
"""

from contextlib import suppress

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import NO_ACCESS, Command
from odoo.service.model import get_public_method
from odoo.tests import tagged
from psycopg2 import IntegrityError

from .common import UpsCase, end_authorization
from .planted_secrets import LOWER_ROLES, SHARED, PlantedSecrets

# What is called with the user's records, and a field's name.
READING = {
    "read": lambda records, name: records.read([name]),
    "search_read": lambda records, name: records.search_read([], [name]),
    "web_read": lambda records, name: records.web_read({name: {}}),
    "web_search_read": lambda records, name: records.web_search_read([], {name: {}}),
    "web_name_search": lambda records, name: records.web_name_search("", {name: {}}),
    "web_save": lambda records, name: records.web_save({}, {name: {}}),
    "export_data": lambda records, name: {name: records.export_data([name])["datas"]},
    "read_group": lambda records, name: records.read_group([], [name], [name]),
    "formatted_read_group": lambda records, name: records.formatted_read_group([], [name]),
    "an aggregate": lambda records, name: records.formatted_read_group(
        [], [], [f"{name}:array_agg"]
    ),
    "web_read_group": lambda records, name: records.web_read_group([], [name]),
    "the search panel": lambda records, name: {
        name: records.search_panel_select_range(name, enable_counters=True)["values"]
    },
    "default_get": lambda records, name: records.default_get([name]),
    "onchange": lambda records, name: records.onchange({}, [], {name: {}}),
    "onchange of a new row": lambda records, name: records.browse().onchange({}, [], {name: {}}),
    "copy_data": lambda records, name: records.copy_data(),
}
# What is called with the user's records, and a domain.
PROBING = {
    "search": lambda records, domain: records.search(domain),
    "search_count": lambda records, domain: records.search_count(domain),
    "name_search": lambda records, domain: records.name_search("", domain),
    "web_name_search": lambda records, domain: records.web_name_search("", {}, domain),
    "search_read": lambda records, domain: records.search_read(domain, ["id"]),
    "web_search_read": lambda records, domain: records.web_search_read(domain, {}),
    "read_group": lambda records, domain: records.formatted_read_group(domain, [], ["__count"]),
}

# What is called with the user's records, a field's name, and a value.
WRITING = {
    "write": lambda records, name, value: records.write({name: value}),
    "web_save": lambda records, name, value: records.web_save({name: value}, {}),
    "web_save_multi": lambda records, name, value: records.web_save_multi([{name: value}], {}),
    "create": lambda records, name, value: records.create({name: value}),
    "load": lambda records, name, value: records.load(
        [".id", name], [[str(records.id), str(value)]]
    )["ids"],
}

# What is called with the user's row as a whole.
CHANGING = {
    "unlink": lambda record: record.unlink(),
    "copy": lambda record: record.copy(),
    "create": lambda record: record.create({"company_id": record.env.company.id}),
    "name_create": lambda record: record.name_create("New"),
}

# What is called with the user's connection.
TALKING = {
    "message_post": lambda record: record.message_post(body="Hello"),
    "message_notify": lambda record: record.message_notify(body="Hello", partner_ids=[1]),
    "message_subscribe": lambda record: record.message_subscribe(
        partner_ids=record.env.ref("base.partner_root").ids
    ),
    "activity_schedule": lambda record: record.activity_schedule(user_id=record.env.uid),
    "a comment": lambda record: record.env["mail.message"].create(
        {"model": record._name, "res_id": record.id, "body": "Hello"}
    ),
    "an activity": lambda record: record.env["mail.activity"].create(
        {"res_model_id": record.env["ir.model"]._get_id(record._name), "res_id": record.id}
    ),
    "an attachment": lambda record: record.env["ir.attachment"].create(
        {"name": "Hello", "res_model": record._name, "res_id": record.id}
    ),
}

REFUSALS = (UserError, ValueError, KeyError, AssertionError, IntegrityError)
"""How Odoo says no: AccessError is a UserError; the others, to what a field or model cannot do."""

REFUSED = {"AccessError", "UserError", "ValueError"}
"""Refusals of a search that do not depend on what is stored; a MissingError would."""


class Doors:
    """Mixed into test cases, after Planted: each role at each door of each model."""

    # === READING === #

    def test_no_secret_comes_back_and_lower_roles_get_nothing(self):
        for role, model, door, call in self.each(READING):
            with self.subTest(role=role, model=model, door=door):
                shown = []
                for name in self.fields_of(model):
                    answer = answer_of(call, self.records_of(role, model), name)
                    self.assert_no_secret(answer)
                    if shows(answer, name) and (door, name) not in self.constants:
                        shown.append(name)
                self.assertFalse(role in self.lower_roles and shown)
        self.assert_nothing_happened()

    # === PROBING === #

    def test_no_search_tells_what_a_field_holds(self):
        for role, model, door, call in self.each(PROBING):
            with self.subTest(role=role, model=model, door=door):
                records = self.records_of(role, model)
                self.assertFalse(self.told(call, records, self.hidden_fields(role, model)))

    def test_no_path_through_other_models_tells_what_a_field_holds(self):
        # What everybody can find, so that a path from it can tell something.
        attachment = {"name": "Logo", "public": True, "company_id": self.company.id}
        self.env["ir.attachment"].create(attachment)
        for role in self.users:
            for other, path, model in self.paths():
                with self.subTest(role=role, model=other, path=path):
                    records = self.env[other].with_user(self.users[role])
                    # A path of two steps leads to what not even administrators may have.
                    hidden = self.hidden_fields("administrator" if "." in path else role, model)
                    self.assertFalse(self.told(PROBING["search"], records, hidden, path, model))

    # === CHANGING === #

    def test_no_role_writes_a_field(self):
        for role, model, door, call in self.each(WRITING):
            if role == "administrator" and model in SHARED and door != "write":
                continue  # they make companies and settings
            with self.subTest(role=role, model=model, door=door):
                done = []
                for name in self.fields_of(model):
                    if (role, name) == ("administrator", "ups_user_note"):
                        continue  # theirs to write
                    value = self.empty_value(model, name)
                    if self.tried(call, self.records_of(role, model), name, value):
                        done.append(name)
                self.assertFalse((role in self.lower_roles or model not in SHARED) and done)
        self.env.invalidate_all()
        self.assert_nothing_happened()

    def test_no_role_changes_a_row(self):
        for role, model, door, call in self.each(CHANGING):
            if model not in SHARED:
                with self.subTest(role=role, model=model, door=door):
                    self.assertFalse(self.tried(call, self.records_of(role, model)))
        self.assert_nothing_happened()

    def test_no_action_runs_for_lower_roles(self):
        for role in self.lower_roles:
            for model in self.models_of(role):
                for name in self.methods_of(model, "action_"):
                    with self.subTest(role=role, model=model, action=name):
                        action = getattr(self.records_of(role, model), name)
                        self.assertIn(outcome(action), REFUSED | {"AssertionError"})
        self.assert_nothing_happened()

    def test_no_other_public_method_does_anything_for_lower_roles(self):
        for role in self.lower_roles:
            for model in self.models_of(role):
                for name in self.methods_of(model):
                    with self.subTest(role=role, model=model, method=name):
                        method = getattr(self.records_of(role, model), name)
                        self.assert_no_secret(self.tried(method))
        self.assert_nothing_happened()

    # === WHAT THE TESTS SHARE === #

    def each(self, doors):
        for role in self.users:
            for model in self.models_of(role):
                for door, call in doors.items():
                    if (role, door) not in self.theirs:
                        yield role, model, door, call

    def hidden_fields(self, role, model):
        """:return: what the role must not get, be it by a search."""
        fields = self.env[model]._fields
        return [
            name
            for name in self.fields_of(model)
            if role in self.lower_roles or fields[name].groups == NO_ACCESS
        ]

    def paths(self):
        """:return: each model and path that lead to a model of this addon, and that model."""
        for other in self.env.values():
            for field in other._fields.values():
                if (
                    field.comodel_name in self.models
                    and other._auto
                    and (field.store or field.search)
                ):
                    yield other._name, field.name, field.comodel_name
                    if field.comodel_name == "res.company":
                        for step in ("ups_connection_ids", "ups_connection_id"):
                            yield other._name, f"{field.name}.{step}", "ups.connection"

    def told(self, call, records, names, path="", model=None):
        """:return: those fields, at the path's end, of which a search tells something."""
        held = self.records[model or records._name]
        nothing = REFUSED | {outcome(call, records, [(0, "=", 1)])}
        return [
            name
            for name in names
            if any(
                outcome(call, records, domain) not in nothing
                for domain in domains(held[name], f"{path}.{name}".lstrip("."))
            )
        ]

    def tried(self, call, *args):
        """:return: the answer, or None; a refusal leaves nothing behind."""
        with suppress(*REFUSALS), self.env.cr.savepoint():
            return call(*args)

    def empty_value(self, model, name):
        multi = self.env[model]._fields[name].type in ("one2many", "many2many")
        return [Command.clear()] if multi else False


@tagged("post_install", "-at_install")
class TestRoles(Doors, PlantedSecrets, UpsCase):
    def test_every_door_opens_for_what_is_no_secret(self):
        for door, call in READING.items():
            with self.subTest(door):
                answer = call(self.company.with_user(self.admin), "currency_id")
                self.assertTrue(shows(answer, "currency_id"), answer)

    def test_lower_roles_read_no_settings_where_they_are_stored(self):
        for role in LOWER_ROLES:
            parameters = self.env["ir.config_parameter"].with_user(self.users[role])
            with self.subTest(role), self.assertRaises(AccessError):
                parameters.search_read([("key", "like", "ups")], ["value"])

    def test_a_search_tells_what_is_no_secret(self):
        users = self.env["res.users"].with_user(self.admin)
        for records, path in ((self.company.with_user(self.admin), ""), (users, "company_id")):
            for door, call in PROBING.items():
                with self.subTest(door, path=path):
                    self.assertTrue(self.told(call, records, ["name"], path, "res.company"))

    def test_nothing_can_be_ordered_by_a_hidden_field(self):
        for role, user in self.users.items():
            users = self.env["res.users"].with_user(user)
            for model in self.models:
                with self.subTest(role=role, model=model):
                    for name in self.hidden_fields(role, model):
                        for records, order in (
                            (self.records_of(role, model), name),
                            (users, f"company_id.{name}"),
                        ):
                            self.assertIn(outcome(records.search, [], 0, None, order), REFUSED)

    def test_the_token_is_no_public_method(self):
        for name in ("_ups_get_access_token", "_ups_session", "_ups_landing_action"):
            with self.assertRaises(AccessError):
                get_public_method(self.company.with_user(self.admin), name)

    # === HISTORY === #

    def test_no_field_of_an_administrator_copies_a_token(self):
        columns = self.env["ir.model.fields"].with_user(self.admin)
        for name in ("ups_access_token", "ups_refresh_token"):
            copy = {
                "model_id": self.env["ir.model"]._get("res.partner").id,
                "name": f"x_{name}",
                "ttype": "char",
                "related": f"company_id.{name}",
            }
            for stored in (False, True):
                with self.assertRaises(ValidationError) as refusal:  # it has a savepoint
                    columns.create(copy | {"store": stored})
                self.assertIn("cannot copy UPS tokens", str(refusal.exception))

    def test_lower_roles_read_no_history(self):
        self.end_authorization()
        for role in LOWER_ROLES:
            for rows in self.history():
                mine = rows.with_user(self.users[role])
                with self.subTest(role=role, model=rows._name):
                    self.assertTrue(rows, "there is something to find")
                    found = outcome(mine.search, [("id", "in", rows.ids)])
                    self.assertIn(found, ("AccessError", f"{rows.browse()}"))
                    with self.assertRaises(AccessError):
                        mine.read()

    def test_lower_roles_write_no_history(self):
        before = [rows.ids for rows in self.history()]
        for role in LOWER_ROLES:
            for door, call in TALKING.items():
                record = self.records_of(role, "ups.connection")
                with self.subTest(role=role, door=door), self.assertRaises(AccessError):
                    call(record)
        self.assertEqual([rows.ids for rows in self.history()], before)

    def test_an_administrator_adds_nothing_to_the_history(self):
        with self.assertRaises(AccessError):
            self.records_of("administrator", "ups.connection").message_post(body="Hello")

    def test_nobody_rewrites_the_history(self):
        notes = self.records["ups.connection"].message_ids.with_user(self.admin)
        self.assertEqual(notes.author_id, self.admin.partner_id)
        before = notes.read(["body", "author_id"])
        for groups in (self.admin.group_ids, self.env.ref("base.group_user")):
            self.admin.group_ids = groups
            for values in ({"body": "Not me"}, {"author_id": self.env.ref("base.partner_root").id}):
                with self.subTest(groups=groups, values=values), self.assertRaises(AccessError):
                    notes.write(values)
        self.assertEqual(notes.read(["body", "author_id"]), before)

    def end_authorization(self):
        """Let UPS end it, so that an activity asks the administrator to renew it."""
        connection = self.records["ups.connection"]
        end_authorization(connection)
        attachment = {"name": "History", "res_model": connection._name, "res_id": connection.id}
        self.env["ir.attachment"].create(attachment)
        self.env.flush_all()

    def history(self):
        connection = self.records["ups.connection"]
        yield connection.message_ids
        yield connection.activity_ids
        yield self.env["ir.attachment"].search([("res_model", "=", connection._name)])


def shows(answer, name):
    """:return: whether an answer of any shape has a value for the field."""
    if isinstance(answer, dict):
        values = {key: value for key, value in answer.items() if key.split(":")[0] == name}
        return any(map(truthy, values.values())) or any(
            shows(value, name) for value in answer.values()
        )
    return isinstance(answer, list | tuple) and any(shows(each, name) for each in answer)


def truthy(value):
    """:return: whether there is a value in the lists."""
    return any(map(truthy, value)) if isinstance(value, list) else bool(value)


def answer_of(call, *args):
    """:return: the answer, or the words of the refusal."""
    try:
        return call(*args)
    except REFUSALS as error:
        return str(error)


def outcome(call, *args):
    """:return: all that a caller can tell apart."""
    try:
        return str(call(*args))
    except REFUSALS as error:
        return type(error).__name__


def domains(value, name):
    """:return: a domain that finds the value, and one that finds another."""
    if hasattr(value, "ids"):
        return [(name, "in", value.ids)], [(name, "in", [-1])]
    if isinstance(value, dict):
        return [(name, "!=", False)], [(name, "=", False)]
    if isinstance(value, str):
        return [(name, "=like", value[:9] + "%")], [(name, "=like", "~~~%")]
    return [(name, "=", value)], [(name, "!=", value)]
