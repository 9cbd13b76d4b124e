"""Fault by fault, for all that UPS is asked: what the clerk sees, what is stored, what UPS has.

After the next checks UPS has no driver whom Odoo does not know, and never a second one.
"""

from contextlib import suppress
from unittest.mock import patch

from odoo import SUPERUSER_ID
from odoo.addons.ups_pickup_oauth.ups_client import connections
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import PickupCase


def envelope(code, words):
    return {"response": {"errors": [{"code": code, "message": words}]}}


FAILED = {
    "Response": {"ResponseStatus": {"Code": "0"}, "Alert": [{"Code": "1", "Description": "No"}]}
}
AFTER = {"when": "after"}
# what goes wrong, whether UPS has done its work then, what that is to whoever asked
FAULTS = [
    ({"kind": "drop"}, False, "lost"),
    ({"kind": "drop"} | AFTER, True, "lost"),
    ({"kind": "truncated"} | AFTER, True, "lost"),
    ({"kind": "hang"} | AFTER, True, "lost"),
    ({"kind": "html"} | AFTER, True, "lost"),
    ({"kind": "html", "status": 200} | AFTER, True, "lost"),
    ({"kind": "status", "status": 503} | AFTER, True, "lost"),
    ({"kind": "status", "status": 404, "body": {}}, False, "lost"),
    ({"kind": "status", "status": 200, "body": {}} | AFTER, True, "lost"),
    ({"kind": "status", "status": 200, "body": FAILED}, False, "refused"),
    ({"kind": "status", "status": 400, "body": envelope("1", "No")}, False, "refused"),
    ({"kind": "status", "status": 401, "body": envelope("250002", "No")}, False, "no right"),
    ({"kind": "status", "status": 429, "body": envelope("1", "No")}, False, "too many"),
    ({"kind": "away"}, False, "away"),
]
NO_CONNECTION, REFUSED, TOO_MANY = "could not be reached", "UPS refused it", "too many requests"
NO_STATUS = "did not tell the status"
# what is asked: the action, the state before, what the clerk reads, the state after a lost answer
ASKED = {
    "price": ("action_price", "draft", "did not answer", REFUSED, NO_CONNECTION, "draft"),
    "request": ("action_request", "draft", "nobody knows", REFUSED, NO_CONNECTION, "unconfirmed"),
    "status": ("action_check", "requested", NO_STATUS, REFUSED, NO_STATUS, "requested"),
    "cancel": (
        "action_cancel",
        "requested",
        "nobody knows yet whether it is cancelled",
        "did not cancel",
        NO_CONNECTION,
        "cancelling",
    ),
}


@tagged("post_install", "-at_install")
class TestFaults(PickupCase):
    def test_what_goes_wrong(self):
        for route, (action, before, lost, refused, away, after_lost) in ASKED.items():
            seen = {"lost": lost, "refused": refused, "too many": TOO_MANY, "away": away}
            seen["no right"] = "does not let Odoo use its Pickup API"
            for fault, is_done, verdict in FAULTS:
                with self.subTest(route=route, **fault):
                    pickup_id = self.pickup(before)
                    told = self.click_while(fault, route, pickup_id, action)
                    self.assertIn(seen[verdict], told)
                    stored = after_lost if verdict == "lost" else before
                    self.assertEqual(self.stored_values(pickup_id, "state"), stored)
                    self.assertEqual(self.drivers(), self.drivers_after(route, is_done))
                    if route in ("request", "cancel"):
                        self.see_what_the_checks_find(pickup_id, route, stored, is_done)
                    self.assertFalse(self.stored_values(pickup_id, "price") and route == "price")
                    self.forget(pickup_id)

    def pickup(self, state):
        self.simulator.reset()
        self.authorize(expired=False)
        self.set_time("2026-11-24 12:00", "America/New_York")
        return self.new_pickup() if state == "draft" else self.booked()[0]

    def click_while(self, fault, route, pickup_id, action):
        if fault["kind"] == "away":
            self.simulator.stop()
        else:
            self.simulator.queue_fault(route, times=3 if route == "status" else 2, **fault)
        patience = 0.5 if fault["kind"] == "hang" else connections.READ_TIMEOUT
        try:
            with patch.object(connections, "READ_TIMEOUT", patience):
                return self.click(pickup_id, action)
        except UserError as error:
            return str(error)
        finally:
            if fault["kind"] == "away":
                self.simulator.start()
            self.simulator.clear_faults()

    def drivers(self):
        return [truck["is_open"] for truck in self.simulator.trucks()]

    def drivers_after(self, route, is_done):
        expected = {"price": [], "status": [True], "cancel": [not is_done]}
        return expected.get(route, [True] if is_done else [])

    def see_what_the_checks_find(self, pickup_id, route, stored, is_done):
        posts = self.posts()
        if stored == "unconfirmed":
            with suppress(UserError):  # a refused one may be corrected and sent again
                self.click(pickup_id)
        self.run_cron()
        if stored == "unconfirmed" and not is_done:
            self.assertEqual(self.stored_values(pickup_id, "state"), stored, "a look is not enough")
        self.wait(minutes=16)
        self.run_cron()
        state, prn = self.stored_values(pickup_id, "state", "prn")
        if route == "cancel":
            self.assertEqual(state, "cancelled" if is_done else "requested")
        else:
            self.assertEqual(state, "requested" if is_done else "draft")
            self.assertEqual([each["prn"] for each in self.simulator.trucks()], [prn] * is_done)
        self.assertEqual(self.posts(), posts, "nothing is sent again by itself")

    def forget(self, pickup_id):
        self.force(pickup_id, state="draft", claimed_on=False)
        with self.transaction(SUPERUSER_ID) as env:
            env["ups.pickup"].browse(pickup_id).unlink()
            account = env["ups.pickup.account"].browse(self.account_id)
            nothing = ("paused_until", "asked_on", "last_problem")
            account.write(dict.fromkeys(nothing, False) | {"failure_count": 0})
