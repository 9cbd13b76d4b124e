"""What the overview tells: at any size by as many queries, to a newcomer the next step."""

import time
from unittest.mock import patch

from lxml import etree
from odoo import SUPERUSER_ID, fields
from odoo.tests import tagged

from ..models import ups_pickup_jobs
from .common import PickupCase


@tagged("post_install", "-at_install")
class TestOverview(PickupCase):
    def setUp(self):
        super().setUp()
        up_for_long = patch.object(ups_pickup_jobs, "STARTED", -ups_pickup_jobs.CATCHES_UP)
        self.enterContext(up_for_long)
        with self.transaction(SUPERUSER_ID) as env:
            self.clerk_id = self.new_user(env, "ups_clerk", "ups_pickup.group_user").id

    def overview(self, uid=None):
        """:return: what is told, and how many queries it took."""
        with self.transaction(uid) as env:
            env.user.has_group("ups_pickup.group_user")  # what each request reads anyway
            env["ups.pickup"].check_access("read")
            before = env.cr.sql_log_count
            pickups = env["ups.pickup"].with_context(allowed_company_ids=[self.company_id])
            return pickups.overview(), env.cr.sql_log_count - before

    def test_cutoffs_of_drafts_by_as_many_queries_at_any_size(self):
        def place(zone, **vals):
            return self.place(zone, ready_time=9, close_time=17, **vals)

        def draft(place_id):
            self.new_pickup(place_id, pickup_date="2026-11-24")

        self.overview()  # fills the registry's caches
        draft(place("America/New_York", cutoff_time=11.5))  # it is noon there
        draft(place("Pacific/Honolulu", cutoff_time=16.5, minimum_window=2))
        closed = place("America/New_York")
        with self.transaction(SUPERUSER_ID) as env:
            days = env["ups.pickup.location"].browse(closed).calendar_id.attendance_ids
            days.filtered(lambda each: each.dayofweek == "1").unlink()
        draft(closed)  # it is Tuesday
        draft(beside := place("America/New_York"))
        self.force(
            asked_for := self.new_pickup(beside, pickup_date="2026-11-24"), state="requested"
        )
        self.force(asked_for, prn="2929602E9CP")
        few, queries = self.overview()
        self.assertEqual(
            [(each["zone"], each["cutoff"], each["seconds"]) for each in few["cutoffs"]],
            [("Honolulu", "15:00", 8 * 3600), ("New York", "11:30", -1800)],
        )
        for _number in range(9):
            draft(place("America/New_York"))
        many, more_queries = self.overview()
        self.assertEqual((many["today"], len(many["cutoffs"])), (14, 11))
        self.assertEqual(more_queries, queries)
        self.assertLessEqual(queries, 14, "with those about jobs that stand still")

    def test_a_job_that_stands_still_is_told_to_who_waits_for_it(self):
        def told(**vals):
            with self.transaction(SUPERUSER_ID) as env:
                jobs = env.ref("ups_pickup.ir_cron_plan") + env.ref("ups_pickup.ir_cron_check")
                others = env["ups.pickup.location"].search([("id", "!=", self.location_id)])
                others.plan = "manual"
                jobs.write({"active": True, "nextcall": fields.Datetime.now(), **vals})
                said = env["ups.pickup"]._standstill_in_words()
                self.assertTrue(env["res.config.settings"]._ups_advice().endswith(said))
                env.cr.rollback()
                return said

        off, late = {"active": False}, {"nextcall": "2020-01-01"}
        self.assertEqual(told(**off), "", "nobody waits for it")
        self.set_place(plan="working_days")
        for vals in (off, late):
            self.assertIn("“UPS pickups: request what is planned”.", told(**vals))
        self.assertEqual(told(), "")
        with patch.object(ups_pickup_jobs, "STARTED", time.monotonic()):
            self.assertEqual(told(**late), "", "a server that was down has just begun")
        self.booked()
        self.assertIn("“UPS pickups: ask UPS for news”, ", told(**late))

    def test_the_currency_of_a_price_is_shown_where_nobody_uses_it(self):
        with self.transaction(SUPERUSER_ID) as env:
            pound = env.ref("base.GBP")
            self.assertFalse(pound.active)
            self.assertNotIn(pound.id, env["res.currency"].get_all_currencies())
            account = self.new_account(env, "LONDON")
            account.country_id = env.ref("base.uk")
            self.assertEqual(env["res.currency"].get_all_currencies()[pound.id]["symbol"], "£")
            account.unlink()
            self.assertNotIn(pound.id, env["res.currency"].get_all_currencies())
            env.cr.rollback()

    def test_no_empty_column_says_that_all_are_real(self):
        for environment, optional in (("production", "hide"), ("cie", "show")):
            with (
                self.subTest(environment),
                patch.dict("os.environ", {"UPS_ENVIRONMENT": environment}),
                self.transaction(self.clerk_id) as env,
            ):
                arch = etree.fromstring(env["ups.pickup"].get_view(view_type="list")["arch"])
                [column] = arch.xpath("//field[@name='environment']")
                self.assertEqual(column.get("optional"), optional)
                self.assertFalse(column.get("invisible"))

    def test_the_first_steps(self):
        with self.transaction(SUPERUSER_ID) as env:
            env["ups.connection"].search([("company_id", "=", self.company_id)]).unlink()
            env["ups.pickup.location"].browse(self.location_id).unlink()
            admin = env["res.users"].browse(self.admin_id).name

        def next_step(uid):
            steps = self.overview(uid)[0]["steps"]
            found = [step for step in steps if step.keys() & {"button", "who"}]
            self.assertEqual(len(found), 1)
            return [step["is_done"] for step in steps], found[0]

        done, step = next_step(self.admin_id)
        self.assertEqual((done, step["name"]), ([False] * 3, "authorize"))
        self.assertIn("button", step)
        _done, step = next_step(self.clerk_id)
        self.assertNotIn("button", step)
        self.assertIn(admin, step["who"])

        self.authorize(expired=False)
        done, step = next_step(self.clerk_id)
        self.assertEqual((done, step["name"]), ([True, False, False], "location"))
        self.location_id = self.place("America/New_York")
        done, step = next_step(self.clerk_id)
        self.assertEqual((done, step["name"]), ([True, True, False], "pickup"))
        self.assertIn("button", step)
        self.new_pickup()
        self.assertEqual(self.overview(self.clerk_id)[0]["steps"], [])

    def test_what_is_exported_can_be_changed_and_imported_again(self):
        pickup_id = self.new_pickup()
        with self.transaction() as env:
            pickup = env["ups.pickup"].browse(pickup_id)
            pickup.line_ids.copy({"quantity": 7})
            names = env.ref("ups_pickup.ir_exports_pickups").export_fields.mapped("name")
            rows = pickup.export_data(names)["datas"]
            rows = [[str(value or "") for value in row] for row in rows]
            at = names.index("line_ids/quantity")
            self.assertEqual([row[at] for row in rows], ["1", "7"])
            rows[0][names.index("close_time")], rows[1][at] = "18.5", "12"
            told = env["ups.pickup"].load(names, rows)
            self.assertEqual([each["message"] for each in told["messages"]], [])
            self.assertEqual(told["ids"], [pickup_id])
        self.assertEqual(self.stored_values(pickup_id, "quantity", "close_time"), (13, 18.5))
