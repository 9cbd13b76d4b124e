"""What is requested with no click: plans, where they were switched on."""

from unittest.mock import patch

from odoo import SUPERUSER_ID, fields
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.modules.neutralize import get_neutralization_queries
from odoo.tests import Form, tagged
from psycopg2 import OperationalError

from .common import PickupCase

HERE = "odoo.addons.ups_pickup.this_database"
CONNECTION = "odoo.addons.ups_pickup_oauth.models.ups_connection"


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
            ("2026-11-24 12:05", []),  # today's was for yesterday to ask for
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
        owner = {"ups.pickup.location": self.location_id, "res.company": self.company_id}
        for month, (model, own_id) in zip((1, 2), owner.items(), strict=True):
            for active in (False, True):
                self.set_time(f"2027-0{month}-12 10:00", "America/New_York")
                with self.subTest(model), self.transaction(SUPERUSER_ID) as env:
                    env[model].browse(own_id).active = active
            for hour, date in (("10:00", f"20270{month}12"), ("17:05", f"20270{month}13")):
                self.set_time(f"2027-0{month}-12 {hour}", "America/New_York")
                self.run_plans()
                with self.subTest(model, hour=hour):
                    self.assertEqual(date in self.dates(), hour == "17:05")

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

    def test_a_long_refusal_of_all_is_asked_seldom_and_noted_once(self):
        self.plan(plan="working_days", plan_time=17.0, plan_day="before")
        beside = self.place("America/New_York", plan="working_days")
        self.simulator.refuse_next("request", "250003", "Too many", status=429, times=999)
        self.set_time("2026-11-24 17:00", "America/New_York")
        for _five_minutes in range(36):
            self.run_plans()
            self.wait(minutes=5)
        self.assertLess(self.posts(), 10)
        with self.transaction(SUPERUSER_ID) as env:
            drafts = env["ups.pickup"].search([("location_id", "in", [self.location_id, beside])])
            said = drafts.message_ids.filtered(lambda each: "Too many" in each.body)
            self.assertIn(len(said), (1, 2))
            self.assertEqual(len(said), len(set(said.mapped("res_id"))), "once a draft")
            self.assertFalse(any(drafts.mapped("claimed_on")), "no request was lost")
        self.set_time("2026-11-25 14:05", "America/New_York")
        self.run_plans()
        self.assertEqual(len(self.asked()), 2, "who has to call UPS")
        self.simulator.reset()
        self.authorize(expired=False)
        self.wait(minutes=30)
        self.run_plans()
        with self.transaction(SUPERUSER_ID) as env:
            drafts = env["ups.pickup"].search([("location_id", "in", [self.location_id, beside])])
            self.assertEqual(drafts.mapped("state"), ["requested"] * 2)

    def test_what_a_person_has_cancelled_stays_so(self):
        self.plan(plan="working_days", plan_time=9.0, plan_day="same")
        self.run_plans()
        with self.transaction() as env:
            [made] = env["ups.pickup"].search([("company_id", "=", self.company_id)])
            made_id = made.id
        self.click(made_id, "action_cancel")
        for plan in ("working_days", "manual", "working_days"):  # saved again, off and on
            self.plan(plan=plan)
            self.run_plans()
        self.assertEqual(self.posts(), 1)

    def test_what_cannot_be_worked_out_at_one_place_stops_no_other(self):
        self.plan(plan="working_days", plan_time=9.0, plan_day="same")
        strange = self.place("America/Chicago", plan="working_days")
        location, works = self.registry["ups.pickup.location"], []

        def planned_day(place):
            if place.id == strange:
                raise OverflowError("a calendar that no clock reaches")
            works.append(place.id)
            return original(place)

        original = location._planned_day
        with (
            patch.object(location, "_planned_day", planned_day),
            self.assertLogs("odoo.addons.ups_pickup.one_by_one", "ERROR"),
        ):
            self.run_plans()
        self.assertEqual(self.posts(), 1)

    def test_packages_that_come_in_the_morning(self):
        self.set_time("2026-11-23 12:00", "America/New_York")
        self.plan(plan="when_packages", plan_time=17.0, plan_day="before")
        self.set_time("2026-11-23 17:05", "America/New_York")
        self.run_plans()
        self.assertEqual(self.dates(), [])
        vals = {"pickup_date": "2026-11-24", "origin": "deliveries"}
        pickup_id = self.new_pickup(uid=SUPERUSER_ID, **vals)
        self.set_time("2026-11-24 09:00", "America/New_York")
        with self.transaction() as env:  # a person is just writing into it: later, not never
            env["ups.pickup"].browse(pickup_id).weight = 5
            env.flush_all()
            self.run_plans()
        self.assertEqual(self.dates(), [])
        self.run_plans()
        self.assertEqual(self.dates(), ["20261124"])

    def test_a_second_driver_for_what_came_after_the_first(self):
        """A person has asked for the morning's; what was called off is asked about instead."""
        self.set_time("2026-11-24 13:05", "America/New_York")
        for morning, state, questions in (
            ("requested", "draft", 0),
            ("done", "requested", 0),
            ("unsuccessful", "requested", 0),
            ("cancelled", "draft", 1),
        ):
            with self.subTest(morning):
                self.delete_drafts()
                self.plan(plan="manual", plan_time=13.0, plan_day="same")
                self.plan(plan="when_packages")
                self.force(morning_id := self.new_pickup(), state=morning)
                self.run_plans()  # with nothing brought yet
                draft_id = self.new_pickup(uid=SUPERUSER_ID, origin="deliveries")
                self.run_plans()
                self.assertEqual(self.stored_values(draft_id, "state"), state)
                self.assertEqual(len(self.asked()), questions)
                self.force(morning_id, state="draft")
                self.force(draft_id, state="draft")

    def test_an_outage_is_met_once_and_told_to_all_in_time(self):
        self.plan(plan="working_days", plan_time=9.0, plan_day="same")
        for _each in range(3):
            self.place("America/New_York", plan="working_days", plan_time=9.0, plan_day="same")
        self.simulator.refuse_next("request", "250003", "Too many", status=429, times=9)
        self.set_time("2026-11-24 14:05", "America/New_York")
        self.run_plans()
        self.assertEqual(self.posts(), 1)
        self.assertEqual(len(self.asked()), 4)

    def test_a_gateways_too_many_leaves_one_to_look_up(self):
        self.plan(plan="working_days", plan_time=9.0, plan_day="same")
        for _each in range(3):
            self.place("America/New_York", plan="working_days", plan_time=9.0, plan_day="same")
        self.simulator.queue_fault("request", "html", status=429)
        self.run_plans()
        self.assertEqual(self.posts(), 1)
        self.wait(minutes=30)
        self.run_plans()
        self.assertEqual(self.posts(), 4)

    def test_the_failing_rule_of_others_stops_no_other_place(self):
        self.plan(plan="working_days", plan_time=9.0, plan_day="same")
        self.place("America/Chicago", plan="working_days", plan_time=9.0, plan_day="same")
        tries = []

        def fails_once(_pickups):
            tries.append(1)
            if len(tries) == 1:
                raise ValueError("a rule")

        with self.rule("sending", fails_once), self.assertLogs("odoo.addons.ups_pickup", "ERROR"):
            self.run_plans()
            self.assertEqual(self.posts(), 1)
            self.run_plans()
        self.assertEqual(self.posts(), 2)

    def test_what_others_do_not_let_a_plan_make_is_told_once_a_day(self):
        self.plan(plan="working_days", plan_time=9.0, plan_day="same")
        rule, bug = ValidationError("Enter a cost centre."), ValueError("a secret row")
        lost = OperationalError()  # which the next run may win

        def told():
            with self.transaction() as env:
                place = env["ups.pickup.location"].browse(self.location_id)
                own = env["ups.pickup"].with_context(allowed_company_ids=[self.company_id])
                bodies = [str(body) for body in place.message_ids.mapped("body")]
                return own.overview()["troubles"], [each for each in bodies if "plan could" in each]

        for moment, error, words, notes in (
            ("2026-11-24 11:00", lost, "", 0),
            ("2026-11-24 12:00", rule, "Enter a cost centre.", 1),
            ("2026-11-24 15:05", rule, "Enter a cost centre.", 1),
            ("2026-11-25 12:00", bug, "in the server's log", 2),
        ):
            with (
                self.subTest(moment),
                patch.object(self.registry["ups.pickup"], "create", side_effect=error),
                patch("odoo.addons.ups_pickup_oauth.own_transaction.PAUSES", ()),
                self.assertLogs("odoo.addons.ups_pickup", "ERROR"),
            ):
                self.set_time(moment, "America/New_York")
                for _twice in range(2):
                    self.run_plans()
                troubles, noted = told()
                self.assertEqual([words in each for each in troubles], [True] * bool(words))
                self.assertNotIn("secret", f"{troubles} {noted}")
                self.assertEqual(len(noted), notes)
        self.run_plans()
        self.assertEqual(told()[0], [])
        self.assertEqual(self.posts(), 1)

    def test_a_copy_requests_nothing_by_itself(self):
        self.plan(plan="working_days", plan_time=9.0, plan_day="same")
        with (
            patch(f"{CONNECTION}.identity", return_value="another/1"),
            patch(f"{HERE}.is_beside", return_value=True),
        ):
            self.run_plans()
        with patch.dict("os.environ", {"UPS_ENVIRONMENT": "production"}):
            self.run_plans()
            with self.transaction() as env:
                shown = env["ups.pickup.location"].get_view(view_type="list")["models"]
                self.assertIn("is_plan_off", shown["ups.pickup.location"])
                self.assertTrue(env["ups.pickup.location"].browse(self.location_id).is_plan_off)
        with self.transaction(SUPERUSER_ID) as env:
            for query in get_neutralization_queries(["ups_pickup"]):
                env.cr.execute(query)
            location = env["ups.pickup.location"].browse(self.location_id)
            self.assertEqual(location.plan, "manual")
            env.cr.rollback()
        self.assertEqual(self.dates(), [])
        self.run_plans()
        self.assertEqual(self.dates(), ["20261124"])

    def test_another_environment_says_what_it_stops(self):
        """A plan and a driver in production, then UPS is only tried."""

        def told():
            with self.transaction() as env:
                own = env["ups.pickup"].with_context(allowed_company_ids=[self.company_id])
                troubles = " ".join(own.overview()["troubles"])
                place = env["ups.pickup.location"].browse(self.location_id)
                advice = place._plans(Domain("id", "=", place.id)).off._plans_off_in_words()
                self.assertIn(advice, env["res.config.settings"]._ups_advice())
                return troubles, advice, place.plan_off_in_words or ""

        with patch.dict("os.environ", {"UPS_ENVIRONMENT": "production"}):
            self.plan(plan="working_days", plan_time=9.0, plan_day="same")
            self.force(self.new_pickup(), state="requested", prn="2929602E9CP")
            self.assertEqual(told(), ("", "", ""))
            settings = self.registry["res.config.settings"]
            touched = patch.object(settings, "_ups_touches", return_value=True)
            with touched, self.transaction() as env:
                warning = Form(env["res.config.settings"]).ups_reauthorize_warning
            self.assertRegex(warning, "off after this change: 1. .*may come: 1.")
        troubles, advice, why = told()
        self.assertRegex(troubles, "production for which a driver may come: 1")
        self.assertIn(advice, troubles)
        self.assertRegex(advice, "Plans that are off.* 1 .America/New_York")
        self.assertIn("off while Test (CIE) is in force", why)
        self.run_plans()
        self.assertEqual(self.posts(), 0)
        self.plan(plan="working_days")
        self.wait(days=2)
        self.assertEqual(told(), ("", "", ""))

    def test_an_archived_company_asks_for_no_driver(self):
        """Nobody could see it there, and cancel it."""
        self.plan(plan="working_days", plan_time=9.0, plan_day="same")
        with self.transaction() as env:
            batch = self.new_batch(env, "2026-11-25")
            batch.action_fill()
            batch.action_request()
            rows = batch.pickup_ids.ids

        def archive():
            with self.transaction(SUPERUSER_ID) as env:
                env["res.company"].browse(self.company_id).action_archive()

        open_id = self.new_pickup(pickup_date="2026-11-30")
        for stands_there, ends in (("draft", "draft"), ("requested", "cancelled")):
            self.force(open_id, state=stands_there)
            with self.assertRaisesRegex(UserError, "before you archive the company"):
                archive()
            self.force(open_id, state=ends)
            self.force(rows, queued_on=False)
        archive()
        self.force(rows, queued_on=self.now)
        self.run_plans()
        self.run_batches()
        self.assertEqual(self.posts(), 0)

    def asked(self):
        """:return: whom a plan that could not run has asked, and what."""
        with self.transaction(SUPERUSER_ID) as env:
            own = env["ups.pickup"].search([("company_id", "=", self.company_id)])
            kind = env.ref("ups_pickup.mail_activity_type_plan")
            asked = own.activity_ids.filtered(lambda each: each.activity_type_id == kind)
            return [(each.user_id.id, str(each.note)) for each in asked]

    def test_a_plan_that_could_not_run_tells_its_person_that_day(self):
        def outage():
            self.simulator.refuse_next("request", "250003", "Too many", status=429, times=9)

        def refusal():
            self.simulator.refuse_next("request", "9510119", "No such service", status=400)

        def country(xmlid):
            with self.transaction(SUPERUSER_ID) as env:
                place = env["ups.pickup.location"].browse(self.location_id)
                place.partner_id.country_id = xmlid and env.ref(xmlid)

        def missed():
            self.set_place(plan_done_until="2026-11-23")

        for what, happens, moment, words in (
            ("authorization", self.opt_out, "24 09:05", "authorize"),
            ("outage", outage, "24 13:55", None),
            ("outage", outage, "24 14:05", "too many requests"),
            ("refusal", refusal, "24 09:05", "No such service"),
            ("address", lambda: country(None), "24 09:05", "Country"),
            ("nothing ran", lambda: country("base.us"), "24 15:05", "cut-off has passed"),
            ("nor at night", missed, "25 08:00", "cut-off has passed"),
        ):
            with self.subTest(what, moment=moment):
                self.delete_drafts()
                self.simulator.reset()
                self.authorize(expired=False)
                with self.transaction(SUPERUSER_ID) as env:
                    env["ups.pickup.account"].browse(self.account_id).plan_paused_until = False
                self.set_time("2026-11-24 08:00", "America/New_York")
                self.plan(plan="manual", plan_time=9.0, plan_day="same")
                self.plan(plan="working_days")
                self.set_time(f"2026-11-{moment}", "America/New_York")
                happens()
                for _twice in range(2):
                    self.run_plans()
                asked = self.asked()
                self.assertEqual(
                    [user_id for user_id, _note in asked], [self.admin_id] * bool(words)
                )
                if words:
                    self.assertIn(words, asked[0][1])
                    self.assertIn("the cut-off of that day is 15:00", asked[0][1])
                self.assertEqual(self.dates(), [])
        self.set_time("2026-11-25 15:05", "America/New_York")
        self.plan(plan="manual")
        self.plan(plan="working_days")  # switched on after the cut-off: nothing was missed
        self.delete_drafts()
        self.run_plans()
        self.assertEqual(self.asked(), [])

    def test_a_plan_that_could_never_run_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "before the cut-off, or on the day before"):
            self.plan(plan="working_days", plan_day="same", plan_time=15.0)
        with self.transaction() as env:
            form = Form(env["ups.pickup.location"])
            form.plan = "working_days"
            form.plan_day = "same"
            self.assertEqual((form.plan_time, form.cutoff_time), (14.0, 15.0))
            form.plan_day, form.plan_time, form.plan = "before", 17.0, "when_packages"
            self.assertEqual((form.plan_day, form.plan_time), ("same", 14.0))

    def test_a_plan_that_waits_asks_on_the_same_day_unless_another_is_said(self):
        with self.transaction() as env:
            place = env["ups.pickup.location"].browse(self.location_id)
            new = place.copy_data({"cutoff_time": 12.0})[0]
            del new["plan_day"], new["plan_time"]
            waits = {"plan": "when_packages"}
            for said, day, hour in (
                ({}, "same", 14.0),
                ({"plan_time": 10.0}, "same", 10.0),
                ({"plan_day": "before"}, "before", 17.0),
            ):
                place.write({"plan": "working_days", "plan_day": "before", "plan_time": 17.0})
                place.write(waits | said)
                place.write(waits)  # an import of the same
                self.assertEqual((place.plan_day, place.plan_time), (day, hour))
            made = place.create(new | waits)
            self.assertEqual((made.plan_day, made.plan_time), ("same", 11.0))
            env.cr.rollback()

    def test_who_was_asked_is_asked_no_more_once_it_is_requested(self):
        self.plan(plan="working_days", plan_time=9.0, plan_day="same")
        self.opt_out()
        self.run_plans()
        self.assertEqual(len(self.asked()), 1)
        self.authorize(expired=False)
        for _twice in range(2):
            self.run_plans()
        self.assertEqual(self.dates(), ["20261124"])
        self.assertEqual(self.asked(), [])

    def test_its_person_reads_it_in_his_language(self):
        """Not in the cron's, which has none."""
        with self.transaction(SUPERUSER_ID) as env:
            person = self.new_user(env, "ups_kim", "ups_pickup.group_user")
            self.activate("de_DE", person)
        self.set_place(user_id=person.id)
        self.plan(plan="working_days", plan_time=9.0, plan_day="same")
        self.simulator.refuse_next("request", "9510119", "No such service", status=400)
        # At any moment one of the zones has another date than UTC.
        for moment, zone, reason, in_english in (
            ("2026-11-24 09:05", "Pacific/Kiritimati", "abgelehnt", "UPS refused it"),
            ("2026-11-25 15:05", "Etc/GMT+12", "Annahmeschluss ist", "The cut-off has passed"),
        ):
            with self.subTest(moment):
                self.set_time(moment, "America/New_York")
                with self.transaction(SUPERUSER_ID) as env:
                    env["res.users"].browse(person.id).tz = zone
                self.run_plans()
                with self.transaction(SUPERUSER_ID) as env:
                    domain = [("location_id", "=", self.location_id)]
                    draft = env["ups.pickup"].search(domain, order="id desc", limit=1)
                    asked = draft.activity_ids
                    self.assertIn("UPS ist nicht gebeten", asked.summary)
                    today = fields.Date.context_today(asked.with_context(tz=zone))
                    self.assertEqual(asked.date_deadline, today)
                    in_german = draft.with_context(lang="de_DE").problem
                    for words in (in_german, str(asked.note)):
                        self.assertIn(reason, words)
                    self.assertIn(in_english, draft.problem)
        over_id = self.new_pickup(pickup_date="2026-11-24")
        self.force(over_id, state="requested", prn="2929602E9CP")
        self.run_cron()
        with self.transaction() as env:
            pickups = env["ups.pickup"].with_context(lang="de_DE")
            self.assertIn("Tag ist vorbei", pickups.browse(over_id).problem)

    def activate(self, language, person):
        person.env["res.lang"]._activate_lang(language)
        person.lang = language

        def deactivate():
            with self.transaction(SUPERUSER_ID) as env:
                env["res.users"].browse(person.id).lang = "en_US"
                env["res.lang"].search([("code", "=", language)]).active = False

        self.addCleanup(deactivate)

    def delete_drafts(self):
        with self.transaction(SUPERUSER_ID) as env:
            drafts = env["ups.pickup"].search([("company_id", "=", self.company_id)])
            drafts.claimed_on = False  # forced into drafts, they look as if they were lost
            drafts.unlink()
