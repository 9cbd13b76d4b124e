"""Validations at once, a process that dies after the commit, and the plan: with real commits."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from unittest.mock import patch

from odoo import SUPERUSER_ID
from odoo.addons.ups_pickup.tests.common import PickupCase
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import SQL

AT_ONCE = 4


@tagged("post_install", "-at_install")
class TestRealJoins(PickupCase):
    def setUp(self):
        super().setUp()
        self.addCleanup(self.delete_deliveries)
        with self.transaction(SUPERUSER_ID) as env:
            self.pickings, self.carriers = type(env["stock.picking"]), type(env["delivery.carrier"])
            self.places = type(env["ups.pickup.location"])
            location = env["ups.pickup.location"].browse(self.location_id)
            location.write({"plan": "when_packages", "plan_day": "same", "plan_time": 13.0})
            self.warehouse(env).ups_pickup_location_id = location
            self.product_id = env["product.product"].create({"name": "Box", "weight": 2}).id
            self.carrier_id = self.new_carrier(env).id

    # === WHAT THERE IS === #

    def warehouse(self, env):
        return env["stock.warehouse"].search([("company_id", "=", self.company_id)], limit=1)

    def new_carrier(self, env):
        service = env["ups.pickup.service"].search([("code", "=", "003")])
        vals = {"product_id": self.product_id, "ups_pickup_service_id": service.id}
        return env["delivery.carrier"].create(vals | {"name": "UPS Ground"})

    def new_delivery(self):
        """:return: the id of a committed delivery that is ready."""
        with self.transaction(SUPERUSER_ID) as env:
            kind = self.warehouse(env).out_type_id
            places = {
                "location_id": kind.default_location_src_id.id,
                "location_dest_id": kind.default_location_dest_id.id,
                "company_id": self.company_id,
            }
            move = {"product_id": self.product_id, "product_uom_qty": 1, "quantity": 1, **places}
            own = {"picking_type_id": kind.id, "carrier_id": self.carrier_id}
            picking = env["stock.picking"].create(places | own | {"move_ids": [(0, 0, move)]})
            picking.action_confirm()
            picking.move_ids.write({"quantity": 1, "picked": True})
            return picking.id

    def delete_deliveries(self):
        with self.transaction(SUPERUSER_ID) as env:
            self.warehouse(env).ups_pickup_location_id = False
            for table in ("stock_move_line", "stock_move", "stock_picking", "stock_quant"):
                delete, name = "DELETE FROM %s WHERE company_id = %s", SQL.identifier(table)
                env.cr.execute(SQL(delete, name, self.company_id))
            env["delivery.carrier"].browse(self.carrier_id).unlink()
            env["product.product"].browse(self.product_id).unlink()

    # === WHAT PEOPLE DO === #

    def validate(self, picking_id):
        with self.transaction(SUPERUSER_ID) as env:
            env["stock.picking"].browse(picking_id)._action_done()

    def cancel_label(self, picking_id, meanwhile=lambda *_args: None):
        with (
            patch.object(self.carriers, "cancel_shipment", meanwhile),
            self.transaction(SUPERUSER_ID) as env,
        ):
            env["stock.picking"].browse(picking_id).cancel_shipment()

    def run_plan(self):
        with self.transaction(SUPERUSER_ID) as env:
            env["ups.pickup"]._cron_plan()

    def pickups_of(self, picking_ids):
        """:return: of each pickup: state, pieces, transfers, and what has changed since."""
        with self.transaction(SUPERUSER_ID) as env:
            here = env["ups.pickup"].search([("location_id", "=", self.location_id)])
            joined = env["stock.picking"].browse(picking_ids).ups_pickup_id
            self.assertEqual(here, joined)
            return [
                (each.state, each.quantity, each.delivery_count, each.delivery_news)
                for each in here
            ]

    def plan(self, **vals):
        with self.transaction(SUPERUSER_ID) as env:
            env["ups.pickup.location"].browse(self.location_id).write(vals)

    # === TESTS === #

    def test_all_who_validate_at_once_join_the_same_draft(self):
        ids = [self.new_delivery() for _each in range(AT_ONCE)]
        at_once, mine = threading.Barrier(AT_ONCE), threading.local()
        turns = self.places._lock

        def together(location):
            if not hasattr(mine, "came"):  # later tries do not wait for those that are done
                mine.came = True
                at_once.wait(20)
            turns(location)

        with (
            patch.object(self.places, "_lock", together),
            ThreadPoolExecutor(AT_ONCE) as pool,
        ):
            list(pool.map(self.validate, ids))
        self.assertEqual(self.pickups_of(ids), [("draft", AT_ONCE, AT_ONCE, False)])

    def test_an_automation_rule_at_the_validation_asks_for_a_pickup(self):
        """Odoo runs it while the state is computed, and others when its row is written."""
        compute, told = self.pickings._compute_state, []

        def rule(pickings):
            compute(pickings)
            if not told and "done" in pickings.mapped("state"):
                told.append(pickings.action_ups_pickup())

        ids = [self.new_delivery(), self.new_delivery()]
        self.plan(plan="manual")  # so that the validation alone makes no pickup
        with patch.object(self.pickings, "_compute_state", rule):
            self.validate(ids[0])
        with self.transaction(SUPERUSER_ID) as env:
            delivery = env["stock.picking"].browse(ids[1])
            delivery._action_done()
            env.flush_all()
            told.append(delivery.action_ups_pickup())
        for each in told:
            self.assertIn("after that", each["params"]["message"])
        self.assertEqual(self.pickups_of(ids), [("draft", 2, 2, False)])

    def test_a_label_is_cancelled_while_another_delivery_joins(self):
        """Nothing is to be done twice, which would have the carrier cancel it once more."""
        first, second = self.new_delivery(), self.new_delivery()
        self.validate(first)
        self.cancel_label(first, lambda *_args: self.validate(second))
        self.assertEqual(self.pickups_of([second]), [("draft", 1, 1, False)])

    def test_whether_a_driver_is_to_come_for_nothing_is_asked_once(self):
        first, second = self.new_delivery(), self.new_delivery()
        self.validate(first)
        self.set_time("2026-11-24 13:05", "America/New_York")
        self.run_plan()
        for change, number in (
            (lambda: None, 0),
            (lambda: self.cancel_label(first), 1),
            (lambda: self.validate(second), 0),
            (lambda: self.cancel_label(second), 1),
        ):
            change()
            for _twice in range(2):
                with self.transaction(SUPERUSER_ID) as env:
                    env["ups.pickup"]._ask_about_changes()
            with self.transaction(SUPERUSER_ID) as env:
                [pickup] = env["ups.pickup"].search([("location_id", "=", self.location_id)])
                self.assertEqual(len(pickup.activity_ids), number)
                self.assertEqual("there is nothing" in (pickup.hint or ""), bool(number))
                self.assertEqual("there is nothing" in str(pickup.activity_ids.note), bool(number))

    def test_what_a_crash_left_joins_and_the_plan_asks_once(self):
        first, second, third, out = (self.new_delivery() for _each in range(4))
        self.validate(out)
        with patch.object(self.pickings, "_after_the_commit"):  # the process has died before it
            self.validate(first)
            self.cancel_label(out)
        self.validate(second)
        self.assertEqual(self.posts(), 0)
        self.run_plan()
        self.assertEqual(self.pickups_of([first, second]), [("draft", 3, 2, False)])
        with self.transaction(SUPERUSER_ID) as env:
            pickup = env["stock.picking"].browse(first).ups_pickup_id
            pickup.line_ids.copy({"container": "letter", "quantity": 2, "pickup_id": pickup.id})
            pickup.write({"instruction": "Ring", "close_time": 16.5})
        self.set_time("2026-11-24 13:05", "America/New_York")
        self.run_plan()
        self.validate(third)
        self.run_plan()
        self.assertEqual(
            self.pickups_of([first, second, third]),
            [("requested", 4, 3, "UPS was told 2, now 3")],
        )
        [truck] = self.simulator.trucks()
        self.assertEqual(self.posts(), 1)
        [asked] = truck["asks"]
        self.assertEqual([piece["Quantity"] for piece in asked["PickupPiece"]], ["2", "2"])
        self.set_time("2026-11-24 15:05", "America/New_York")
        with self.assertRaisesRegex(UserError, "cut-off"):  # its form was opened before that
            self.click(pickup.id, "action_ask_anew")
        self.assertEqual(self.simulator.calls("cancel"), 0)
        self.set_time("2026-11-24 13:05", "America/New_York")
        with self.transaction(SUPERUSER_ID) as env:
            pickup = env["stock.picking"].browse(third).ups_pickup_id
            self.assertTrue(pickup.can_ask_anew)
            pickup.origin = "person"
            self.assertFalse(pickup.can_ask_anew, "it may be for more than deliveries")
            env.cr.rollback()
            draft = pickup.browse(pickup.action_ask_anew()["res_id"])
        with self.transaction(SUPERUSER_ID) as env:
            draft = draft.with_env(env)
            self.assertEqual((draft.state, draft.delivery_count), ("draft", 3))
            self.assertEqual(sorted(draft.line_ids.mapped("quantity")), [2, 3])
            self.assertEqual((draft.instruction, draft.close_time), ("Ring", 16.5))
            self.assertEqual(draft.retry_of_id.state, "cancelled")
        self.assertEqual(self.posts(), 1)

    def test_what_has_left_before_a_crash_is_told_to_who_requests_and_then_known(self):
        self.startPatcher(patch.dict("os.environ", {"UPS_ENVIRONMENT": "production"}))
        self.authorize(expired=False)
        self.plan(plan="manual")
        self.plan(plan="when_packages")  # in production
        first, out = self.new_delivery(), self.new_delivery()
        self.validate(first)
        self.validate(out)
        with patch.object(self.pickings, "_after_the_commit"):
            self.cancel_label(out)
        with self.transaction(SUPERUSER_ID) as env:
            pickup_id = env["stock.picking"].browse(first).ups_pickup_id.id
        for is_known in (False, True):
            with self.transaction() as env:
                dialog = env["ups.pickup"].browse(pickup_id).action_confirm()
            told = self.assertRaisesRegex(UserError, "changed while you were asked")
            with nullcontext() if is_known else told:
                self.click(pickup_id, **dialog["context"])
        self.assertEqual(self.pickups_of([first]), [("requested", 1, 1, False)])

    def test_pieces_that_people_have_entered_are_no_news(self):
        first, second = self.new_delivery(), self.new_delivery()
        self.validate(first)
        with self.transaction(SUPERUSER_ID) as env:
            pickup = env["stock.picking"].browse(first).ups_pickup_id
            pickup.line_ids.quantity = 5
        self.click(pickup.id)
        self.assertEqual(self.pickups_of([first]), [("requested", 5, 1, False)])
        self.validate(second)
        told = [("requested", 5, 2, "UPS was told 5, now 6")]
        self.assertEqual(self.pickups_of([first, second]), told)

    def test_of_fewer_than_there_were_there_are_never_less_than_none(self):
        ids = [self.new_delivery() for _each in range(3)]
        for each in ids:
            self.validate(each)
        with self.transaction() as env:
            pickup = env["stock.picking"].browse(ids[0]).ups_pickup_id
            pickup.line_ids.quantity = 1  # the others do not go with UPS
        self.click(pickup.id)
        for each in ids[1:]:
            self.cancel_label(each)
        self.assertEqual(self.pickups_of(ids[:1]), [("requested", 1, 1, False)])

    def test_each_day_that_is_missed_is_told(self):
        """Before its draft goes on to the next one; who has done it was asked of that day alone."""
        self.plan(cutoff_time=16.5)  # UPS wants two hours before 17:00, so it is 15:00
        self.validate(delivery_id := self.new_delivery())
        with self.transaction(SUPERUSER_ID) as env:
            env["stock.picking"].browse(delivery_id).ups_pickup_id.weight = 12  # as weighed
        self.simulator.refuse_next("request", "250003", "Too many", status=429, times=99)
        for moment, missed, words, goes_on_to in (
            ("24 15:05", "11/24", "cut-off has passed", "24"),  # nothing ran since noon
            ("24 17:05", None, None, "25"),  # the PRN of that day is of no use any more
            ("25 14:05", "11/25", "too many requests", "25"),  # UPS can still be called
            ("28 08:00", "11/25", "cut-off has passed", "28"),  # the same, and nothing ran since
            ("28 14:05", "11/28", "too many requests", "28"),
            ("30 08:00", None, None, "30"),  # it was done
        ):
            with self.subTest(moment):
                self.set_time(f"2026-11-{moment}", "America/New_York")
                for _twice in range(2):
                    self.run_plan()
                with self.transaction(SUPERUSER_ID) as env:
                    [pickup] = env["ups.pickup"].search([("location_id", "=", self.location_id)])
                    asked = pickup.activity_ids
                    self.assertEqual((f"{pickup.pickup_date:%d}", pickup.weight), (goes_on_to, 12))
                    self.assertEqual(len(asked), bool(missed))
                    for part in (f"the pickup of {missed}/2026", words, "is 15:00") * bool(missed):
                        self.assertIn(part, asked.note)
                    if moment != "25 14:05":
                        asked.action_feedback()
