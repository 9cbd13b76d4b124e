import threading
import time
from concurrent.futures import ThreadPoolExecutor
from unittest.mock import patch

from odoo.tests import BaseCase, tagged

from ..token_flights import Flight

WAITING = 4


@tagged("post_install", "-at_install")
class TestTokenFlights(BaseCase):
    """Threads that want the same at once, without a database."""

    def setUp(self):
        super().setUp()
        self.flight, self.works = Flight(), []

    def work(self, result):
        """:return: work that counts itself."""

        def done():
            self.works.append(result)
            return result

        return done

    def storm(self, result, serves=lambda _result: True):
        """:return: what those get who came while the first one was at work on that result."""
        came, monotonic = threading.Semaphore(0), time.monotonic
        waiting = []

        def clock():  # the first thing that each of them asks
            now = monotonic()
            came.release()
            return now

        def first_work():
            for _each in range(WAITING):
                waiting.append(pool.submit(self.flight.result, self.work("anew"), 30, serves))
            for _each in ("the first", *waiting):
                came.acquire()
            return self.work(result)()

        with ThreadPoolExecutor(WAITING) as pool, patch.object(time, "monotonic", clock):
            self.flight.result(first_work, 30)
            return [each.result() for each in waiting]

    def test_who_waited_shares_what_came_of_it(self):
        self.assertEqual(self.storm("token"), ["token"] * WAITING)
        self.assertEqual(self.works, ["token"])

    def test_who_is_not_served_by_it_works_anew(self):
        got = self.storm("refused", lambda result: result != "refused")
        self.assertEqual(got, ["anew"] * WAITING)
        self.assertEqual(self.works, ["refused", "anew"])

    def test_each_who_waited_gets_a_failure_of_its_own(self):
        failures = self.storm(ValueError("UPS is away"))
        self.assertEqual([str(each) for each in failures], ["UPS is away"] * WAITING)
        self.assertEqual(len({id(each) for each in failures}), WAITING)
