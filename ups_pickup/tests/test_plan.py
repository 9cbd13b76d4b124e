"""What is requested with no click: plans, where they were switched on, and batches."""

from unittest.mock import patch

from odoo import SUPERUSER_ID
from odoo.modules.neutralize import get_neutralization_queries
from odoo.tests import tagged

from .common import PickupCase

PLAN = "odoo.addons.ups_pickup.models.ups_pickup_location_plan"


@tagged("post_install", "-at_install")
class TestPlan(PickupCase):
    def plan(self, **vals):
        with self.transaction() as env:
            env["ups.pickup.location"].browse(self.location_id).write(vals)

    def run_plans(self):
        with self.transaction(SUPERUSER_ID) as env:
            env["ups.pickup"]._cron_plan()

    def dates(self):
        return sorted(truck["date"] for truck in self.simulator.trucks())

    def test_each_working_day_is_requested_once_on_the_day_before(self):
        self.plan(plan="working_days", plan_time=17.0, plan_day="before")
        for moment, dates in (
            ("2026-11-24 16:50", []),
            ("2026-11-24 17:00", ["20261125"]),
            ("2026-11-24 17:05", ["20261125"]),
            ("2026-11-25 16:50", ["20261125"]),
            ("2026-11-25 17:05", ["20261125", "20261126"]),
        ):
            with self.subTest(moment):
                self.set_time(moment, "America/New_York")
                self.run_plans()
                self.assertEqual(self.dates(), dates)
        self.assertEqual(self.posts(), 2)

    def test_what_never_left_is_tried_again_and_a_person_is_no_plan(self):
        self.plan(plan="working_days", plan_time=9.0, plan_day="same")
        mine = self.new_pickup()
        self.simulator.refuse_next("request", "250003", "Too many", status=429)
        self.run_plans()
        self.assertEqual(self.dates(), [])
        self.wait(minutes=5)
        self.run_plans()
        self.assertEqual(self.dates(), ["20261124"])
        self.assertEqual(self.stored_values(mine, "state"), "draft")

    def test_packages_that_come_in_the_morning(self):
        self.plan(plan="when_packages", plan_time=17.0, plan_day="before")
        self.set_time("2026-11-23 17:05", "America/New_York")
        self.run_plans()
        self.assertEqual(self.dates(), [])
        self.new_pickup(uid=SUPERUSER_ID, pickup_date="2026-11-24", origin="deliveries")
        self.set_time("2026-11-24 09:00", "America/New_York")
        self.run_plans()
        self.assertEqual(self.dates(), ["20261124"])

    def test_a_copy_requests_nothing_by_itself(self):
        self.plan(plan="working_days", plan_time=9.0, plan_day="same")
        with (
            patch(f"{PLAN}.identity", return_value="another/1"),
            patch(f"{PLAN}.is_beside", return_value=True),
        ):
            self.run_plans()
        with patch.dict("os.environ", {"UPS_ENVIRONMENT": "production"}):
            self.run_plans()
        with self.transaction(SUPERUSER_ID) as env:
            for query in get_neutralization_queries(["ups_pickup"]):
                env.cr.execute(query)
            location = env["ups.pickup.location"].browse(self.location_id)
            self.assertEqual(location.plan, "manual")
            env.cr.rollback()
        self.assertEqual(self.dates(), [])
        self.run_plans()
        self.assertEqual(self.dates(), ["20261124"])

    def test_a_batch(self):
        with self.transaction() as env:
            batch = env["ups.pickup.batch"].create(
                {
                    "company_id": self.company_id,
                    "location_ids": [(6, 0, [self.location_id])],
                    "date_from": "2026-11-24",
                    "date_to": "2026-11-26",
                    "quantity": 3,
                }
            )
            for _twice in range(2):
                batch.action_fill()
                self.assertEqual(len(batch.pickup_ids), 3)
            batch_id = batch.id
        with self.transaction() as env:
            env["ups.pickup.batch"].browse(batch_id).action_request()
        self.assertEqual(self.posts(), 0)
        self.simulator.refuse_next("request", "250003", "Too many", status=429)
        for state, trucks in (("paused", 0), ("done", 3)):
            with self.transaction(SUPERUSER_ID) as env:
                env["ups.pickup.batch"]._cron_request()
            with self.transaction() as env:
                self.assertEqual(env["ups.pickup.batch"].browse(batch_id).state, state)
            self.assertEqual(len(self.dates()), trucks)
