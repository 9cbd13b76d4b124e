"""What UPS tells, what it no longer lists, and what nobody said: never "done" by a calendar."""

import math
from ast import literal_eval
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext, suppress

from lxml import etree
from odoo import SUPERUSER_ID
from odoo.addons.ups_pickup.models.ups_pickup_account import MOST_CHECKS
from odoo.addons.ups_pickup.models.ups_pickup_overview import TILES
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..const import PATIENCE
from .common import ADDRESS, PickupCase

# UPS's codes one after the other, and what the pickup is after each
CODES = [
    (("001", "requested"), ("002", "dispatched"), ("003", "done"), ("001", "done")),
    (("012", "requested"), ("005", "delayed"), ("004", "unsuccessful"), ("003", "unsuccessful")),
    (("002", "dispatched"), ("008", "dispatched"), ("777", "dispatched"), ("012", "requested")),
    (("007", "cancelled"), ("002", "cancelled")),
]


@tagged("post_install", "-at_install")
class TestStatus(PickupCase):
    def test_codes(self):
        for codes in CODES:
            self.set_time("2026-11-24 14:00", "America/New_York")
            pickup_id, prn = self.booked()
            for code, state in codes:
                with self.subTest(codes=codes, code=code):
                    if code == "777":  # while it is being cancelled, too
                        claimed = {"claimed_on": self.now - PATIENCE, "state_before": state}
                        self.force(pickup_id, state="cancelling", **claimed)
                    self.simulator.set_code(prn, code)
                    self.wait(minutes=15)
                    self.run_cron()
                    self.assertEqual(self.stored_values(pickup_id, "state"), state)
            with self.transaction(SUPERUSER_ID) as env:
                told = env["ups.pickup"].browse(pickup_id).activity_ids.mapped("summary")
            called_off = state == "cancelled"
            self.assertEqual("called off" in f"{told}", called_off)
            self.assertEqual("nobody" in f"{self.stored_values(pickup_id, 'problem')}", called_off)
            self.force(pickup_id, state="draft", prn=False)

    def test_it_is_asked_in_its_window_only_and_once_an_account(self):
        self.set_time("2026-11-24 09:00", "America/New_York")
        other_id = self.place("America/Chicago")
        self.booked()
        self.click(self.new_pickup(other_id))
        asked = []
        for moment in ("09:01", "09:20", "12:30", "13:01", "13:05", "13:17", "22:30", "23:30"):
            self.set_time(f"2026-11-24 {moment}", "America/New_York")
            before = self.simulator.calls("status")
            self.run_cron()
            asked.append(self.simulator.calls("status") - before)
        # After each request once; from an hour before ready (14:00) until three after close (17:00
        # in Chicago, where it is an hour earlier); every 15 minutes.
        self.assertEqual(asked, [1, 0, 0, 1, 0, 1, 0, 0])

    def test_what_is_listed_no_longer(self):
        for trusted, state in ((False, "unknown"), (True, "done")):
            with self.subTest(trusted=trusted):
                self.set_time("2026-11-24 12:00", "America/New_York")
                pickup_id, prn = self.booked()
                with self.transaction(SUPERUSER_ID) as env:
                    env["ups.pickup.account"].browse(self.account_id).trust_unlisted = trusted
                self.set_time("2026-11-24 13:30", "America/New_York")
                self.run_cron()
                self.simulator.forget_truck(prn)
                self.set_time("2026-11-24 13:50", "America/New_York")
                self.run_cron()
                missed_on = self.stored_values(pickup_id, "missed_on")
                self.assertFalse(missed_on, "it is not ready before 14:00")
                for minutes in (0, 16):
                    self.set_time(f"2026-11-24 14:{10 + minutes}", "America/New_York")
                    self.run_cron()
                self.assertEqual(self.stored_values(pickup_id, "state"), state)
                if state == "unknown":  # its driver may still come
                    with self.assertRaisesRegex(UserError, "Cancel it first"):
                        self.click(pickup_id, "unlink")
                    self.click(pickup_id, "action_cancel")
                    self.assertEqual(self.stored_values(pickup_id, "state"), "cancelled")
                self.force(pickup_id, state="draft", prn=False)
                self.simulator.set_code(prn, "007")

    def test_an_outage_is_no_look_and_pauses_the_account(self):
        pickup_id = self.new_pickup()
        self.simulator.queue_fault("request", "drop")
        self.click(pickup_id)
        self.simulator.queue_fault("status", "status", status=503, times=99)
        for _each in range(3):
            self.wait(minutes=6)
            self.run_cron()
        looked = self.stored_values(pickup_id, "state", "missed_on")
        self.assertEqual(looked, ("unconfirmed", False))
        calls = self.simulator.calls("status")
        self.run_cron()
        for action in (lambda: self.click(pickup_id, "action_check"), self.check_account):
            with self.assertRaisesRegex(UserError, "left alone .* in 4 min"):
                action()
        self.assertEqual(self.simulator.calls("status"), calls, "UPS is left alone")
        for minutes, is_paused in ((0, True), (4, False)):
            self.wait(minutes=minutes)
            with self.transaction() as env:
                account = env["ups.pickup.account"].browse(self.account_id)
                self.assertEqual(account.is_paused, is_paused)

    def test_an_account_that_ups_refuses_is_told_before_its_day_is_over(self):
        pickup_id, _prn = self.booked()
        self.simulator.refuse_next("status", "9510154", "Not yours", status=400, times=4)

        def told():
            with self.transaction(SUPERUSER_ID) as env:
                pickups = env["ups.pickup"].with_context(allowed_company_ids=[self.company_id])
                return " ".join(pickups.overview()["troubles"])

        with self.transaction(SUPERUSER_ID) as env:
            own = env["res.company"].browse(self.company_id).ups_connection_ids
            own._tell_authorized()  # by another user of UPS, perhaps
        for hour, asked in ((12, 0), (13, 0), (14, 1), (15, 1)):
            self.set_time(f"2026-11-24 {hour}:30", "America/New_York")
            self.run_cron()
            self.assertIn("Not yours", told())
            self.assertEqual(len(self.questions()), asked)
        self.set_time("2026-11-25 00:30", "America/New_York")
        other_id, _prn = self.booked()
        with self.transaction(SUPERUSER_ID) as env:
            env["ups.pickup"].browse(pickup_id)._day_is_over()
        self.assertRegex(self.stored_values(pickup_id, "problem"), "not be asked: .*Not yours")
        self.check_account()
        self.assertNotIn("Not yours", told())
        self.assertEqual(self.questions(), [])
        self.assertEqual(self.stored_values(other_id, "state"), "requested")

    def check_account(self):
        with self.transaction() as env:
            env["ups.pickup.account"].browse(self.account_id).action_check()

    def test_who_clicks_check_again_and_again_is_shown_what_is_known(self):
        pickup_id, _prn = self.booked()
        for asked in (MOST_CHECKS, 2 * MOST_CHECKS):
            for _each in range(MOST_CHECKS):
                self.click(pickup_id, "action_check")
                self.check_account()
            self.assertEqual(self.simulator.calls("status"), asked)
            self.wait(seconds=61)

    def test_without_an_authorization_nothing_is_paused(self):
        self.booked()
        self.opt_out()
        self.run_cron()
        self.authorize(expired=False)
        self.run_cron()
        self.assertEqual(self.simulator.calls("status"), 1)

    def test_what_ups_cannot_list_yet_is_asked_for_once(self):
        self.set_time("2026-11-25 04:00", "Pacific/Auckland")  # at UPS it is the 24th
        there = self.place("Pacific/Auckland")
        pickup_id = self.new_pickup(there, pickup_date="2026-11-26")
        self.click(pickup_id)
        for _each in range(3):
            self.run_cron()
            self.wait(minutes=5)
        self.assertEqual(self.simulator.calls("status"), 1)
        self.assertEqual(self.stored_values(pickup_id, "state", "missed_on"), ("requested", False))

    def test_the_account_of_open_pickups_keeps_its_number(self):
        pickup_id, _prn = self.booked()
        other_company_id = self.create_company("Elsewhere")
        with self.transaction() as env:
            account = env["ups.pickup.account"].browse(self.account_id)
            account.write({"name": "Dock", "number": account.number.lower()})
            for vals in ({"number": "SIM009"}, {"company_id": other_company_id}):
                with self.assertRaisesRegex(UserError, "then archive this one"):
                    account.write(vals)
            env.cr.rollback()
        self.force(pickup_id, state="done")
        with self.transaction() as env:
            env["ups.pickup.account"].browse(self.account_id).number = "SIM009"

    def test_a_draft_that_ups_has_all_the_same(self):
        """Lost, then none by two looks, then changed or requested anew: its driver is told."""
        for is_requested_anew in (False, True):
            with self.subTest(is_requested_anew=is_requested_anew):
                self.simulator.queue_fault("request", "drop", when="after")
                pickup_id = self.new_pickup()
                self.click(pickup_id)
                prn = self.simulator.trucks()[-1]["prn"]
                self.click(pickup_id, "action_mark_none")
                if is_requested_anew:
                    other_id = self.new_pickup()
                    self.click(other_id)
                else:
                    self.force(pickup_id, close_time=17.5)
                self.run_cron()
                state, stored, problem = self.stored_values(pickup_id, "state", "prn", "problem")
                self.assertEqual(stored, prn)
                if is_requested_anew:
                    self.assertEqual(state, "draft")
                    self.assertIn(prn, problem)
                    self.force(other_id, state="done")
                else:
                    self.assertEqual(state, "requested")
                    self.assertIn("until 17:00", problem)
                self.force(pickup_id, state="done")
                self.simulator.set_code(prn, "007")

    def test_what_was_given_up_is_looked_for_in_its_window(self):
        """What UPS has refused is not: UPS has none for sure."""
        for fault, gives_up, asked in (
            ({"kind": "drop"}, True, [1, 0, 0, 1, 0, 1]),
            ({"kind": "status", "status": 400}, False, [0] * 6),
        ):
            with self.subTest(fault):
                self.set_time("2026-11-24 11:00", "America/New_York")
                pickup_id = self.new_pickup()
                self.simulator.queue_fault("request", **fault)
                with suppress(UserError):
                    self.click(pickup_id)
                if gives_up:
                    self.click(pickup_id, "action_mark_none")
                    with self.assertRaisesRegex(UserError, "may still send a driver"):
                        self.click(pickup_id, "unlink")
                self.assertEqual(self.stored_values(pickup_id, "state"), "draft")
                calls = []
                for moment in ("11:01", "11:05", "12:30", "13:01", "13:05", "13:17"):
                    self.set_time(f"2026-11-24 {moment}", "America/New_York")
                    before = self.simulator.calls("status")
                    self.run_cron()
                    calls.append(self.simulator.calls("status") - before)
                self.assertEqual(calls, asked)
                self.force(pickup_id, claimed_on=False)

    def test_a_process_that_died_while_sending(self):
        pickup_id, _prn = self.booked()
        self.force(pickup_id, state="sending", prn=False, claimed_on=self.now)
        self.run_cron()
        self.assertEqual(self.stored_values(pickup_id, "state"), "sending")
        self.assertEqual(self.simulator.calls("status"), 0)
        self.wait(minutes=4)
        self.run_cron()
        [truck] = self.simulator.trucks()
        self.assertEqual(self.stored_values(pickup_id, "state", "prn"), ("requested", truck["prn"]))

    def test_a_process_that_died_while_cancelling(self):
        pickup_id = self.new_pickup(pickup_date="2026-11-30")  # UPS lists it from the 29th on
        vals = {"prn": "29ABCDEFGHI", "claimed_on": self.now, "state_before": "requested"}
        self.force(pickup_id, state="cancelling", **vals)
        for is_to_check in (False, True):
            self.run_cron()
            self.assertEqual(self.stored_values(pickup_id, "is_to_check"), is_to_check)
            self.wait(minutes=4)
        with suppress(UserError):  # UPS does not know it
            self.click(pickup_id, "action_cancel")
        self.assertEqual(self.stored_values(pickup_id, "state"), "requested")

    def test_a_second_driver_of_a_lost_request_is_told_once(self):
        pickup_id = self.new_pickup()
        self.simulator.queue_fault("request", "drop", when="after")
        self.click(pickup_id)
        self.click(pickup_id, "action_mark_none")
        self.set_place(pickup_point="Lobby")  # so that UPS makes another one of it
        self.click(pickup_id)
        lost, booked = (truck["prn"] for truck in self.simulator.trucks())
        for _each in range(3):
            self.run_cron()
            self.wait(minutes=15)
        self.assertEqual(self.stored_values(pickup_id, "state", "prn"), ("requested", booked))
        problem = self.stored_values(pickup_id, "problem")
        self.assertIn(f"two drivers: one with PRN {booked}", problem)
        self.assertEqual(len([body for body in self.history(pickup_id) if lost in body]), 1)

    def test_another_prn_of_the_one_request_is_no_second_driver(self):
        pickup_id, prn = self.booked()
        self.simulator.memory.trucks.by_prn[prn].prn = "29ABCDEFGHI"
        self.force(pickup_id, mailed_on=self.now)
        self.run_cron()
        told = self.stored_values(pickup_id, "state", "prn", "problem", "is_mail_outdated")
        self.assertEqual(told, ("requested", "29ABCDEFGHI", False, True), "it is mailed anew")

    def test_a_prn_that_the_api_does_not_take_is_cancelled_by_telephone(self):
        pickup_id, _prn = self.booked()
        self.force(pickup_id, prn="2929602E9CPX")
        with self.assertRaisesRegex(UserError, "Call UPS to cancel 2929602E9CPX"):
            self.click(pickup_id, "action_cancel")
        self.assertEqual(self.stored_values(pickup_id, "state"), "requested")

    def test_two_that_share_a_driver_are_cancelled_at_once(self):
        first_id, prn = self.booked()
        other_id = self.second_ramp()
        ids = [first_id, self.new_pickup(other_id, pickup_date="2026-11-24")]
        self.force(ids[1], state="requested", prn=prn)
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(self.click, ids, ["action_cancel"] * 2))
        for each in ids:
            self.assertEqual(self.stored_values(each, "state"), "cancelled")
        self.assertEqual(self.simulator.calls("cancel"), 1)

    def test_what_was_cancelled_beside_others_is_cancelled_with_them(self):
        first_id, prn = self.booked()
        second_id = self.new_pickup(self.second_ramp(), pickup_date="2026-11-24")
        self.force(second_id, state="requested", prn=prn)
        self.click(first_id, "action_cancel")
        self.assertEqual(self.stored_values(first_id, "outcome_source"), "person")
        self.click(second_id, "action_cancel")
        self.wait(minutes=15)
        self.simulator.set_code(prn, "001")  # its list is late
        self.run_cron()
        self.assertEqual(self.questions(), [])
        with self.assertRaisesRegex(UserError, "is none of these"):
            self.click(first_id, "action_mark_not_yet")

    def second_ramp(self):
        """:return: another location at the same address: UPS sends both one driver."""
        with self.transaction(SUPERUSER_ID) as env:
            other = env["ups.pickup.location"].browse(self.location_id).copy({"name": "Ramp"})
            other.calendar_id.tz = "America/New_York"
            return other.id

    def test_the_driver_of_others_is_no_news_for_the_one_that_was_cancelled(self):
        first_id, prn = self.booked()
        second_id = self.new_pickup(self.second_ramp(), pickup_date="2026-11-24")
        self.force(second_id, state="requested", prn=prn)
        self.click(first_id, "action_cancel")
        self.simulator.set_code(prn, "003")
        self.run_cron()
        self.assertEqual(self.stored_values(second_id, "state"), "done")
        self.assertEqual(self.stored_values(first_id, "state"), "cancelled")

    def test_a_driver_who_comes_for_another_company_too_is_not_called_off(self):
        first_id, prn = self.booked()
        other_company = self.create_company("Tenant")
        with self.transaction(SUPERUSER_ID) as env:
            account = self.new_account(env, "T3N4N7", other_company).id
        other_id = self.place("America/New_York", other_company, account)
        second_id = self.new_pickup(other_id)
        for street, is_taken in (("9 Elsewhere", False), (ADDRESS["street"], True)):
            with self.transaction(SUPERUSER_ID) as env:
                env["ups.pickup.location"].browse(other_id).partner_id.street = street
            with nullcontext() if is_taken else self.assertRaisesRegex(UserError, "another comp"):
                self.click(second_id, "action_mark_requested", prn)
        told = self.click(first_id, "action_cancel")
        self.assertIn("the same driver comes for a pickup of another company", told)
        self.assertEqual(self.stored_values(first_id, "state"), "cancelled")
        self.assertEqual(self.simulator.calls("cancel"), 0)

    def test_one_prn_is_of_one_day_and_address(self):
        """Where UPS itself has given it to two days, no DELETE calls both drivers off."""
        first_id, prn = self.booked()
        next_id = self.new_pickup(pickup_date="2026-11-25")
        elsewhere_id = self.place("America/New_York", name="Elsewhere")
        with self.transaction(SUPERUSER_ID) as env:
            env["ups.pickup.location"].browse(elsewhere_id).partner_id.street = "9 Elsewhere"
        for each in (next_id, self.new_pickup(elsewhere_id)):
            with self.assertRaisesRegex(UserError, "is that of PU/.* for another day or address"):
                self.click(each, "action_mark_requested", prn)
        self.click(next_id)
        self.force(next_id, prn=prn)
        self.assertFalse(self.stored_values(first_id, "sharing_ids"))
        with self.assertRaisesRegex(UserError, "for another day. Call UPS"):
            self.click(next_id, "action_cancel")
        self.click(next_id, "action_mark_cancelled")
        self.assertEqual(self.simulator.calls("cancel"), 0)
        self.click(first_id, "action_cancel")
        self.assertEqual(self.simulator.calls("cancel"), 1)
        self.force(first_id, state="unsuccessful")  # and UPS's telephone sends its driver anew
        self.set_time("2026-11-25 09:00", "America/New_York")
        self.click(first_id, "action_again")
        again_id = self.stored_values(first_id, "again_ids").id
        self.click(again_id, "action_mark_requested", prn)
        self.assertEqual(self.stored_values(again_id, "state", "prn"), ("requested", prn))

    def test_what_a_person_has_marked_as_cancelled_and_ups_lists(self):
        for code, state in (("007", "cancelled"), ("005", "delayed")):
            self.set_time("2026-11-24 12:00", "America/New_York")
            pickup_id, prn = self.booked()
            self.click(pickup_id, "action_mark_cancelled")
            for minute, is_told in (("12:05", False), ("13:05", True), ("13:25", True)):
                self.set_time(f"2026-11-24 {minute}", "America/New_York")
                self.run_cron()
                with self.subTest(code, minute=minute):
                    self.assertEqual(len(self.questions()), is_told)
                    problem = self.stored_values(pickup_id, "problem")
                    self.assertEqual(bool(problem), is_told)
            self.assertIn(f"lists it still. If nobody is to come, call UPS with PRN {prn}", problem)
            self.simulator.set_code(prn, code)
            if state == "delayed":
                self.click(pickup_id, "action_mark_not_yet")
            self.wait(minutes=20)
            self.run_cron()
            told = self.stored_values(pickup_id, "state", "problem")
            self.assertEqual((told, self.questions()), ((state, False), []))
        self.set_time("2026-11-25 08:00", "America/New_York")
        self.run_cron()
        state, problem = self.stored_values(pickup_id, "state", "problem")
        self.assertEqual(state, "unknown")
        self.assertRegex(problem, f"late: Missed commit.* Ask UPS with PRN {prn} before you order")

    def test_a_merged_request_is_offered_and_not_taken(self):
        first_id, prn = self.booked()
        self.simulator.set_code(prn, "001")
        second_id = self.new_pickup(self.second_ramp())
        self.simulator.queue_fault("request", "drop", when="after")
        self.click(second_id)
        for _each in range(3):
            self.run_cron()
            self.wait(minutes=11)
        state, problem = self.stored_values(second_id, "state", "problem")
        self.assertEqual(state, "unconfirmed")
        self.assertIn(prn, problem)
        copied = f"\u202a{prn[:4].lower()}\u2011{prn[4:]}\u200b"  # from a messenger
        self.click(second_id, "action_mark_requested", copied)
        self.assertEqual(self.stored_values(second_id, "state", "prn"), ("requested", prn))
        with self.transaction(SUPERUSER_ID) as env:
            self.assertEqual(env["ups.pickup"].browse(first_id).sharing_ids.ids, [second_id])
        # Cancelling one of two does not send the truck away from the other.
        self.click(first_id, "action_cancel")
        self.assertEqual(self.stored_values(first_id, "state"), "cancelled")
        self.assertEqual(self.simulator.calls("cancel"), 0)
        self.click(second_id, "action_cancel")
        self.assertEqual(self.stored_values(second_id, "state"), "cancelled")
        self.assertFalse(self.simulator.trucks()[0]["is_open"])

    def test_midnight(self):
        """The day is over where the pickup is, and not before: in UTC it is another one."""
        for zone, before, after in (
            ("Pacific/Honolulu", "2026-11-24 23:50", "2026-11-25 00:10"),
            ("Pacific/Auckland", "2026-11-24 23:50", "2026-11-25 00:10"),
            ("America/New_York", "2026-11-01 23:50", "2026-11-02 00:10"),  # winter time begins
            ("America/New_York", "2026-03-08 23:50", "2026-03-09 00:10"),  # summer time begins
        ):
            with self.subTest(zone=zone, before=before):
                there = self.place(zone, room=zone[-8:])
                self.set_time(before[:10] + " 10:00", zone)
                pickup_id = self.new_pickup(there)
                self.assertEqual(str(self.stored_values(pickup_id, "pickup_date")), before[:10])
                self.click(pickup_id)
                [ask] = self.simulator.trucks()[-1]["asks"]
                self.assertEqual(ask["PickupDateInfo"]["PickupDate"], before[:10].replace("-", ""))
                self.set_time(before, zone)
                self.run_cron()
                now = self.stored_values(pickup_id, "state", "is_today")
                self.assertEqual(now, ("requested", True))
                with self.assertRaisesRegex(UserError, "cut-off"):
                    self.click(self.new_pickup(there, pickup_date=before[:10]))
                self.set_time(after, zone)
                self.run_cron()
                now = self.stored_values(pickup_id, "state", "is_today")
                self.assertEqual(now, ("unknown", False))
                late_id = self.new_pickup(there, pickup_date=before[:10])
                with self.assertRaisesRegex(UserError, "is past"):
                    self.click(late_id)

    def test_what_is_refused_here_and_not_there(self):
        self.close("2026-11-26", "2026-11-25")
        with self.transaction(SUPERUSER_ID) as env:
            calendar = env["ups.pickup.location"].browse(self.location_id).calendar_id
            # The day before Thanksgiving it is closed in the afternoon only.
            afternoon = env["resource.calendar.leaves"].search(
                [("calendar_id", "=", calendar.id), ("date_from", "<", "2026-11-26")]
            )
            afternoon.date_from = "2026-11-25 18:00:00"  # 13:00 there
            by_day = calendar.attendance_ids.grouped("dayofweek")
            by_day["4"].hour_to, by_day["5"].hour_to, by_day["6"].hour_to = 14.5, 12, 16.5
        for vals, words in (
            ({"pickup_date": "2026-11-23"}, "pickup date 11/23/2026 is past"),
            ({"pickup_date": "2026-11-26"}, "is closed on the pickup date Thursday, November 26"),
            ({"pickup_date": "9999-12-31"}, "is closed on the pickup date Friday, December 31"),
            ({"pickup_date": "2026-11-25"}, "closed between 14:00 and 17:00"),
            ({"pickup_date": "2026-11-27"}, "works at .* from 08:00 to 14:30 only"),
            ({"pickup_date": "2026-11-28"}, "works at .* from 08:00 to 12:00 only"),
            ({"pickup_date": "2026-11-29", "close_time": 17}, "from 08:00 to 16:30 only"),
            ({"ready_time": 15.5}, "UPS wants 02:00 h"),
            ({"ready_time": 24.0}, "“Ready From” must be an hour"),
            ({"close_time": 14.01}, "whole minutes"),
            ({"close_time": math.inf}, "“Closes At” must be an ordinary number"),
            ({"ready_time": math.nan}, "“Ready From” must be an ordinary number"),
            ({"pickup_date": "0001-01-01"}, "“Pickup Date” must be a day of our times"),
            ({"weight": 1e308}, "“Weight” must be an ordinary number"),
            ({"line_ids": [(0, 0, {"quantity": 2**31})]}, "“Pieces” must be an ordinary number"),
            ({"line_ids": []}, "no pieces"),
            ({"weight": 10000.0}, "Weight"),
            ({"instruction": "x" * 10**6}, "Instruction.*longer than the 57 characters"),
            ({"kind": "smart"}, "no Smart Pickup contract"),
        ):
            with self.subTest(vals), self.assertRaisesRegex(UserError, words):
                self.click(self.new_pickup(**vals))
        short = self.new_pickup(pickup_date="2026-11-29")
        self.assertEqual(self.stored_values(short, "close_time", "hint"), (16.5, ""))
        with self.transaction(SUPERUSER_ID) as env:
            location = env["ups.pickup.location"].browse(self.location_id)
            location.write({"company_name": "A" * 28, "phone": False})
            location.partner_id.write({"zip": False, "state_id": False})
        with self.assertRaises(UserError) as caught:
            self.click(self.new_pickup())
        for field in ("Name at the Door", "Phone", "Postal Code", "State or Province"):
            self.assertIn(field, str(caught.exception))
        self.assertFalse(self.simulator.trucks())
        for country, zip_required, is_told in (
            ("us", True, True),
            ("us", False, False),
            ("vn", False, False),
            ("ae", True, False),
        ):
            with self.subTest(country, zip=zip_required), self.transaction(SUPERUSER_ID) as env:
                location = env["ups.pickup.location"].browse(self.location_id)
                location.partner_id.country_id = env.ref(f"base.{country}")
                location.partner_id.country_id.zip_required = zip_required
                self.assertEqual("Postal Code" in str(location._place_problems()), is_told)
                env.cr.rollback()

    def test_hours_that_are_none_keep_nobody_from_reading(self):
        """An older version kept them; SQL does, and Odoo itself in the working hours."""
        pickup_id = self.new_pickup()
        self.click(pickup_id, "action_price")
        for hours in ("NaN", "Infinity", "1e308"):
            with self.subTest(hours), self.transaction() as env:
                env.cr.execute("UPDATE ups_pickup SET ready_time = %s", [hours])
                env.cr.execute("UPDATE resource_calendar_attendance SET hour_to = %s", [hours])
                pickup = env["ups.pickup"].browse(pickup_id)
                self.assertTrue(pickup.read() and pickup._sheet() and pickup.location_id.read())
                env.cr.rollback()

    def test_one_question_a_person(self):
        lost = [self.new_pickup(pickup_date=f"2026-11-{day}") for day in (24, 25)]
        for pickup_id in lost:
            self.simulator.queue_fault("request", "drop")
            self.click(pickup_id)
        self.simulator.queue_fault("status", "status", status=503, times=99)
        for _each in range(2):
            self.run_cron()
            [question] = self.questions()
            self.assertIn("2", question)
        self.click(lost[0], "action_mark_none")
        self.assertEqual(len(self.questions()), 1)
        self.assertIn("1", self.questions()[0])
        self.click(lost[1], "action_mark_none")
        self.assertFalse(self.questions())

    def test_somebody_else_is_asked_when_the_person_is_gone(self):
        with self.transaction(SUPERUSER_ID) as env:
            made_it = self.new_user(env, "ups_maker", "ups_pickup.group_user").id
            person = self.new_user(env, "ups_gone", "ups_pickup.group_user")
            env["ups.pickup.location"].browse(self.location_id).user_id = person
            person_id = person.id
        lost = {}
        for uid, day in ((made_it, 24), (SUPERUSER_ID, 25)):
            lost[uid] = self.new_pickup(uid=uid, pickup_date=f"2026-11-{day}")
            self.force(lost[uid], state="unknown", problem="?")
        self.run_cron()
        self.assertEqual(self.asked(*lost.values()), [person_id])
        with self.transaction(SUPERUSER_ID) as env:
            env["ups.pickup"].browse(lost.values()).activity_ids.user_id = self.admin_id
        self.run_cron()
        self.assertEqual(self.asked(*lost.values()), [self.admin_id], "a deputy keeps it")
        with self.transaction(SUPERUSER_ID) as env:
            env["ups.pickup"].browse(lost.values()).activity_ids.user_id = person_id
            env["res.users"].browse(person_id).active = False
        self.run_cron()
        self.assertEqual(self.asked(lost[made_it]), [made_it])
        self.assertEqual(self.asked(lost[SUPERUSER_ID]), [self.admin_id], "a coordinator")

    def test_what_the_gone_were_asked_is_asked_of_another(self):
        """Odoo deletes what the archived are asked; done or cancelled it is answered."""
        coming_id, _prn = self.booked()
        self.close("2026-11-24")
        failed_id = self.new_pickup(pickup_date="2026-11-23")
        self.force(failed_id, state="unsuccessful")
        draft_id = self.new_pickup(pickup_date="2026-11-25", uid=SUPERUSER_ID, origin="plan")
        ids = [coming_id, failed_id, draft_id]

        def move(person, _asked):
            person.group_ids = person.env.ref("base.group_user")

        def delete(person, _asked):
            partner = person.partner_id
            person.unlink()
            partner.unlink()

        for what, leave, is_asked in (
            ("archived", lambda person, asked: person.action_archive(), True),
            ("moved", move, True),
            ("deleted", delete, True),
            ("gone", lambda person, asked: (person.action_archive(), delete(person, asked)), True),
            ("done", lambda person, asked: (asked.action_done(), person.action_archive()), False),
            ("answered", lambda person, asked: (asked.action_done(), delete(person, asked)), False),
            ("cancelled", lambda person, asked: asked.unlink(), False),
        ):
            with self.subTest(what):
                with self.transaction(SUPERUSER_ID) as env:
                    person_id = self.new_user(env, f"ups_{what}", "ups_pickup.group_user").id
                    env["ups.pickup.location"].browse(self.location_id).user_id = person_id
                    pickups = env["ups.pickup"].browse(ids)
                    pickups.with_context(active_test=False).activity_ids.unlink()
                    pickups.write({"asked_id": False, "change_asked": False})
                with self.transaction(SUPERUSER_ID) as env:
                    env["ups.pickup"].browse(failed_id)._ask_about_failure()
                    env["ups.pickup"].browse(draft_id)._plan_failed("No country")
                self.run_cron()
                self.assertEqual((self.asked(*ids), len(self.questions())), ([person_id], 3))
                with self.transaction(SUPERUSER_ID) as env:
                    asked = env["ups.pickup"].browse(ids).activity_ids
                    leave(env["res.users"].browse(person_id), asked)
                for _twice in range(2):
                    self.run_cron()
                    self.assertEqual(self.asked(*ids), [self.admin_id] * is_asked)
                    self.assertEqual(len(self.questions()), 3 * is_asked)
        self.assertIn("is closed at that time", self.stored_values(coming_id, "hint"))

    def test_what_an_administrator_deletes_loses_nothing(self):
        names = ("ir_cron_check", "mail_activity_type_to_check", "mail_activity_type_plan")
        with self.transaction(SUPERUSER_ID) as env:
            for name in names[1:]:
                with self.assertRaisesRegex(UserError, "cannot delete"):
                    env.ref(f"ups_pickup.{name}").unlink()
        self.rename({name: f"{name}_gone" for name in (*names, "ir_cron_batch", "group_manager")})
        pickup_id, prn = self.booked()
        self.assertEqual(prn, self.simulator.trucks()[0]["prn"])
        self.force(pickup_id, state="unknown", problem="?")
        self.run_cron()
        self.assertFalse(self.questions())
        with self.transaction() as env:
            env["ups.pickup"].browse(pickup_id).activity_schedule(summary="Mine")
            vals = {"company_id": self.company_id, "location_ids": [self.location_id]}
            batch = env["ups.pickup.batch"].create(vals)
            batch.action_fill()
            with self.assertRaisesRegex(UserError, "makes it anew"):
                batch.action_request()
        self.click(pickup_id, "action_mark_done")
        self.assertEqual(self.questions(), ["Mine"])

    def rename(self, names):
        """Let Odoo know records under other external ids, for as long as the test runs."""
        with self.transaction(SUPERUSER_ID) as env:
            for old, new in names.items():
                domain = [("module", "=", "ups_pickup"), ("name", "=", old)]
                env["ir.model.data"].search(domain).name = new
        if any(new.endswith("_gone") for new in names.values()):
            self.addCleanup(self.rename, {new: old for old, new in names.items()})

    def asked(self, *pickup_ids):
        with self.transaction(SUPERUSER_ID) as env:
            return env["ups.pickup"].browse(pickup_ids).activity_ids.user_id.ids

    def questions(self):
        with self.transaction(SUPERUSER_ID) as env:
            pickups = env["ups.pickup"].search([("company_id", "=", self.company_id)])
            return pickups.activity_ids.mapped("summary")

    def test_tiles_and_filters_agree(self):
        self.set_time("2026-11-24 12:00", "Pacific/Auckland")  # in Honolulu it is the 23rd
        places = [self.place(zone) for zone in ("Pacific/Honolulu", "Pacific/Auckland")]
        for place in places:
            for day in ("2026-11-23", "2026-11-24", "2026-11-25"):
                self.new_pickup(place, pickup_date=day)
        done_id = self.new_pickup(places[1], pickup_date="2026-11-20")
        self.force(done_id, state="done")
        failed = [self.new_pickup(places[1], pickup_date=f"2026-11-{day}") for day in (20, 21)]
        for failed_id in failed:
            self.force(failed_id, state="unsuccessful", prn="2929602E9CP")
        self.click(failed[1], "action_again")  # somebody takes care of it
        cie = self.new_pickup(places[1], pickup_date="2026-11-24")
        self.force(cie, environment="production")
        again = self.new_pickup(places[1], pickup_date="2026-11-23")  # which nobody has requested
        self.force(again, retry_of_id=failed[0])
        with self.transaction() as env:
            pickups = env["ups.pickup"].with_context(allowed_company_ids=[self.company_id])
            counts = pickups.overview_counts()
            self.assertEqual([counts[name] for name in TILES], [3, 2, 0, 1, 1])
            arch = etree.fromstring(pickups.get_view(view_type="search")["arch"])
            for name in TILES:
                [domain] = arch.xpath(f"//filter[@name='{name}']/@domain")
                here = ("is_current_environment", "=", True)
                found = pickups.search([*literal_eval(domain), here])
                self.assertEqual(len(found), counts[name])
                if name in ("today", "tomorrow"):
                    self.assertTrue(all(found.mapped(f"is_{name}")))
        with self.transaction(SUPERUSER_ID) as env:  # as the rules of others run
            elsewhere = env["ups.pickup"].with_context(allowed_company_ids=env.company.ids)
            found = elsewhere.search([("is_today", "=", True), ("location_id", "in", places)])
            self.assertEqual(len(found), counts["today"] + 1)
            for name in ("is_today", "is_to_check", "is_unanswered"):
                here = [("location_id", "in", places)]
                both = elsewhere.search([(name, "in", [True, False]), *here])
                self.assertEqual(both, elsewhere.search(here), name)
