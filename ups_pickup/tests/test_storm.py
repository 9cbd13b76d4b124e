"""Many threads in several processes, and a process that dies: one truck."""

import json
from pathlib import Path

from odoo import SUPERUSER_ID, fields
from odoo.tests import tagged

from .common import PickupCase

WORKER = Path(__file__).with_name("storm_worker.py")
THREADS, PROCESSES = 32, 2


@tagged("post_install", "-at_install")
class TestStorm(PickupCase):
    def setUp(self):
        super().setUp()
        # Other processes have the true clock.
        self.set_time(f"{fields.Datetime.now():%Y-%m-%d %H:%M:%S}", "UTC")
        with self.transaction(SUPERUSER_ID) as env:
            tomorrow = env["ups.pickup.location"].browse(self.location_id)._today()
        self.pickup_id = self.new_pickup(pickup_date=fields.Date.add(tomorrow, days=1))

    def start(self, threads):
        arguments = (self.pickup_id, self.admin_id, threads)
        return self.start_process(WORKER, *map(str, arguments))

    def test_one_truck_for_all_and_all_are_told_its_prn(self):
        processes = [self.start(THREADS) for _each in range(PROCESSES)]
        self.simulator.set_latency(0.5)
        for process in processes:
            self.go(process)
        told = [words for each in processes for words in json.loads(each.stdout.readline())]
        self.assertEqual(self.posts(), 1)
        [truck] = self.simulator.trucks()
        self.assertEqual(len(told), THREADS * PROCESSES)
        self.assertFalse([words for words in told if truck["prn"] not in words])
        self.assertEqual(
            self.stored_values(self.pickup_id, "state", "prn"), ("requested", truck["prn"])
        )

    def test_killed_between_the_answer_of_ups_and_the_commit(self):
        self.simulator.queue_fault("request", "hang", when="after")
        process = self.start(1)
        self.go(process)
        self.simulator.wait_for_calls("request", 1)
        process.kill()
        process.wait()
        self.simulator.release()
        self.assertEqual(self.stored_values(self.pickup_id, "state"), "sending")
        self.wait(minutes=4)
        self.run_cron()
        [truck] = self.simulator.trucks()
        self.assertEqual(
            self.stored_values(self.pickup_id, "state", "prn"), ("requested", truck["prn"])
        )
        self.assertIn(truck["prn"], self.click(self.pickup_id))
        self.assertEqual(self.posts(), 1)
