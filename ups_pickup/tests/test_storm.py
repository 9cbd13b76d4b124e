"""Many threads in several processes, and a process that dies: one truck."""

import json
from pathlib import Path
from signal import SIGKILL

from odoo import SUPERUSER_ID, fields
from odoo.tests import tagged

from .common import PickupCase
from .storm_worker import STATEMENTS

WORKER = Path(__file__).with_name("storm_worker.py")
THREADS, PROCESSES, SEEDS = 50, 2, 100


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
        processes = [self.start(THREADS, self.pickup_id) for _each in range(PROCESSES)]
        self.simulator.set_latency(0.5)
        told = self.told_by(processes)
        self.assertEqual(len([words for words in told if "Nothing is booked" in words]), len(told))
        self.assertLessEqual(self.simulator.calls("price"), PROCESSES)
        self.assertEqual([each.stdout.readline() for each in processes], ["ready\n"] * PROCESSES)
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
        return [words for each in processes for words in json.loads(each.stdout.readline())]

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

    def pickups_elsewhere(self, number):
        """:return: the ids of drafts, each at a ramp of its own: no two share a driver."""
        with self.transaction(SUPERUSER_ID) as env:
            first = env["ups.pickup"].browse(self.pickup_id)
            ramps = [
                first.location_id.copy({"name": f"Ramp {each}", "room": f"{each}"})
                for each in range(number)
            ]
            for ramp in ramps:
                ramp.calendar_id.attendance_ids = (
                    first.location_id.calendar_id.attendance_ids.copy()
                )
                ramp.calendar_id.tz = first.tz
            drafts = [
                first.copy({"location_id": ramp.id, "pickup_date": first.pickup_date})
                for ramp in ramps
            ]
            return [draft.id for draft in drafts]
