"""Who has no pickups gets none, and no clerk writes what the addon alone writes: at any door."""

import csv
import io
import json
from contextlib import suppress

from odoo.addons.ups_pickup_oauth.note import note
from odoo.addons.ups_pickup_oauth.own_transaction import in_own_transaction
from odoo.addons.ups_pickup_oauth.tests.common import UpsCase, UpsHttpCase
from odoo.addons.ups_pickup_oauth.tests.test_remote_calls import RemoteDoors
from odoo.addons.ups_pickup_oauth.tests.test_roles import WRITING, Doors, answer_of
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.http import Request
from odoo.tests import tagged
from odoo.tools import mute_logger
from openpyxl import load_workbook
from psycopg2 import IntegrityError

from ..models.ups_pickup import OWN
from .planted_pickups import PLANTED, PlantedPickups

VALUES = {
    "json": {"a": 1},
    "float": 1.0,
    "integer": 77,
    "monetary": 1.0,
    "date": "2026-12-24",
    "datetime": "2026-12-24 12:00:00",
    "many2one": 1,
    "selection": None,
}
"""What an attacker writes, by type: of a selection another value, else a text."""

THEIRS = "=theirs"
FOR_ONE = "user_notification"
"""A message that stands in no history."""


class Undone(Exception):
    """Takes back what a test has done."""


@tagged("post_install", "-at_install")
class TestPickupDoors(Doors, PlantedPickups, UpsCase):
    def test_nobody_writes_what_the_addon_alone_writes(self):
        names = OWN - {"company_id"}  # the location's, whatever is said
        for role, user in self.own.items():
            for door, call in WRITING.items():
                for pickup in (self.draft, self.records["ups.pickup"]):
                    with self.subTest(role=role, door=door, state=pickup.state):
                        mine = pickup.with_user(user)
                        done = (self.tried(call, mine, each, value(mine, each)) for each in names)
                        self.assertFalse([*filter(None, done)])
        self.env.invalidate_all()
        self.assert_nothing_happened()

    def test_a_default_of_the_caller_is_none(self):
        mine = self.draft.with_user(self.own["clerk"])
        lines = mine._usual_lines(mine.location_id)
        vals = {"location_id": mine.location_id.id, "line_ids": lines}
        for name in (OWN | mine._fields.keys() & {"delivery_sum"}) - {"company_id", "name"}:
            default = {f"default_{name}": value(mine, name)}
            mine.env["ir.default"].sudo().set("ups.pickup", name, value(mine, name))
            for who, own in (("clerk", mine), ("the addon for a clerk", mine.sudo())):
                # Odoo itself refuses a default of the context from those who may not write it.
                given = {} if mine._fields[name].groups and who == "clerk" else default
                with self.subTest(name, who=who):
                    for made in (own.with_context(**given).create(vals), own.create(vals)):
                        self.assertEqual(made.sudo()[name], self.draft[name])
        requested, [line] = self.records["ups.pickup"], self.draft.line_ids
        links = {
            "default_again_ids": [Command.link(requested.id)],
            "default_line_ids": [Command.link(line.id)],
            "default_container": "letter",
        }
        for name in ("again_ids", "line_ids"):
            mine.env["ir.default"].set("ups.pickup", name, links[f"default_{name}"], user_id=True)
        for given in (links, {}):
            made = mine.with_context(**given).sudo().create(vals)
            made |= mine.sudo().create({"location_id": mine.location_id.id})
            self.assertEqual(made.line_ids.mapped("container"), ["package"])
        self.assertEqual((requested.retry_of_id, line.pickup_id), (mine.browse(), self.draft))

    def test_an_own_transaction_takes_neither_defaults_nor_switches_along(self):
        off = {"default_state": "done", "tracking_disable": True}
        env = self.env(context={**off, "lang": "en_US"})
        self.assertEqual(in_own_transaction(env, lambda own: dict(own.context)), {"lang": "en_US"})

    def elsewhere(self):
        """:return: a location of the other company, where a driver is to come."""
        company = self.other_company.id
        account = self.new_account(self.env, "THEIR1", company, name=THEIRS)
        words = {"name": THEIRS, "instruction": THEIRS, "contact_name": THEIRS, "room": THEIRS}
        words["ready_time"] = 3.25
        there = self.new_location(self.env, "Asia/Tokyo", company, account.id, **words)
        there.partner_id.write({"name": THEIRS, "phone": THEIRS})
        own = self.draft.copy({"location_id": there.id, "account_id": account.id})
        open_one = own.copy()
        open_one.write({"state": "requested", "prn": "29THEIRS001"})
        return there, own, open_one

    def test_nobody_reaches_another_company_by_writing(self):
        there, theirs, _open = self.elsewhere()
        here = self.new_location(self.env, "UTC", self.company_id)
        partner = self.env["res.partner"].create({"name": "Anybody"})
        days = {"date_from": "2026-12-25 05:00:00", "date_to": "2026-12-26 04:59:59"}
        leave = self.env["resource.calendar.leaves"].create(
            days | {"name": "Closed", "calendar_id": here.calendar_id.id, "company_id": False}
        )
        closed = leave.copy({"calendar_id": here.calendar_id.id, "company_id": False})
        employee = self.env["resource.resource"].create(
            {"name": "Boss", "company_id": there.company_id.id, "user_id": self.admin.id}
        )
        batch = self.env["ups.pickup.batch"].create({"company_id": self.company_id})
        account = self.new_account(self.env, "SPARE1")
        standard, company = self.company.resource_calendar_id, {"company_id": there.company_id.id}
        unlinked = there.calendar_id.copy()
        service = there.service_id
        usual_nowhere = service.create({"code": "997", "name": "Rare"})
        theirs.line_ids.service_id = usual_nowhere
        theirs_too = company | {"account_id": there.account_id.id, "partner_id": partner.id}
        for may_be_both, record, vals in (
            (True, self.draft, {"location_id": there.id}),
            (True, self.draft.line_ids, {"pickup_id": theirs.id}),
            (True, here, theirs_too),
            (True, service, {"name": "Mine"}),
            (True, usual_nowhere, {"active": False}),
            (True, batch, company),
            (True, account, company),
            (True, here.calendar_id.attendance_ids[0], {"calendar_id": there.calendar_id.id}),
            (True, leave, {"calendar_id": there.calendar_id.id}),
            (False, closed, {"resource_id": employee.id}),
            (True, here.calendar_id, company),
            (True, there.calendar_id, {"tz": "UTC"}),
            (True, there.calendar_id.attendance_ids[0], {"hour_from": 9}),
            (False, standard, {"tz": "UTC"}),
            (False, standard.attendance_ids[0], {"hour_from": 9}),
            (False, unlinked, {"name": "Mine"}),
            (False, here, {"calendar_id": standard.id}),
        ):
            for companies in (self.company, self.company + self.other_company):
                person = self.own["manager"]
                person.company_ids = companies
                mine = record.with_user(person).with_context(allowed_company_ids=companies.ids)
                with self.subTest(record._name, vals=vals, companies=len(companies)):
                    done = self.outcome_of(lambda mine=mine, vals=vals: mine.write(vals))
                    self.assertEqual(done, may_be_both and len(companies) == 2)
            if not may_be_both:
                with self.subTest(record._name, vals=vals, person="administrator"):
                    self.admin.group_ids += self.env.ref("ups_pickup.group_manager")
                    self.assertTrue(record.with_user(self.admin).write(vals))
        mine, new = here.calendar_id.with_user(self.own["manager"]), company | {"name": "New"}
        mine.env.user.company_ids = self.company
        self.assertFalse(self.outcome_of(lambda: mine.create(new)))
        # Whose right to write holidays is not that of managers keeps it, here and there.
        shared = {"calendar_id": there.calendar_id.id, "company_id": False}
        manager, theirs_too = self.own["manager"], leave.copy(shared)
        theirs_too.company_id = False
        manager.company_ids = self.company
        for others in (self.env["res.groups"], self.env.ref("base.group_erp_manager")):
            manager.group_ids += others
            mine = theirs_too.with_user(manager)
            self.assertEqual(self.outcome_of(lambda m=mine: m.write({"name": "X"})), bool(others))

    def test_nobody_rewrites_the_history(self):
        pickup, boss = self.records["ups.pickup"], self.admin.partner_id.id
        past, contact = "2020-01-01 00:00:00", self.env["res.partner"].create({"name": "UPS"})
        note(pickup, "UPS sends a driver.")
        for role, user in self.own.items():
            mine = pickup.with_user(user)
            told, messages = mine.message_ids, mine.env["mail.message"]
            note(mine, "I have cancelled it.")
            told |= mine.message_ids
            said = mine.message_post(body="I saw it.", message_type="comment")
            theirs = pickup.message_post(body="So did I.", message_type="comment").with_user(user)
            new = {"model": pickup._name, "res_id": pickup.id, "body": "UPS: 003."}
            for may, name, call in (
                (True, "own words", lambda said=said: said.write({"body": "I heard it."})),
                (True, "own words", lambda said=said: said.unlink()),
                (False, "others' words", lambda theirs=theirs: theirs.write({"body": "?"})),
                (False, "others' words", lambda theirs=theirs: theirs.unlink()),
                (False, "another's", lambda said=said: said.write({"author_id": boss})),
                (False, "a line", lambda said=said: said.write({"message_type": "notification"})),
                *((False, each.body, lambda each=each: each.unlink()) for each in told),
                *((False, each.body, lambda each=each: each.write({"body": "?"})) for each in told),
            ):
                with self.subTest(role=role, what=name):
                    self.assertEqual(self.outcome_of(call), may)
            by_boss, named = new | {"author_id": boss}, {"author_id": contact.id}
            by_ups = {"author_id": False, "email_from": "UPS <ups@example.com>", "date": past}
            dated = messages.with_context(default_date=past)
            for kind in {*messages._fields["message_type"].get_values(mine.env)} - {FOR_ONE}:
                of_kind = {"body": "UPS: 003.", "message_type": kind}
                made = mine.message_post(**of_kind, author_id=boss)
                made |= mine.message_post(**of_kind, **named, email_from=by_ups["email_from"])
                rows = (new, by_boss, new | by_ups, new | named)
                made |= dated.create([row | of_kind for row in rows])
                made |= messages.create([row | {"message_type": FOR_ONE} for row in rows])
                for forged in made:
                    with self.subTest(role=role, kind=kind):
                        self.assertIn(forged.message_type, ("comment", FOR_ONE))
                        self.assertEqual(forged.author_id, user.partner_id)
                        self.assertNotIn("ups@", forged.email_from)
                        self.assertNotEqual(f"{forged.date}", past)
            self.assertFalse(self.outcome_of(lambda made=made: made.write({"date": past})))
        self.admin.write({"out_of_office_from": past, "out_of_office_message": "I am away."})
        mine.message_post(body="Who?", message_type="comment", partner_ids=[boss])
        answer = pickup.message_ids.filtered(lambda each: each.author_id.id == boss)
        self.assertIn("I am away", answer.body)

    def test_what_all_companies_tell_ups_stays(self):
        service = self.draft.line_ids.service_id
        with self.assertRaisesRegex(UserError, "keeps its code"):
            service.with_user(self.own["manager"]).write({"code": "777"})
        self.assertTrue(service.with_user(self.own["manager"]).write({"code": service.code}))
        new = service.with_user(self.own["manager"]).create({"code": "998", "name": "Mistyped"})
        self.assertTrue(new.write({"code": "999"}))
        self.assertTrue(new.write({"active": False}) and new.unlink())

    def test_nobody_writes_a_pause_of_an_account(self):
        mine = self.draft.account_id.with_user(self.own["manager"])
        mine.write({"last_problem": "forged"})
        mine.update_field_translations("last_problem", {"en_US": "forged"})
        self.assertNotEqual(mine.last_problem, "forged")

    def outcome_of(self, call):
        """:return: whether it may be done; it is undone."""
        done = False
        with suppress(AccessError, Undone), self.env.cr.savepoint():
            call()
            self.env.flush_all()
            done = True
            raise Undone
        return done

    def test_a_form_shows_nothing_of_what_another_company_has(self):
        there, _theirs, open_one = self.elsewhere()
        groups = "ups_pickup.group_manager"
        if "stock.picking" in self.env:
            groups += ",stock.group_stock_user"
        person = self.new_user("ups_curious", groups, self.company)
        self.env.flush_all()
        self.env.invalidate_all()
        day = str(open_one.pickup_date)
        for model, vals in (
            ("ups.pickup", {"location_id": there.id, "pickup_date": day, "kind": "oncall"}),
            ("ups.pickup.location", {"partner_id": there.partner_id.id}),
            ("stock.picking", {"ups_pickup_id": open_one.id}),
        ):
            if model not in self.env:
                continue
            for name, field in self.env[model]._fields.items():
                spec = {name: {"fields": {"display_name": {}}} if field.relational else {}}
                if name in vals or not (model.startswith("ups.") or name.startswith("ups_")):
                    continue
                empty = self.env[model].with_user(person)
                for changed in ([], ["name"]):
                    with self.subTest(model, name=name, changed=changed):
                        told = str(answer_of(empty.onchange, dict(vals), changed, spec))
                        for secret in (THEIRS, "29THEIRS001", "3.25", "Asia/Tokyo", "'requested"):
                            self.assertNotIn(secret, told)
        account = there.account_id
        for model, name, record in (
            ("ups.pickup", "account_id", account),
            ("ups.pickup", "retry_of_id", open_one),
            ("ups.pickup.number", "pickup_id", open_one),
            ("ups.pickup.location", "account_id", account),
            ("stock.picking", "ups_pickup_id", open_one),
        ):
            if model not in self.env:
                continue
            given = {"active_id": record.id, f"default_{name}": record.id}
            empty = self.env[model].with_user(person).with_context(**given)
            spec = {name: {"fields": {"display_name": {}}}}
            by_default = str(answer_of(empty.onchange, {}, [], spec))
            told = str(answer_of(empty.onchange, {name: record.id}, [], spec))
            with self.subTest(model, name=name):
                self.assertNotIn(THEIRS, by_default + told)
                self.assertIn("of another company", told)
        asks = self.env["ups.pickup.number"].with_user(person)
        vals = {"pickup_id": open_one.id, "prn": "29AAAAAAAAA"}
        self.assertFalse(self.outcome_of(lambda: asks.create(vals)))

    def test_nothing_where_something_is_required_is_no_crash(self):
        for model, record in (self.records | {"ups.pickup": self.draft}).items():
            for name in [each for each, field in record._fields.items() if field.required]:
                with self.subTest(model, name=name):
                    shown = record.new({name: False}, origin=record)
                    self.assertTrue([shown[each] for each in self.fields_of(model)])
                    told_in_words = suppress(UserError, IntegrityError)
                    with told_in_words, mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                        record.write({name: False})
                        self.env.flush_all()
                self.env.invalidate_all(flush=False)


@tagged("post_install", "-at_install")
class TestRemotePickups(RemoteDoors, PlantedPickups, UpsHttpCase):
    def test_the_doors_open_for_a_clerk_but_not_to_what_the_addon_alone_writes(self):
        self.secrets = set()
        for role, door in self.each_door(self.own):
            for name in ("prn", "state", "reference"):
                with self.subTest(role=role, door=door.__name__, name=name):
                    [row] = self.ask(role, door, "ups.pickup", "read", fields=[name])
                    self.assertEqual(row[name], self.records["ups.pickup"][name])
                    vals = {name: "draft"}
                    self.assertIsNone(self.ask(role, door, "ups.pickup", "write", vals=vals))
        self.assert_nothing_happened()

    def test_no_exported_cell_is_a_formula(self):
        self.own["clerk"].group_ids += self.env.ref("base.group_system")  # two models are theirs
        self.env["ups.connection"]._row_of(self.company_id).user_note = PLANTED
        self.authenticate("ups_clerk", "ups_clerk")
        shown = self.env["ups.pickup"].with_user(self.own["clerk"]).fields_get(attributes=[])
        of_pickup = ("instruction", "problem", "status_message", "location_id")
        for model, names, groups in (
            ("ups.pickup", [*shown, "location_id/name", "batch_id/name"], []),
            ("ups.pickup", ["name"], ["location_id", "instruction"]),
            ("ups.pickup", ["name"], ["problem"]),
            ("ups.pickup.line", [f"pickup_id/{name}" for name in of_pickup], []),
            ("ups.pickup.batch", ["name", *(f"pickup_ids/{name}" for name in of_pickup)], []),
            ("ups.pickup.location", ["name", "account_id", "room"], ["name"]),
            ("ups.pickup.account", ["name"], ["name"]),
            ("res.company", ["name", "ups_user_note"], []),
            ("ups.connection", ["user_note"], ["user_note"]),
        ):
            with self.subTest(model, names=names, groups=groups):
                asked = {
                    "model": model,
                    "fields": [{"name": name, "label": name, "type": "char"} for name in names],
                    "ids": False,
                    "domain": [],
                    "groupby": groups,
                    "import_compat": False,
                }
                form = {"data": json.dumps(asked), "csrf_token": Request.csrf_token(self)}
                file = io.BytesIO(self.url_open("/web/export/xlsx", form).content)
                cells = [cell for row in load_workbook(file).active.iter_rows() for cell in row]
                self.assertTrue([1 for cell in cells if f"'{PLANTED}" in str(cell.value)])
                self.assertFalse([cell.value for cell in cells if cell.data_type == "f"])
                if groups:
                    continue  # Odoo has no such CSV
                rows = csv.reader(io.StringIO(self.url_open("/web/export/csv", form).text))
                texts = [text for row in rows for text in row]
                self.assertIn(f"'{PLANTED}", texts)
                self.assertFalse([text for text in texts if text.startswith("=")])


def value(pickup, name):
    """:return: one that it has not."""
    field = pickup._fields[name]
    others = field.type == "selection" and reversed(field.get_values(pickup.env))
    return VALUES.get(field.type, "x") or next(each for each in others if each != pickup[name])
