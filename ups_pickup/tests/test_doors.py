"""Who has no pickups gets none, and no clerk writes what the addon alone writes: at any door."""

import csv
import io
import json
from contextlib import suppress

from odoo.addons.ups_pickup_oauth.tests.common import UpsCase, UpsHttpCase
from odoo.addons.ups_pickup_oauth.tests.test_remote_calls import RemoteDoors
from odoo.addons.ups_pickup_oauth.tests.test_roles import WRITING, Doors
from odoo.exceptions import UserError
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
    "monetary": 1.0,
    "date": "2026-12-24",
    "datetime": "2026-12-24 12:00:00",
    "many2one": 1,
    "selection": None,
}
"""What an attacker writes, by type: of a selection another value, else a text."""


@tagged("post_install", "-at_install")
class TestPickupDoors(Doors, PlantedPickups, UpsCase):
    def test_nobody_writes_what_the_addon_alone_writes(self):
        names = OWN - {"company_id"}  # the location's, whatever is said
        for role, user in self.own.items():
            for door, call in WRITING.items():
                for pickup in (self.draft, self.records["ups.pickup"]):
                    with self.subTest(role=role, door=door, state=pickup.state):
                        mine = pickup.with_user(user)
                        done = [
                            each
                            for each in names
                            if self.tried(call, mine, each, value(mine, each))
                        ]
                        self.assertFalse(done)
        self.env.invalidate_all()
        self.assert_nothing_happened()

    def test_a_default_of_the_caller_is_none(self):
        mine = self.draft.with_user(self.own["clerk"])
        for name in OWN - {"company_id", "name"}:
            by_context = mine.with_context(**{f"default_{name}": value(mine, name)})
            with self.subTest(name):
                made = by_context.create({"location_id": mine.location_id.id})
                self.assertEqual(made[name], self.draft[name])
                mine.env["ir.default"].set("ups.pickup", name, value(mine, name), user_id=True)
                made = mine.create({"location_id": mine.location_id.id})
                self.assertEqual(made[name], self.draft[name])

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
        self.authenticate("ups_clerk", "ups_clerk")
        shown = self.env["ups.pickup"].with_user(self.own["clerk"]).fields_get(attributes=[])
        names = [*shown, "location_id/name", "batch_id/name"]
        asked = {
            "model": "ups.pickup",
            "fields": [{"name": name, "label": name, "type": "char"} for name in names],
            "ids": False,
            "domain": [],
            "import_compat": False,
        }
        form = {"data": json.dumps(asked), "csrf_token": Request.csrf_token(self)}
        sheet = load_workbook(io.BytesIO(self.url_open("/web/export/xlsx", form).content)).active
        cells = [cell for row in sheet.iter_rows() for cell in row]
        self.assertIn(f"'{PLANTED}", [cell.value for cell in cells])
        self.assertFalse([cell.value for cell in cells if cell.data_type == "f"])
        rows = csv.reader(io.StringIO(self.url_open("/web/export/csv", form).text))
        texts = [text for row in rows for text in row]
        self.assertIn(f"'{PLANTED}", texts)
        self.assertFalse([text for text in texts if text.startswith("=")])


def value(pickup, name):
    """:return: one that it has not."""
    field = pickup._fields[name]
    others = field.type == "selection" and reversed(field.get_values(pickup.env))
    return VALUES.get(field.type, "x") or next(each for each in others if each != pickup[name])
