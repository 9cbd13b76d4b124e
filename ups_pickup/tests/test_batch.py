"""Batches: four rows at a time, and what pauses them."""

import threading
from contextlib import suppress
from unittest.mock import patch

from odoo import SUPERUSER_ID
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..models import ups_pickup_request
from .common import PickupCase
from .test_plan import HERE


@tagged("post_install", "-at_install")
class TestBatch(PickupCase):
    def filled_batch(self, date_to="2026-11-26"):
        with self.transaction() as env:
            batch = self.new_batch(env, date_to, quantity=3)
            batch.action_fill()
            made = batch.pickup_ids
            batch.action_fill()
            self.assertEqual(batch.pickup_ids, made)
            return batch.id

    def run_batch(self, batch_id):
        self.run_batches()
        with self.transaction() as env:
            return env["ups.pickup.batch"].browse(batch_id).state

    def dates(self):
        return sorted(truck["date"] for truck in self.simulator.trucks())

    def test_four_at_a_time_and_the_first_alone(self):
        batch_id = self.filled_batch("2026-12-02")
        self.request_batch(batch_id)
        self.assertEqual(self.posts(), 0)
        send, at_once = ups_pickup_request.request_pickup, threading.Barrier(4)
        running, seen = [], []

        def send_with_others(*asked):
            running.append(1)
            seen.append(len(running))
            try:
                if len(seen) > 1:
                    at_once.wait(20)  # goes on when there are four
                return send(*asked)
            finally:
                running.pop()

        with patch.object(ups_pickup_request, "request_pickup", send_with_others):
            self.assertEqual(self.run_batch(batch_id), "done")
        self.assertEqual((seen[:2], max(seen)), ([1, 1], 4))
        self.assertEqual(len(set(self.dates())), 9)
        self.assertEqual(self.posts(), 9)

    def test_what_stands_against_all_rows_pauses_the_batch(self):
        def too_many():
            self.simulator.refuse_next("request", "250003", "Too many", status=429, times=99)

        def no_right():
            words = "The application has no such product"
            self.simulator.refuse_next("request", "250002", words, status=403, times=99)

        def too_many_later():
            self.simulator.queue_fault("request", "hang", seconds=0, times=2)  # as usual
            too_many()

        for happens, words, most_posts, trucks in (
            (too_many, "too many", 1, 0),
            (no_right, "no such product", 1, 0),
            # Two ends were seen: the first one's, and another's, beside which three had begun.
            (too_many_later, "too many", 6, 2),
            (self.opt_out, "authorize", 0, 0),
        ):
            with self.subTest(happens.__name__):
                self.delete_pickups_of_batches()
                self.simulator.reset()
                self.authorize(expired=False)
                batch_id = self.filled_batch("2026-12-02")
                self.request_batch(batch_id)
                happens()
                self.assertEqual(self.run_batch(batch_id), "paused")
                self.assertLessEqual(self.posts(), most_posts)
                self.assertEqual(len(self.dates()), trucks)
                with self.transaction() as env:
                    batch = env["ups.pickup.batch"].browse(batch_id)
                    self.assertIn(words, batch.paused_why)
                    self.assertEqual(len(batch.pickup_ids.filtered("queued_on")), 9 - trucks)
                    self.assertFalse(batch.pickup_ids.activity_ids, "it may mend itself")
                self.assertIn(words, self.told())
                self.run_batches()
                self.assertEqual(self.asked(batch_id), 1)
                self.simulator.clear_faults()
                self.authorize(expired=False)
                self.assertEqual(self.run_batch(batch_id), "done")
                self.assertEqual(len(set(self.dates())), 9)
                self.assertEqual((self.asked(batch_id), self.told()), (0, ""))

    def test_who_looks_at_a_price_takes_no_row_out_of_the_queue(self):
        self.startPatcher(patch.dict("os.environ", {"UPS_ENVIRONMENT": "production"}))
        self.authorize(expired=False)
        batch_id = self.filled_batch()
        self.request_batch(batch_id)
        with self.transaction() as env:
            row = env["ups.pickup.batch"].browse(batch_id).pickup_ids[0]
            self.simulator.refuse_next("price", "1", "None")
            row.action_confirm()
        self.assertIn("1 None", self.stored_values(row.id, "problem"))
        self.assertEqual(self.run_batch(batch_id), "done")
        self.assertEqual(self.posts(), 3)

    def told(self):
        """:return: what stands above the tiles."""
        with self.transaction() as env:
            own = env["ups.pickup"].with_context(allowed_company_ids=[self.company_id])
            return "".join(own.overview()["troubles"])

    def asked(self, batch_id):
        with self.transaction(SUPERUSER_ID) as env:
            asked = env["ups.pickup.batch"].browse(batch_id).pickup_ids.activity_ids
            self.assertLessEqual(asked.user_id.ids, [self.admin_id])
            return len(asked)

    def test_who_has_made_a_batch_is_asked_once_what_is_left_of_it(self):
        batch_id = self.filled_batch("2026-11-26")
        self.request_batch(batch_id)
        self.simulator.refuse_next("request", "9510119", "No such service", status=400, times=2)
        self.run_batches()
        self.assertIn("requested: 1, not possible: 2", self.told())
        with self.transaction(SUPERUSER_ID) as env:
            rows = env["ups.pickup.batch"].browse(batch_id).pickup_ids
            days = rows.filtered("problem").sorted("pickup_date").mapped("pickup_date")
        for what, questions in (
            ("nothing", 1),
            ("priced", 1),
            ("mended", 1),
            ("cancelled", 0),
            ("mended", 0),
        ):
            with self.subTest(what):
                if what == "priced":
                    with self.transaction() as env:
                        env["ups.pickup.batch"].browse(batch_id).action_price()
                    self.assertIn("not possible: 2", self.told())
                if what == "mended":  # by a colleague, who has asked for a driver there
                    self.assertNotEqual(self.told(), "")
                    self.click(self.new_pickup(pickup_date=days.pop(0)))
                if what == "cancelled":
                    with self.transaction() as env:
                        batch = env["ups.pickup.batch"].browse(batch_id)
                        batch.pickup_ids.activity_ids.unlink()  # as its button Cancel does
                self.run_batches()
                self.assertEqual(self.asked(batch_id), questions)
        self.assertEqual(self.told(), "")

    def test_what_goes_takes_no_question_about_the_others_along(self):
        batch_id = self.filled_batch("2026-11-26")
        self.request_batch(batch_id)
        self.simulator.refuse_next("request", "9510119", "No such service", status=400, times=3)
        self.run_batches()

        def of_a_former_version(row):
            row.batch_id.asked_id = False

        def deleted(row):
            row.unlink()

        def let_go(row):
            row.batch_id = False

        for happens in (of_a_former_version, deleted, let_go):
            with self.subTest(happens.__name__):
                with self.transaction(SUPERUSER_ID) as env:
                    rows = env["ups.pickup.batch"].browse(batch_id).pickup_ids
                    happens(rows.filtered("activity_ids"))
                self.run_batches()
                self.assertEqual(self.asked(batch_id), 1)
        with self.transaction() as env:
            env["ups.pickup.batch"].browse(batch_id).pickup_ids.activity_ids.action_done()
        self.run_batches()
        self.assertEqual(self.asked(batch_id), 0)
        self.assertNotEqual(self.told(), "", "it is left all the same")

    def test_what_is_asked_for_again_is_taken_along(self):
        batch_id = self.filled_batch("2026-11-25")
        self.request_batch(batch_id)
        self.run_batches()
        with self.transaction() as env:
            row = env["ups.pickup.batch"].browse(batch_id).pickup_ids[0]
        self.click(row.id, "action_cancel")
        for makes in ("nothing", "again"):
            with self.subTest(makes), self.transaction() as env:
                batch = env["ups.pickup.batch"].browse(batch_id)
                if makes == "again":
                    row.with_env(env).action_again()
                told = batch.action_fill()["params"]["message"]
                self.assertIn("made: 0", told)
                self.assertEqual("taken along: 1" in told, makes == "again")
        self.request_batch(batch_id)
        self.assertEqual(self.run_batch(batch_id), "done")
        self.assertEqual(self.posts(), 3)

    def test_a_batch_that_was_changed_requests_what_is_chosen_now(self):
        batch_id = self.filled_batch("2026-11-28")
        mine = self.new_pickup(pickup_date="2026-11-29", instruction="mine", weight=4)
        plans = self.new_pickup(uid=SUPERUSER_ID, pickup_date="2026-11-30", origin="plan")
        with self.transaction() as env:
            batch = env["ups.pickup.batch"].browse(batch_id)
            touched = batch.pickup_ids.filtered(lambda row: f"{row.pickup_date}" == "2026-11-25")
            touched.line_ids.quantity = 5
            moved = batch.pickup_ids.filtered(lambda row: f"{row.pickup_date}" == "2026-11-27")
            moved.pickup_date = "2026-12-05"
        for vals, words in (
            ({"date_to": "2026-11-30"}, "made: 2.\nDrafts that were there.*: 1."),
            ({"date_to": "2026-11-29", "quantity": 7}, "deleted: 1.\nDrafts made: 0."),
        ):
            with self.transaction() as env:
                batch = env["ups.pickup.batch"].browse(batch_id)
                batch.write(vals)
                self.assertRegex(batch.action_fill()["params"]["message"], words)
        with self.transaction() as env:
            batch = env["ups.pickup.batch"].browse(batch_id)
            rows = batch.pickup_ids.sorted("pickup_date")
            self.assertEqual(rows.mapped("quantity"), [7, 5, 7, 7, 7, 1, 7])
            self.assertEqual((rows[-2].id, rows[-2].instruction), (mine, "mine"))
            self.assertEqual(rows[-1], moved.with_env(env))
            batch.date_to = "2026-11-25"
            told = batch.action_request()["params"]["message"]
            self.assertIn("deleted: 3.\nDrafts that people have made", told)
        self.assertEqual(self.run_batch(batch_id), "done")
        self.assertEqual(self.dates(), ["20261124", "20261125", "20261205"])
        self.assertEqual(self.stored_values(mine, "state"), "draft")
        self.assertEqual(self.stored_values(plans, "state"), "draft")

    def test_what_was_chosen_no_more_since_it_was_queued(self):
        """Nor is a draft deleted for which a driver may come: its request was lost."""
        batch_id = self.filled_batch("2026-11-26")
        self.request_batch(batch_id)
        with self.transaction() as env:
            batch = env["ups.pickup.batch"].browse(batch_id)
            rows = {f"{row.pickup_date}": row.id for row in batch.pickup_ids}
        lost = rows["2026-11-26"]
        self.force(lost, claimed_on=self.now, past_references=["X"])
        with self.transaction() as env:
            batch = env["ups.pickup.batch"].browse(batch_id)
            batch.date_to = "2026-11-24"
            self.assertEqual(batch.pickup_ids.filtered("queued_on").ids, [rows["2026-11-24"]])
            self.assertIn("deleted: 1.", batch.action_fill()["params"]["message"])
            places = batch.location_ids
            batch.location_ids = False
            self.assertFalse(batch.pickup_ids.filtered("queued_on"))
            batch.location_ids = places
        self.request_batch(batch_id)
        self.assertEqual(self.run_batch(batch_id), "done")
        self.assertEqual(self.dates(), ["20261124"])
        values = self.stored_values(lost, "state", "queued_on", "batch_id")
        self.assertEqual([bool(each) for each in values], [True, False, False])

    def test_what_is_taken_out_while_its_row_is_sent(self):
        later = {"date_from": "2026-11-25"}
        for happens, vals, trucks in (
            (self.too_many, later, ["20261125"]),
            (self.refused, later, ["20261125"]),
            (self.lost, later, ["20261125"]),
            (self.too_many, {"location_ids": [(5, 0, 0)]}, []),
        ):
            with self.subTest(happens.__name__, **vals):
                self.delete_pickups_of_batches()
                self.simulator.reset()
                self.authorize(expired=False)
                batch_id = self.filled_batch("2026-11-25")
                self.request_batch(batch_id)
                happens()
                row_id, queued = self.take_out_what_is_sent(batch_id, vals)
                self.assertEqual(queued, len(trucks), "what is archived may still be chosen")
                if happens == self.lost:
                    self.click(row_id, "action_mark_none")
                self.assertEqual(self.stored_values(row_id, "state", "queued_on"), ("draft", False))
                self.force(row_id, queued_on=self.now)  # as a save in the same moment left it
                self.run_batches()
                with suppress(UserError):  # there is nothing left to request
                    self.request_batch(batch_id)
                self.run_batches()
                self.assertEqual(self.dates(), trucks)

    def take_out_what_is_sent(self, batch_id, vals):
        """Run the batch, and save this with the first row under way.

        Where the place stays chosen, it is archived then.
        """
        send, sent = ups_pickup_request.request_pickup, []

        def send_meanwhile(*asked):
            if not sent:
                with self.transaction(SUPERUSER_ID) as env:
                    batch = env["ups.pickup.batch"].browse(batch_id)
                    sent.append(batch.pickup_ids.filtered(lambda row: row.state == "sending").id)
                    batch.location_ids.active = "location_ids" in vals
                    batch.write(vals)
                    sent.append(len(batch.pickup_ids.filtered("queued_on")))
                    env["ups.pickup.location"].browse(self.location_id).active = True
            return send(*asked)

        with patch.object(ups_pickup_request, "request_pickup", send_meanwhile):
            self.run_batches()
        return sent

    def too_many(self):
        self.simulator.refuse_next("request", "250003", "Too many", status=429)

    def refused(self):
        self.simulator.refuse_next("request", "9510119", "No such service", status=400)

    def lost(self):
        self.simulator.queue_fault("request", "drop")

    def test_a_paused_batch_waits_for_the_next_run(self):
        """Odoo would start a cron that says that something is left at once."""
        batch_id = self.filled_batch()
        self.request_batch(batch_id)
        self.simulator.refuse_next("request", "250003", "Too many", status=429)
        with self.transaction(SUPERUSER_ID) as env:
            cron = env.ref("ups_pickup.ir_cron_batch")
            _cron, progress = cron._add_progress()
            context = {"ir_cron_progress_id": progress.id, "cron_id": cron.id}
            env["ups.pickup.batch"].with_context(**context)._cron_request()
            self.assertEqual((progress.done, progress.remaining), (1, 0))
            row_id = env["ups.pickup.batch"].browse(batch_id).pickup_ids[0].id
        self.click(row_id, "action_mark_requested", "29AN099HCQZ")
        self.assertFalse(self.stored_values(row_id, "queued_on"))
        self.force(row_id, queued_on=self.now)  # as a former version left it
        self.assertEqual(self.run_batch(batch_id), "done")
        self.assertEqual(len(self.dates()), 2)

    def test_a_gateways_too_many_pauses_it_and_leaves_one_to_look_up(self):
        batch_id = self.filled_batch()
        self.request_batch(batch_id)
        self.simulator.queue_fault("request", "html", status=429)
        self.assertEqual(self.run_batch(batch_id), "paused")
        with self.transaction(SUPERUSER_ID) as env:
            rows = env["ups.pickup.batch"].browse(batch_id).pickup_ids
            self.assertEqual(sorted(rows.mapped("state")), ["draft", "draft", "unconfirmed"])
        self.assertEqual(self.run_batch(batch_id), "done")
        self.assertEqual(len(self.dates()), 2)

    def delete_pickups_of_batches(self):
        with self.transaction(SUPERUSER_ID) as env:
            batches = env["ups.pickup.batch"].search([("company_id", "=", self.company_id)])
            batches.pickup_ids.write({"state": "draft", "claimed_on": False})
            batches.pickup_ids.unlink()

    def test_a_batch_that_was_queued_elsewhere_or_is_deleted(self):
        batch_id = self.filled_batch()
        self.request_batch(batch_id)
        with (
            patch.object(
                self.registry["ups.connection"], "_this_database", lambda _self: "another/1"
            ),
            patch(f"{HERE}.is_beside", return_value=True),
        ):
            self.assertEqual(self.run_batch(batch_id), "draft")
        self.request_batch(batch_id)
        elsewhere = self.create_company("Elsewhere")
        with self.transaction(SUPERUSER_ID) as env:
            batch = env["ups.pickup.batch"].browse(batch_id)
            batch.pickup_ids[0].pickup_date = "2026-12-05"
            batch.write({"company_id": elsewhere, "location_ids": [(5, 0, 0)]})
            clerk = self.new_user(env, "ups_deleter", "ups_pickup.group_user", [elsewhere]).id
            pickups = batch.pickup_ids.ids
        with self.transaction(clerk) as env:
            env["ups.pickup.batch"].browse(batch_id).unlink()
        with self.transaction(SUPERUSER_ID) as env:  # what it has made, and nobody has moved
            self.assertEqual(env["ups.pickup"].browse(pickups).exists().ids, pickups[:1])
        self.assertFalse(self.stored_values(pickups[0], "queued_on"))
        self.force(pickups[0], queued_on="2026-11-24 12:00:00")  # as a former version left it
        with self.transaction(SUPERUSER_ID) as env:
            env["ups.pickup.batch"]._cron_request()
        self.assertEqual(self.posts(), 0)
