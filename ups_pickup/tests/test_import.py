"""What a coordinator's file may bring, and what is told of a bad row."""

import io
from datetime import time, timedelta

from odoo import SUPERUSER_ID
from odoo.addons.web.controllers.export import CSVExport
from odoo.tests import tagged
from odoo.tools import file_open
from openpyxl import Workbook

from .common import PickupCase
from .ups_pickup_simulator import ACCOUNT

USUAL = ["location_id", "pickup_date", "line_ids/quantity"]
GOOD = ["America/New_York", "2026-11-26", "11"]
LINES = [*USUAL, "line_ids/service_id", "line_ids/destination_country_id"]

# columns, rows after a good one, what is told of the row at fault
BAD = [
    (USUAL, [GOOD, ["Nowhere", "2026-11-26", "1"]], 1, "Nowhere"),
    (USUAL, [["Twins", "2026-11-26", "1"]], 0, "several locations"),
    (USUAL, [GOOD, GOOD, ["America/New_York", "11/31/26", "1"]], 2, "11/31/26"),
    (USUAL, [GOOD, ["America/New_York", "2026-11-23", "1"]], 1, "is past"),
    (USUAL, [GOOD, ["America/New_York", "2026-11-28", "1"]], 1, "is closed"),
    (USUAL, [GOOD, ["America/New_York", "2026-11-26", "1000"]], 1, "from 1 to 999 pieces"),
    (USUAL, [GOOD, ["America/New_York", "2026-11-26", "0"]], 1, "from 1 to 999 pieces"),
    (LINES, [[*GOOD, "UPS Rocket", ""]], 0, "UPS Rocket"),
    *[
        ([*USUAL, name], [[*GOOD, ""], [*GOOD, value]], 1, "Only Odoo itself writes")
        for name, value in (
            ("state", "done"),
            ("prn", "29ABCDEFGHI"),
            ("reference", "x"),
            ("price", "1"),
            ("outcome_source", "person"),
            ("environment", "production"),
            ("mailed_on", "2026-11-24 12:00:00"),
        )
    ],
]


HOURS = """Location;Pickup Date;Ready From;Closes At
Main warehouse;17.01.2030;13,5;16:30
Main warehouse;18.01.2030;9:00:00;5:15 pm
"""


def spreadsheet():
    book = Workbook()
    book.active.append(["Location", "Pickup Date", "Ready From", "Closes At"])
    for day, ready in ((21, time(9, 30)), (22, timedelta(hours=13))):
        book.active.append(["Main warehouse", f"2030-01-{day}", ready, time(16, 30)])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@tagged("post_install", "-at_install")
class TestImport(PickupCase):
    def setUp(self):
        super().setUp()
        with self.transaction(SUPERUSER_ID) as env:
            clerk = self.new_user(env, "ups_importer", "ups_pickup.group_user")
            self.clerk_id = clerk.id
            for _each in "ab":
                self.new_location(env, "UTC", name="Twins")
            calendar = env["ups.pickup.location"].browse(self.location_id).calendar_id
            calendar.attendance_ids.filtered(lambda each: each.dayofweek == "5").unlink()

    def test_a_bad_row_is_told_and_nothing_is_kept(self):
        for fields, rows, at_fault, words in BAD:
            with self.subTest(fields=fields[-1], words=words):
                with self.transaction(self.clerk_id) as env:
                    told = env["ups.pickup"].load(fields, rows)
                self.assertFalse(told["ids"])
                errors = [each for each in told["messages"] if each["type"] == "error"]
                self.assertIn(words, errors[0]["message"])
                self.assertEqual({each["rows"]["from"] for each in errors}, {at_fault})
        with self.transaction(SUPERUSER_ID) as env:
            own = [("company_id", "=", self.company_id)]
            self.assertFalse(env["ups.pickup"].search(own))

    def test_a_file_of_100_000_rows(self):
        with self.transaction(self.clerk_id) as env:
            told = env["ups.pickup"].load(USUAL, [GOOD] * 100_000)
        self.assertFalse(told["ids"])
        self.assertIn("Divide it into several files", told["messages"][0]["message"])

    def test_a_good_file_makes_drafts(self):
        rows = [
            [*GOOD, "UPS Next Day Air (001)", "Canada", f"Account {ACCOUNT} ({ACCOUNT})"],
            ["", "", "2", "003", "United States", ""],
            ["America/New_York", "2026-11-27", "", "", "", ACCOUNT],
        ]
        with self.transaction(self.clerk_id) as env:
            told = env["ups.pickup"].load([*LINES, "account_id"], rows)
            self.assertEqual(told["messages"], [])
            mixed, usual = env["ups.pickup"].browse(told["ids"])
            self.assertEqual((mixed.state, mixed.origin, mixed.quantity), ("draft", "person", 13))
            self.assertEqual(mixed.line_ids.service_id.mapped("code"), ["001", "003"])
            self.assertEqual(mixed.line_ids.destination_country_id.mapped("code"), ["CA", "US"])
            self.assertEqual((usual.location_id.id, usual.quantity), (self.location_id, 1))
            self.assertFalse(mixed.hint or usual.hint)
            mixed.sudo().prn = "29ABCDEFGHI"
            for written in ("29ABCDEFGHI", "29ab cdef-ghi", "29ABCDEF\u200bGHI", "CDEF"):
                self.assertEqual(env["ups.pickup"].name_search(written)[0][0], mixed.id)
        self.assertEqual(self.posts(), 0)

    def test_an_exported_file_is_imported_as_it_is(self):
        """Also what the export has marked, so that no spreadsheet takes it for a formula."""
        told = {"phone": "+1 212 555 0100", "instruction": "@gate: ring", "room": "=1"}
        told |= {"floor": "-1", "company_name": "'t Hof"}
        columns = ["id", *told, "plan"]
        with self.transaction(SUPERUSER_ID) as env:
            place = env["ups.pickup.location"].browse(self.location_id)
            place.write(told | {"plan": "working_days"})
            kept = ("plan", "plan_done_until", "plan_environment", "ready_time", "calendar_id")
            before = place.read(kept)
            rows = place.with_context(import_compat=True).export_data(columns)["datas"]
            shown = [{"name": each, "label": each} for each in columns]
            content = CSVExport().from_data(shown, columns, rows).encode()
            self.assertIn(b"'+1 212", content)
            importing = env["base_import.import"].create(
                {"res_model": place._name, "file": content, "file_name": "places.csv"}
            )
            options = {"has_headers": True, "quoting": '"', "separator": ","}
            self.assertEqual(importing.execute_import(columns, columns, options)["messages"], [])
            self.assertEqual({name: place[name] for name in told}, told)
            self.assertEqual(place.read(kept), before)
            env.cr.rollback()

    def test_an_empty_cell_is_as_usual(self):
        columns = ["id", "pickup_date", "ready_time", "close_time", "instruction", "account_id"]
        new = ["ups_test.new", "2026-11-26", "", "16.5", "", "", "3"]
        with self.transaction(self.clerk_id) as env:
            place = env["ups.pickup.location"].sudo().browse(self.location_id)
            place.instruction = "Ring twice"
            here = env["ups.pickup"].with_context(default_location_id=place.id)
            for names, row, day, instruction in (
                ([*columns, "line_ids/quantity"], new, 26, "Ring twice"),
                (columns, ["ups_test.new", "2026-11-27", "", "", "", ""], 27, False),
            ):
                told = here.load(names, [row])
                self.assertEqual(told["messages"], [])
                made = here.browse(told["ids"])
                self.assertEqual((made.ready_time, made.close_time), (14, 16.5))
                self.assertEqual((made.pickup_date.day, made.instruction), (day, instruction))
                self.assertEqual((made.location_id, made.account_id), (place, place.account_id))
                self.assertEqual((made.line_ids.service_id, made.quantity), (place.service_id, 3))
            names = ["name", "partner_id/.id", "account_id", "service_id", "quantity", "ready_time"]
            row = ["New", f"{place.partner_id.id}", "", "", "", ""]
            told = place.with_context(allowed_company_ids=[self.company_id]).load(names, [row])
            self.assertEqual(told["messages"], [])
            made = place.browse(told["ids"])
            self.assertEqual((made.ready_time, made.quantity, made.service_id.code), (14, 1, "003"))
            self.assertEqual(made.account_id, place.account_id)
            env.cr.rollback()

    def test_another_date_for_a_known_draft(self):
        """It is told of its row where UPS could not be asked, and brings the close of that day."""
        with self.transaction(SUPERUSER_ID) as env:
            calendar = env["ups.pickup.location"].browse(self.location_id).calendar_id
            calendar.attendance_ids.filtered(lambda each: each.dayofweek == "6").hour_to = 16
        usual, typed, old = (
            self.new_pickup(pickup_date="2026-11-26", close_time=close) for close in (17, 16.5, 17)
        )
        self.force(old, pickup_date="2026-11-20")
        columns = [".id", "pickup_date", "weight"]
        for days, at_fault in (
            ({usual: "2026-11-29", typed: "2026-11-27", old: "2026-11-20"}, None),
            ({usual: "2026-11-27", typed: "2026-11-29"}, 1),
            ({usual: "2026-11-27", typed: "2026-11-23"}, 1),
            ({usual: "2026-11-28", typed: "2026-11-27"}, 0),
        ):
            with self.transaction(self.clerk_id) as env:
                rows = [[f"{pickup_id}", day, "3"] for pickup_id, day in days.items()]
                messages = env["ups.pickup"].load(columns, rows)["messages"]
            at = [each["rows"]["from"] for each in messages]
            self.assertEqual(at, [] if at_fault is None else [at_fault])
        for pickup_id, close in ((usual, 16), (typed, 16.5), (old, 17)):
            self.assertEqual(self.stored_values(pickup_id, "close_time"), close)
        self.assertEqual(f"{self.stored_values(usual, 'pickup_date')}", "2026-11-29")

    def test_files_fit_as_they_are(self):
        """Odoo's import knows each column of the templates, and of a German's spreadsheet."""
        with self.transaction(self.clerk_id) as env:
            env["ups.pickup.location"].sudo().browse(self.location_id).name = "Main warehouse"
            env.flush_all()
            files = {"hours.csv": HOURS.encode("utf-8-sig"), "hours.xlsx": spreadsheet()}
            for template in env["ups.pickup"].get_import_templates():
                path = template["template"].lstrip("/")
                with file_open(path, "rb") as file:
                    files[path] = file.read()
            for path, content in files.items():
                with self.subTest(path):
                    importing = env["base_import.import"].create(
                        {"res_model": "ups.pickup", "file": content, "file_name": path}
                    )
                    options = {"has_headers": True, "quoting": '"', "separator": ""}
                    shown = importing.parse_preview(options)
                    columns = ["/".join(match) for _at, match in sorted(shown["matches"].items())]
                    # Odoo takes a German date for a number, until somebody chooses its format.
                    chosen = {"date_format": "%d.%m.%Y"} if path == "hours.csv" else {}
                    options = shown["options"] | chosen
                    told = importing.execute_import(columns, shown["headers"], options)
                    self.assertEqual(told["messages"], [])
                    self.assertEqual(len(told["ids"]), 2)
            hours = env["ups.pickup"].search([("ready_time", "in", (9, 9.5))], order="pickup_date")
            self.assertEqual(hours.mapped("close_time"), [17.25, 16.5])
            env.cr.rollback()
