"""From a draft to a driver: once, whoever else is at it, and only what is stored."""

import json
import threading
from contextlib import suppress
from unittest.mock import Mock, patch

import psycopg2
from odoo import SUPERUSER_ID
from odoo.addons.ups_pickup_oauth.exceptions import UpsReauthorizationNeeded
from odoo.exceptions import UserError
from odoo.service.model import retrying
from odoo.tests import tagged

from ..models import ups_pickup_request
from .common import PickupCase
from .ups_pickup_simulator import answers, fleet


@tagged("post_install", "-at_install")
class TestLife(PickupCase):
    def test_a_refusal_names_the_field_and_shows_no_html(self):
        pickup_id = self.new_pickup()
        words = f"<b>No such service</b>{'x' * 10**6}"
        self.simulator.refuse_next("request", "9510119", words)
        with self.assertRaises(UserError) as caught:
            self.click(pickup_id)
        self.assertIn("“Service”", str(caught.exception))
        history = self.history(pickup_id)[0]
        self.assertIn("&lt;b&gt;No such service", history)
        self.assertLess(len(history), 2000)

    def test_news_of_ups_show_no_html(self):
        pickup_id, prn = self.booked()
        self.simulator.set_code(prn, "004")
        with patch.object(fleet.Truck, "message", "<img src=x onerror=alert(1)>"):
            self.click(pickup_id, "action_check")
        with self.transaction(SUPERUSER_ID) as env:
            pickup = env["ups.pickup"].browse(pickup_id)
            self.assertIn("<img", pickup.status_message)
            told = f"{pickup.activity_ids.mapped('note')} {pickup.message_ids.mapped('body')}"
            self.assertIn("&lt;img", told)
            self.assertNotIn("<img", told)

    def test_what_ups_adds_to_a_booking_is_in_the_history(self):
        adds = {"Alert": [{"Code": "9500689", "Description": "Call <us> about it"}]}
        with patch.dict(answers.GOOD, adds):
            pickup_id = self.new_pickup()
            self.assertIn("UPS adds: Call <us>", self.click(pickup_id, "action_price"))
            self.assertIn("UPS adds: Call <us>", self.click(pickup_id))
        prn = self.stored_values(pickup_id, "prn")
        said = f"PRN: {prn} UPS adds: Call &lt;us&gt; about it"
        self.assertIn(said, str(self.history(pickup_id)))
        saturday_id = self.new_pickup(pickup_date="2026-11-28")
        off = {"WeekendServiceTerritory": {"SatWST": "N", "SunWST": "Y"}}
        with self.transaction() as env, patch.object(answers, "weekend", lambda _asked: off):
            told = env["ups.pickup"].browse(saturday_id).action_request()["params"]
        self.assertEqual(told["type"], "warning")
        self.assertIn("Weekend Service Territory", told["message"])
        self.assertFalse(self.stored_values(pickup_id, "problem"))
        self.set_time("2026-11-28 13:05", "America/New_York")
        saturdays_prn = self.stored_values(saturday_id, "prn")
        for code, is_in_doubt in (("012", True), ("001", True), ("002", False)):
            self.assertIn("ask whether a driver", self.stored_values(saturday_id, "problem"))
            self.simulator.set_code(saturdays_prn, code)
            self.wait(minutes=15)
            self.run_cron()
            status, problem = self.stored_values(saturday_id, "status_code", "problem")
            self.assertEqual((status, bool(problem)), (code, is_in_doubt))

    def test_without_an_authorization_the_pickup_stays_as_it_was(self):
        pickup_id = self.new_pickup()
        self.opt_out()
        for action in ("action_request", "action_confirm", "action_price"):
            with self.assertRaises(UpsReauthorizationNeeded):
                self.click(pickup_id, action)
        self.assertEqual(self.stored_values(pickup_id, "state", "reference"), ("draft", False))
        self.force(pickup_id, state="requested", prn="29ABCDEFGHI")
        words = "not authorized.*call UPS with PRN 29ABCDEFGHI"
        with self.assertRaisesRegex(UpsReauthorizationNeeded, words):
            self.click(pickup_id, "action_cancel")
        self.assertEqual(self.stored_values(pickup_id, "state"), "requested")
        with self.transaction(SUPERUSER_ID) as env:
            company = env["res.company"].browse(self.company_id)
            self.assertIn("driver may come: 1.", company._ups_opt_out_question())

    def test_a_process_that_stood_still_after_the_claim_sends_nothing(self):
        """Others may have concluded meanwhile that the request was lost."""
        pickup_id, make = self.new_pickup(), ups_pickup_request.request_from

        def after_a_suspension(*told):
            self.wait(minutes=5)
            return make(*told)

        with (
            patch.object(ups_pickup_request, "request_from", after_a_suspension),
            self.assertRaisesRegex(UserError, "no driver was asked for"),
        ):
            self.click(pickup_id)
        self.assertEqual((self.posts(), self.stored_values(pickup_id, "state")), (0, "draft"))

    def test_a_request_that_odoo_reruns_sends_once(self):
        pickup_id, runs = self.new_pickup(), []

        def request(env):
            runs.append(env["ups.pickup"].browse(pickup_id).action_request())
            partner = env["res.company"].browse(self.company_id).partner_id
            if len(runs) == 1:
                with self.transaction() as other:
                    other["res.partner"].browse(partner.id).comment = "first"
            partner.comment = "second"
            env.flush_all()  # PostgreSQL: could not serialize access due to concurrent update

        with self.transaction() as env, self.assertLogs("odoo.sql_db", "ERROR"):
            retrying(lambda: request(env), env)
        prn = self.stored_values(pickup_id, "prn")
        self.assertTrue(prn)
        self.assertEqual(len(runs), 2)
        for run in runs:
            self.assertIn(prn, run["params"]["message"])
        self.assertEqual(self.posts(), 1)

    def test_a_caller_that_rolls_back_or_has_not_saved(self):
        pickup_id = self.new_pickup()
        with self.transaction() as env:
            env["ups.pickup"].browse(pickup_id).action_request()
            env.cr.rollback()
        self.assertEqual(self.stored_values(pickup_id, "state"), "requested")
        changed_id = self.new_pickup(pickup_date="2026-11-25")
        with self.transaction() as env:
            changed = env["ups.pickup"].browse(changed_id)
            changed.weight = 5
            env.flush_all()
            made = changed.copy()
            env.flush_all()
            for pickup in (changed, made):
                with self.assertRaisesRegex(UserError, "Save it first"):
                    pickup.action_request()
            with self.assertRaisesRegex(UserError, "Save it first"):  # a form's, over RPC
                pickup.browse([False]).action_mark_done()
            env.cr.rollback()
        self.assertEqual(self.posts(), 1)

    def test_what_ups_was_told_changes_in_drafts_only(self):
        pickup_id, prn = self.booked()
        with self.transaction() as env:
            pickup = env["ups.pickup"].browse(pickup_id)
            for change in (
                {"pickup_date": "2026-11-30"},
                {"ready_time": 15.5},
                {"line_ids": [(5, 0, 0)]},
                {"instruction": "Other"},
            ):
                with self.subTest(change), self.assertRaisesRegex(UserError, "cannot be changed"):
                    pickup.write(change)
            with self.assertRaisesRegex(UserError, "cannot be changed"):
                pickup.line_ids.quantity = 7
            with self.assertRaisesRegex(UserError, "cannot be changed"):
                pickup.line_ids.unlink()
            with self.assertRaisesRegex(UserError, "Cancel it first"):
                pickup.unlink()
            env.cr.rollback()
        [truck] = self.simulator.trucks()
        self.assertEqual(truck["prn"], prn)
        self.assertEqual(truck["references"], [self.stored_values(pickup_id, "reference")])

    def test_lines_that_change_while_it_is_requested(self):
        """Whoever is first wins: what is told is what is stored."""
        pickup_id = self.new_pickup()
        with self.transaction() as env:
            line = env["ups.pickup"].browse(pickup_id).line_ids
            self.assertEqual(line.container, "package")  # the snapshot is taken
            self.click(pickup_id)

            def change():
                line.container = "letter"
                env.flush_all()

            with self.assertRaisesRegex(UserError, "cannot be changed"):
                retrying(change, env)
            env.cr.rollback()
        [truck] = self.simulator.trucks()
        self.assertEqual(truck["asks"][0]["PickupPiece"][0]["ContainerCode"], "01")

    def test_the_second_draft_of_a_day_is_led_to_the_first(self):
        first_id, prn = self.booked()
        second_id = self.new_pickup()
        with self.assertRaisesRegex(UserError, prn) as caught:
            self.click(second_id)
        _words, action, button = caught.exception.args
        self.assertEqual(action["res_id"], first_id)
        self.assertTrue(button.startswith("Open "))
        self.assertEqual(self.stored_values(second_id, "twin_id").id, first_id)
        self.assertEqual(self.posts(), 1)
        with self.transaction(SUPERUSER_ID) as env, self.assertRaises(Exception) as caught:
            env["ups.pickup"].browse(second_id).state = "unconfirmed"
            env.flush_all()
        self.assertIn("one_open_oncall", str(caught.exception))

    def test_no_driver_is_said_to_come_for_what_has_ended(self):
        """The form is older, or it was chosen in the list together with drafts."""
        pickup_id, prn = self.booked()
        self.assertIn(prn, self.click(pickup_id), "the second click")
        self.click(pickup_id, "action_cancel")
        with self.transaction() as env:
            told = env["ups.pickup"].browse(pickup_id).action_request()["params"]
        self.assertEqual((told["type"], told["message"]), ("danger", "Cancelled"))
        self.force(pickup_id, state="cancelling", problem="Lost")
        self.assertEqual(self.click(pickup_id), "Lost")
        self.assertIn("named: 0", self.click(pickup_id, "action_price"), "it is booked")
        self.assertEqual((self.posts(), self.simulator.calls("price")), (1, 0))

    def test_the_price_is_a_question(self):
        for action in ("action_price", "action_request"):
            pickup_id, names = self.new_pickup(), ("price_day", "is_price_stale")
            self.assertIn("Nothing is booked", self.click(pickup_id, "action_price"))
            self.assertTrue(self.stored_values(pickup_id, "price"))
            self.assertEqual(self.stored_values(pickup_id, *names), ("same", False))
            self.force(pickup_id, pickup_date="2026-11-26")
            self.assertTrue(self.stored_values(pickup_id, "is_price_stale"))
            self.assertFalse(self.simulator.trucks())
            with patch.dict(answers.CURRENCIES, US="???"):  # no price, and that of the 24th is none
                self.click(pickup_id, action)
            self.assertFalse(self.stored_values(pickup_id, "price"))
        later_id = self.new_pickup(pickup_date="2026-11-25")
        self.click(later_id, "action_price")
        self.assertFalse(self.stored_values(later_id, "is_price_stale"))
        self.wait(days=1)  # on the day itself it is another price
        self.assertTrue(self.stored_values(later_id, "is_price_stale"))
        self.wait(days=-1)

    def test_in_production_the_dialog_comes_first(self):
        self.startPatcher(patch.dict("os.environ", {"UPS_ENVIRONMENT": "production"}))
        self.authorize(expired=False)
        pickup_id = self.new_pickup()
        with self.transaction() as env:
            dialog = env["ups.pickup"].browse(pickup_id).action_confirm()
        self.assertEqual((dialog["target"], dialog["res_id"]), ("new", pickup_id))
        self.assertEqual(self.posts(), 0)
        self.assertTrue(self.stored_values(pickup_id, "price"))
        with self.transaction(SUPERUSER_ID) as env:
            env["ir.config_parameter"].set_param("database.is_neutralized", "True")
        booked_id = self.new_pickup(pickup_date="2026-11-25")
        self.force(booked_id, state="requested", prn="29ABCDEFGHI")
        try:
            for each, action in ((pickup_id, "action_request"), (booked_id, "action_cancel")):
                with self.assertRaisesRegex(UserError, "is a copy"):
                    self.click(each, action)
        finally:
            with self.transaction(SUPERUSER_ID) as env:
                env["ir.config_parameter"].set_param("database.is_neutralized", False)
        self.assertEqual(self.simulator.calls("cancel"), 0)
        context = json.loads(json.dumps(dialog["context"]))
        with self.transaction() as env:
            other = env["ups.pickup"].browse(booked_id).copy({"pickup_date": "2026-11-26"})
            params = (other + other.browse(pickup_id)).action_confirm()["params"]
        for shown in (context, params["context"]):
            self.force(pickup_id, pickup_date="2026-11-27")
            with self.assertRaisesRegex(UserError, "changed while you were asked"):
                self.click(pickup_id, **shown)
            self.force(pickup_id, pickup_date="2026-11-24")
        self.click(pickup_id, **context)
        self.assertEqual(self.posts(), 1)

    def test_an_environment_that_changed_since(self):
        """Test and production never mix: asked or cancelled at the other, a driver comes still."""
        pickup_id, (booked_id, _prn) = self.new_pickup(pickup_date="2026-11-25"), self.booked()
        with patch.dict("os.environ", {"UPS_ENVIRONMENT": "production"}):
            self.authorize(expired=False)
            for each, action in (
                (pickup_id, "action_request"),
                (pickup_id, "action_price"),
                (booked_id, "action_cancel"),
            ):
                with self.subTest(action), self.assertRaisesRegex(UserError, "another environment"):
                    self.click(each, action)
        none_of_upss = patch.dict("os.environ", {"UPS_ENVIRONMENT": "sandbox"})
        with none_of_upss, self.assertRaisesRegex(UserError, "must be production or cie"):
            self.new_pickup(pickup_date="2026-11-26")
        [truck] = self.simulator.trucks()
        self.assertTrue(truck["is_open"])
        self.assertEqual(self.stored_values(booked_id, "state"), "requested")

    def test_the_rule_of_another_addon_that_fails_undoes_nothing_of_what_ups_has_said(self):
        for error in (ValueError("a rule"), UserError("a rule"), psycopg2.DataError("a field")):
            fails = Mock(side_effect=error)
            with self.subTest(error), self.assertLogs("odoo.addons.ups_pickup", "ERROR") as logs:
                with self.rule("requested", fails):
                    pickup_id, prn = self.booked()
                    other_id = self.new_pickup(pickup_date="2026-11-25")
                    self.assertIn("PRN", self.click(other_id))
                self.assertTrue(prn)
                for each in (prn, self.stored_values(other_id, "prn")):
                    self.simulator.set_code(each, "002")
                with self.rule("dispatched", fails):
                    self.run_cron()
                for each in (pickup_id, other_id):
                    self.assertEqual(self.stored_values(each, "state"), "dispatched")
                    with self.rule("cancelled", fails):
                        self.click(each, "action_cancel")
                    self.assertEqual(self.stored_values(each, "state"), "cancelled")
                self.assertNotIn("a rule", "".join(logs.output))

    def test_a_callers_context_neither_passes_a_rule_nor_hides_a_question(self):
        given = {"ups_past_the_orm": True, "mail_activity_automation_skip": True}
        pickup_id, (booked_id, prn) = self.new_pickup(pickup_date="2026-11-25"), self.booked()
        refuses = self.rule("sending", Mock(side_effect=UserError("a limit")))
        with refuses, self.assertRaisesRegex(UserError, "a limit"):
            self.click(pickup_id, **given)
        self.assertEqual(self.stored_values(pickup_id, "state"), "draft")
        self.simulator.set_code(prn, "004")
        self.click(booked_id, "action_check", **given)
        self.assertTrue(self.stored_values(booked_id, "activity_ids"))

    def test_postgresql_ends_the_connections_while_ups_answers(self):
        """A crash, or an administrator: what UPS then answers is kept by other connections."""
        others = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                     WHERE datname = current_database() AND pid != pg_backend_pid()"""
        pickup_id = self.new_pickup()
        for action, route, state in (
            ("action_request", "request", "requested"),
            ("action_cancel", "cancel", "cancelled"),
        ):
            with self.subTest(action):
                self.simulator.queue_fault(route, "hang", when="after")
                caller = (pickup_id, action)
                clicked = threading.Thread(target=self.click_of_a_lost_caller, args=caller)
                clicked.start()
                self.simulator.wait_for_calls(route, 1)
                with self.transaction(SUPERUSER_ID) as env:
                    env.cr.execute(others)
                self.simulator.release()
                clicked.join()
                self.assertEqual(self.stored_values(pickup_id, "state"), state)
        self.assertEqual(self.posts(), 1)

    def click_of_a_lost_caller(self, pickup_id, action):
        with suppress(psycopg2.Error):  # its own transaction is lost, too
            self.click(pickup_id, action)
