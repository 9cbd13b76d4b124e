"""Many threads in several processes, and a process that dies: one truck."""

import json
import os
from collections import Counter
from pathlib import Path
from signal import SIGKILL

from odoo import SUPERUSER_ID, fields
from odoo.tests import tagged

from .common import PickupCase
from .storm_worker import STATEMENTS, say

WORKER = Path(__file__).with_name("storm_worker.py")
THREADS, PROCESSES, SEEDS = 50, 2, 100
ROWS = int(os.environ.get("UPS_BATCH_ROWS", 60))
"""Of the batch whose server is killed; with 1000 it takes some minutes."""


@tagged("post_install", "-at_install")
class TestStorm(PickupCase):
    def setUp(self):
        super().setUp()
        # Other processes have the true clock.
        self.set_time(f"{fields.Datetime.now():%Y-%m-%d %H:%M:%S}", "UTC")
        with self.transaction(SUPERUSER_ID) as env:
            tomorrow = env["ups.pickup.location"].browse(self.location_id)._today()
        self.pickup_id = self.new_pickup(pickup_date=fields.Date.add(tomorrow, days=1))

    def start(self, threads, *pickup_ids):
        return self.start_process(WORKER, *map(str, (self.admin_id, threads, *pickup_ids)))

    def test_one_truck_for_all_and_all_are_told_its_prn(self):
        self.force(self.pickup_id, line_ids=[(5, 0, 0)])
        processes = [self.start(THREADS, self.pickup_id) for _each in range(PROCESSES)]
        self.simulator.set_latency(0.5)
        told = self.told_by(processes)  # of a draft that cannot be sent, and is mended then
        self.assertFalse([words for words in told if "no pieces" not in words])
        with self.transaction(SUPERUSER_ID) as env:
            pickup = env["ups.pickup"].browse(self.pickup_id)
            pickup.line_ids = pickup._usual_lines(pickup.location_id)
        told = self.told_by(processes)
        self.assertEqual(len([words for words in told if "Nothing is booked" in words]), len(told))
        self.assertLessEqual(self.simulator.calls("price"), PROCESSES)
        told = self.told_by(processes)
        self.assertEqual(self.posts(), 1)
        [truck] = self.simulator.trucks()
        self.assertEqual(len(told), THREADS * PROCESSES)
        self.assertFalse([words for words in told if truck["prn"] not in words])
        self.assertEqual(
            self.stored_values(self.pickup_id, "state", "prn"), ("requested", truck["prn"])
        )

    def told_by(self, processes):
        """:return: what each thread's user is told of the click that all wait for."""
        for process in processes:
            self.go(process)
        lines = [next(line for line in each.stdout if line != "ready\n") for each in processes]
        return [words for line in lines for words in json.loads(line)]

    def test_killed_between_the_answer_of_ups_and_the_commit(self):
        """Each before another statement that follows the answer, until there are no more."""
        ids = [self.pickup_id, *self.pickups_elsewhere(SEEDS - 1)]
        process = self.start(0, *ids)
        self.go(process)
        ends = json.loads(process.stdout.readline())
        died = [pickup_id for pickup_id, end in zip(ids, ends, strict=True) if end == SIGKILL]
        self.assertGreater(len(died), SEEDS / 2)
        self.assertEqual(ends[STATEMENTS - 1], 0, "each statement had its turn, and the commit")
        states = [self.stored_values(each, "state") for each in ids]
        self.assertIn("sending", states)
        self.wait(minutes=4)
        self.run_cron()
        trucks = {truck["references"][0]: truck["prn"] for truck in self.simulator.trucks()}
        self.assertEqual(len(trucks), SEEDS)
        for each in ids:
            state, prn, reference = self.stored_values(each, "state", "prn", "reference")
            self.assertEqual((state, prn), ("requested", trucks[reference]))
        for each in died[:3]:
            self.assertIn(self.stored_values(each, "prn"), self.click(each))
        self.assertEqual(self.posts(), SEEDS)

    def test_the_server_of_a_batch_is_killed_in_the_middle(self):
        """One row of ten is refused, one of twenty loses its answer; then both sides agree."""
        batch_id = self.batch_of([self.pickup_id, *self.pickups_elsewhere(ROWS - 1)])
        self.let_some_go_wrong()
        self.request_batch(batch_id)
        killed = self.start("batch")
        self.go(killed)
        self.simulator.wait_for_calls("request", ROWS // 2, timeout=60 + ROWS)
        killed.kill()
        killed.wait()
        self.go_on()
        after_kill = self.count(batch_id)
        self.assertLessEqual(after_kill["sending"], 4)
        self.assertFalse(self.queued(batch_id))
        self.assertLessEqual(self.posts(), ROWS)
        for minutes in (4, 11, 11):  # the dead are found, the lost ones looked for twice
            self.wait(minutes=minutes)
            self.run_cron()
        checked = self.count(batch_id)
        self.assertEqual(set(checked), {"requested", "draft"})
        self.assert_both_sides_agree(batch_id)
        posts = self.posts()
        self.simulator.clear_faults()
        self.request_batch(batch_id)  # the refused ones, and those that UPS does not have
        self.go_on()
        self.assertEqual(self.posts() - posts, checked["draft"])
        self.assertEqual(self.count(batch_id), {"requested": ROWS})
        self.assert_both_sides_agree(batch_id)
        told = self.posts() - posts, dict(after_kill), dict(checked)
        say(f"{ROWS} rows, {posts} requests, then {told[0]}; killed {told[1]}, checked {told[2]}")

    def batch_of(self, pickup_ids):
        with self.transaction(SUPERUSER_ID) as env:
            batch = env["ups.pickup.batch"].create({"company_id": self.company_id})
            env["ups.pickup"].browse(pickup_ids).write({"batch_id": batch.id})
            return batch.id

    def let_some_go_wrong(self):
        for number in range(ROWS):
            if number % 10 == 3:
                self.simulator.refuse_next("request", "9510119", "No such service")
            elif number % 20 == 7:
                when = "after" if number % 40 == 7 else "before"
                self.simulator.queue_fault("request", "drop", when=when)
            else:
                self.simulator.queue_fault("request", "hang", seconds=0)  # as usual

    def go_on(self):
        process = self.start("batch")
        self.go(process)
        self.assertEqual(process.stdout.readline(), '"done"\n')

    def rows(self, batch_id, *names):
        with self.transaction(SUPERUSER_ID) as env:
            rows = env["ups.pickup.batch"].browse(batch_id).pickup_ids
            return [tuple(row[name] for name in names) for row in rows]

    def count(self, batch_id):
        return Counter(state for (state,) in self.rows(batch_id, "state"))

    def queued(self, batch_id):
        return [row for row in self.rows(batch_id, "queued_on") if row[0]]

    def assert_both_sides_agree(self, batch_id):
        known = [row[1:] for row in self.rows(batch_id, "state", "reference", "prn") if row[2]]
        trucks = [(each["references"][0], each["prn"]) for each in self.simulator.trucks()]
        self.assertEqual(sorted(known), sorted(trucks))
        self.assertEqual(len(known), self.count(batch_id)["requested"])

    def pickups_elsewhere(self, number):
        """:return: the ids of drafts, each at a ramp of its own: no two share a driver."""
        with self.transaction(SUPERUSER_ID) as env:
            first = env["ups.pickup"].browse(self.pickup_id)
            partner = first.location_id.partner_id
            days = first.location_id.calendar_id.attendance_ids
            ramps = [
                first.location_id.copy(
                    {"name": f"Ramp {each}", "room": f"{each}", "partner_id": partner.copy().id}
                )
                for each in range(number)
            ]
            for ramp in ramps:
                ramp.calendar_id.attendance_ids = days.copy()
                ramp.calendar_id.tz = first.tz
            vals = {"pickup_date": first.pickup_date}
            return [first.copy(vals | {"location_id": ramp.id}).id for ramp in ramps]
