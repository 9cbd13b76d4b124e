"""What a coordinator does to many at once, and what a location says of itself."""

from datetime import date, datetime, time, timedelta

import pytz
from odoo import SUPERUSER_ID
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common import PickupCase


@tagged("post_install", "-at_install")
class TestMany(PickupCase):
    def choose(self, ids, action):
        """A button of the list, on many rows."""
        with self.transaction() as env:
            return getattr(env["ups.pickup"].browse(ids), action)()

    def test_again_for_many(self):
        failed = [self.new_pickup(pickup_date=f"2026-11-{day}") for day in (20, 23)]
        for pickup_id in failed:
            self.force(pickup_id, state="unsuccessful")
            with self.transaction(SUPERUSER_ID) as env:
                env["ups.pickup"].browse(pickup_id)._ask_about_failure()
        self.set_time("2026-11-24 15:30", "America/New_York")  # after today's cut-off
        first = self.choose(failed * 2, "action_again")
        self.assertEqual(self.choose(failed, "action_again"), first)
        with self.transaction() as env:
            drafts = env["ups.pickup"].search(first["domain"])
            self.assertEqual(len(drafts), 2)
            self.assertEqual(set(drafts.mapped("state")), {"draft"})
            self.assertEqual({str(day) for day in drafts.mapped("pickup_date")}, {"2026-11-25"})
            self.assertEqual(sorted(drafts.retry_of_id.ids), sorted(failed))
            self.assertFalse(env["ups.pickup"].browse(failed).activity_ids)
        self.set_time("2026-11-24 12:00", "America/New_York")
        with self.assertRaisesRegex(UserError, "Take these out"):
            self.choose([*failed, self.booked()[0]], "action_again")

    def test_what_needs_no_other_pickup_asks_nobody(self):
        failed_id = self.new_pickup(pickup_date="2026-11-23")

        def unanswered():
            with self.transaction() as env:
                pickups = env["ups.pickup"].with_context(allowed_company_ids=[self.company_id])
                return pickups.overview_counts()["unsuccessful"]

        self.force(failed_id, state="unsuccessful", outcome_source="person")
        with self.transaction(SUPERUSER_ID) as env:
            env["ups.pickup"].browse(failed_id)._ask_about_failure()
        self.assertEqual(unanswered(), 1)
        self.choose([failed_id], "action_settle")
        self.assertEqual(unanswered(), 0)
        self.assertFalse(self.stored_values(failed_id, "activity_ids"))
        self.click(failed_id, "action_mark_done")
        with self.assertRaisesRegex(UserError, "of unsuccessful ones"):
            self.click(failed_id, "action_settle")
        self.click(failed_id, "action_mark_unsuccessful")
        self.assertEqual(unanswered(), 1)
        self.click(failed_id, "action_again")
        for day, count in ((24, 0), (25, 1)):  # the other one was requested by nobody
            self.set_time(f"2026-11-{day} 12:00", "America/New_York")
            self.assertEqual(unanswered(), count)
            self.assertEqual(self.stored_values(failed_id, "is_unanswered"), bool(count))

    def test_a_strike_is_many_cancellations(self):
        self.set_place(notification_email="a@x.eu, b@x.eu")
        coming = [self.new_pickup(pickup_date=f"2026-11-{day}") for day in (24, 25, 26)]
        for pickup_id in coming:
            self.click(pickup_id)
        self.assertEqual(self.stored_values(coming[0], "told")["confirmation_email"], "a@x.eu")
        draft_id = self.new_pickup()
        refused, *fine = coming
        self.simulator.refuse_next("cancel", "9510115", "The driver is on his way", status=400)
        told = self.choose([*coming, draft_id], "action_cancel")["params"]
        said = told["message"].splitlines()
        for line, pickup_id, words in (
            (0, refused, "The driver is on his way"),
            (1, fine[0], "UPS has cancelled it"),
            (-1, draft_id, "is a draft"),
        ):
            self.assertTrue(said[line].startswith(self.stored_values(pickup_id, "name")))
            self.assertIn(words, said[line])
        self.assertEqual(told["type"], "danger")
        self.assertEqual(
            [self.stored_values(each, "state") for each in coming],
            ["requested", "cancelled", "cancelled"],
        )
        with self.assertRaisesRegex(UserError, "up to 20"):
            self.choose([self.new_pickup() for _each in range(21)], "action_cancel")
        self.choose(fine, "action_again")
        with self.transaction() as env:
            again = env["ups.pickup"].browse(fine).again_ids
            self.assertEqual(sorted(f"{each.pickup_date:%d}" for each in again), ["25", "26"])

    def test_prices_stand_before_many_are_requested(self):
        ids = [self.new_pickup(pickup_date=f"2026-11-{day}") for day in (24, 25, 26, 27)]
        self.click(ids[0], "action_price")
        with self.transaction() as env:
            batch = self.new_batch(env, "2026-11-27")
            batch.action_fill()
            batch_id = batch.id
        for refused, lacking, calls, said in (
            (429, 3, 1, "too many requests"),
            (400, 3, 3, "named: 2.*\n.*: UPS refused it. UPS's answer: .*No such street"),
            (None, 1, 1, "named: 1."),
        ):
            if refused:
                self.simulator.refuse_next("price", "9510113", "No such street", status=refused)
            for words in self.asked(ids, batch_id):
                self.assertRegex(words, r"Drafts: 4\..*Test.*\n.*added up: \$")
                self.assertIn(f"out of date: {lacking}.", words)
            before = self.simulator.calls("price")
            try:
                told = self.choose(ids, "action_price")["params"]["message"]
            except UserError as error:
                told = str(error)
            self.assertRegex(told, said)
            self.assertEqual(self.simulator.calls("price"), before + calls)
        self.assertNotIn("Without a price", "".join(self.asked(ids, batch_id)))
        self.assertEqual(self.posts(), 0)

    def asked(self, ids, batch_id):
        """:return: the words of the questions before they are requested, by the list or a batch."""
        with self.transaction() as env:
            for asking in (env["ups.pickup"].browse(ids), env["ups.pickup.batch"].browse(batch_id)):
                asked = asking.action_confirm()["params"]
                self.assertEqual((asked["model"], asked["ids"]), (asking._name, asking.ids))
                yield asked["words"]

    def test_marking_many_stops_at_none(self):
        draft_id = self.new_pickup()
        lost_id = self.new_pickup(pickup_date="2026-11-25")
        self.force(lost_id, state="unconfirmed")
        unknown = [self.new_pickup(pickup_date=f"2026-11-{day}") for day in (20, 23)]
        for pickup_id in unknown:
            self.force(pickup_id, state="unknown")
        booked_id, _prn = self.booked()
        chosen = [draft_id, lost_id, *unknown, booked_id]
        told = self.choose(chosen, "action_mark_done")["params"]["message"]
        self.assertIn(self.stored_values(draft_id, "name"), told)
        self.assertIn("“UPS has none”", told)
        self.assertIn("from 14:00 on", told)
        states = [self.stored_values(each, "state") for each in chosen]
        self.assertEqual(states, ["draft", "unconfirmed", "done", "done", "requested"])
        for action, state in (
            ("action_mark_done", "done"),
            ("action_mark_not_yet", "requested"),
            ("action_mark_unsuccessful", "unsuccessful"),
            ("action_mark_not_yet", "requested"),
            ("action_cancel", "cancelled"),
        ):
            self.click(booked_id, action)
            self.assertEqual(self.stored_values(booked_id, "state"), state)
        for not_its_day in (booked_id, *unknown):
            with self.assertRaisesRegex(UserError, "“Not yet” takes back"):
                self.click(not_its_day, "action_mark_not_yet")

    def test_a_batch_says_what_it_leaves_out(self):
        self.close("2026-11-25")
        booked_id, _prn = self.booked()
        with self.transaction() as env:
            batch = self.new_batch(env, "2026-11-29")
            told = batch.action_fill()["params"]["message"]
            batch_id, rows = batch.id, batch.pickup_ids.sorted("pickup_date").ids
        self.assertIn("Drafts made: 4.", told)
        self.assertIn("is closed on the pickup date Wednesday, November 25, 2026", told)
        self.assertIn(self.stored_values(booked_id, "name"), told)
        refused, *_fine = rows
        self.simulator.refuse_next("request", "9510119", "No such service", status=400)
        self.request_batch(batch_id)
        self.run_batches()
        self.assertIn("not possible: 1,", self.shown(batch_id)[2])
        self.assertIn("No such service", self.stored_values(refused, "problem"))
        self.assertEqual(self.shown(batch_id)[:2], ("done", 100))

    def shown(self, batch_id):
        with self.transaction() as env:
            batch = env["ups.pickup.batch"].browse(batch_id)
            return batch.state, batch.progress, batch.progress_in_words

    def test_the_calendar(self):
        self.close("2026-11-26", "2026-11-27")
        with self.transaction() as env:
            there = self.new_location(env, "Pacific/Honolulu").id
            pickups = env["ups.pickup"].with_context(allowed_company_ids=[self.company_id])
            days = ("2026-11-25 05:00:00", "2026-11-27 04:59:59")
            for chosen, closed in (([self.location_id], ["2026-11-26", "2026-11-27"]), ([], [])):
                found = pickups.get_unusual_days(*days, location_ids=chosen)
                self.assertEqual(len(found), 3)
                self.assertEqual([day for day in found if found[day]], closed)
            for days in (("9999-12-30", "9999-12-31"), ("0001-01-01", "9999-12-31")):
                self.assertTrue(pickups.get_unusual_days(*days)[days[0]])
            self.assertEqual(pickups.overview_counts(date_to="0001-01-03")["successful"], 0)
        booked_id, _prn = self.booked()
        draft_id = self.new_pickup(there)
        with self.transaction() as env:  # what a drag writes
            env["ups.pickup"].browse(draft_id).write({"pickup_date": "2026-11-30"})
            with self.assertRaisesRegex(UserError, "UPS was told Pickup Date"):
                env["ups.pickup"].browse(booked_id).write({"pickup_date": "2026-11-30"})

    def test_what_a_location_says(self):
        self.close("2026-11-26")
        done_id = self.new_pickup(pickup_date="2026-11-20")
        self.force(done_id, state="done")
        booked_id, prn = self.booked()
        with self.transaction() as env:
            location = env["ups.pickup.location"].browse(self.location_id)
            hours = "Ready 14:00, closes 17:00, ask before 15:00, New York time"
            self.assertEqual(location.hours_in_words, hours)
            self.assertEqual(location.closed_in_words, "11/26/2026")
            self.assertEqual(location.open_count, 1)
            days = f"11/24/2026 Requested ({prn}); 11/20/2026 Picked Up"
            self.assertEqual(location.pickups_in_words, days)
            shown = env["ups.pickup"].search(location.action_pickups()["domain"])
            self.assertEqual(sorted(shown.ids), sorted((done_id, booked_id)))
            pickup = env["ups.pickup"].browse(booked_id)
            self.assertFalse(location.hint or location.changed_in_words or pickup.hint)
            phone = "“Phone” was taken over from the address, where it is “+1 212 555 0199”"
            told = location.phone
            for record, vals, words, is_said in (
                (location.partner_id, {"street": "9 Elm"}, "address: 12 Pier Road, New York", True),
                (location.partner_id, {"phone": "+1 212 555 0199"}, phone, True),
                (location.partner_id, {"active": False}, "address is archived", True),
                (location, {"phone": "+1 212 555 0111"}, "Phone", False),
            ):
                record.write(vals)
                env.invalidate_all()
                self.assertEqual(words in location.changed_in_words, is_said)
            self.assertIn("another address", pickup.hint)
            location.phone = told
            copies = [location.copy(), location.copy({"phone": told})]
            self.assertEqual([each.phone for each in copies], ["+1 212 555 0199", told])
            location.write({"company_name": "A" * 28, "phone": False})
            for field in ("Name at the Door", "Phone"):
                self.assertIn(field, location.hint)
            env.cr.rollback()

    def test_a_form_follows_the_location_and_the_address(self):
        self.close("2026-11-26")
        with self.transaction() as env:
            first = env["ups.pickup.location"].browse(self.location_id)
            second = self.new_location(env, "America/Chicago", quantity=7)
            draft = env["ups.pickup"].new()
            shown = (first, 1, 1), (second, 7, 7), (first, 1, 3), (second, 3, 3)
            for place, pieces, changed in shown:
                draft.location_id = place
                draft._onchange_location()
                self.assertEqual(draft.line_ids.mapped("quantity"), [pieces])
                draft.line_ids.quantity = changed
            # What is written alone, by the list or a file, brings no more than nobody has typed.
            first.instruction, second.instruction, second.ready_time = "Dock 1", "Dock 2", 10
            usual = {"location_id": first.id, "line_ids": draft._usual_lines(first)}
            drafts = draft.create(
                [
                    usual | {"pickup_date": "2026-12-01"},
                    usual | {"pickup_date": "2026-12-02", "ready_time": 13.5, "instruction": False},
                ]
            )
            drafts[1].line_ids.quantity = 3
            drafts.write({"location_id": second.id})
            self.assertEqual(
                [
                    (f"{each.pickup_date:%d}", each.ready_time, each.instruction, each.quantity)
                    for each in drafts
                ],
                [("01", 10, "Dock 2", 7), ("02", 13.5, False, 3)],
            )
            bolt = env["res.partner"].create({"name": "Bolt", "phone": "2125550199"})
            bolt.country_id = env.ref("base.jp")
            door = {"phone_extension": "44", "room": "12", "floor": "3", "pickup_point": "Lobby"}
            door |= {"is_residential": True, "is_account_address": True}
            for place in (first, second):
                place.write(door | {"partner_id": place.partner_id.id})
            with Form(first) as form:
                form.partner_id = bolt
                self.assertEqual((form.company_name, form.phone), ("Bolt", "2125550199"))
                self.assertFalse([name for name in door if form[name]])
            second.write({"partner_id": bolt.id, "room": "9", "is_residential": True})
            self.assertEqual([name for name in door if second[name]], ["room", "is_residential"])
            self.assertEqual((first.tz, second.tz), ("Asia/Tokyo", "Asia/Tokyo"))
            self.assertEqual(first.closed_in_words, "11/26/2026")
            second.write({"partner_id": bolt.copy().id, "calendar_id": second.calendar_id.id})
            self.assertFalse(second.room)
            first.calendar_id.tz = "America/New_York"
            saturday = first.calendar_id.attendance_ids.filtered(lambda day: day.dayofweek == "5")
            saturday.hour_to = 16
            form = Form(env["ups.pickup"])
            form.location_id = first
            for day, closes in ((28, 16), (30, 17), (28, 16)):
                form.pickup_date = date(2026, 11, day)
                self.assertEqual(form.close_time, closes)
            form.close_time, form.pickup_date = 16.5, date(2026, 11, 30)
            self.assertEqual(form.close_time, 16.5)
            self.assertEqual(form.weight_unit, "KGS")  # in Japan
            form.location_id = self.new_location(env, "UTC")
            self.assertEqual(form.weight_unit, "LBS")
            form.weight, form.location_id = 5, first
            drafts[1].weight = 5
            drafts.location_id = first
            self.assertEqual(
                (form.weight_unit, *drafts.mapped("weight_unit")), ("LBS", "KGS", "LBS")
            )
            env.cr.rollback()

    def test_what_is_needed_is_archived_by_nobody_and_a_copy_has_days_of_its_own(self):
        self.close("2026-11-26")
        booked_id, _prn = self.booked()
        with self.transaction() as env:
            place = env["ups.pickup.location"].browse(self.location_id)
            vals = place.copy_data()[0]
            self.assertFalse({"is_account_address", "notification_email"} & vals.keys())
            copies = place.create([vals, place.copy_data({"name": "Dock 2"})[0]])
            self.assertEqual(copies.mapped("name"), ["America/New_York (copy)", "Dock 2"])
            self.assertEqual(copies.mapped("tz"), [place.tz] * 2)
            self.assertEqual({day.closed_in_words for day in copies}, {"11/26/2026"})
            self.assertEqual(vals, dict(vals, name="America/New_York (copy)"))
            copies.unlink()
            for needed in (place, place.account_id, place.service_id):
                with self.assertRaisesRegex(UserError, "before you archive"):
                    needed.action_archive()
            with self.assertRaisesRegex(UserError, "before you archive"):
                place.service_id.active = False
            booked = env["ups.pickup"].browse(booked_id)
            booked.sudo().state = "cancelled"
            mine, plans = booked.copy(), booked.copy()
            plans.sudo().origin = "plan"
            account = place.account_id
            place.account_id = self.new_account(env, "OTHER1", payment_method="00")
            self.assertEqual((mine.account_id, plans.account_id), (account, place.account_id))
            with self.assertRaisesRegex(UserError, f"{mine.name}.*or delete them, before you"):
                account.action_archive()
            mine.unlink()
            for free in (place, account):
                free.action_archive()
            booked.action_again()
            again = booked.again_ids
            self.assertEqual((again.account_id, again.payment_method), (place.account_id, "00"))
            env.cr.rollback()

    def test_the_check_of_a_location_says_what_every_pickup_would_be_refused_for(self):
        for vals, words in (
            ({"instruction": "x" * 58}, "Instruction"),
            ({"notification_email": "nobody"}, "UPS Confirms To"),
            ({"close_time": 14.5}, "UPS wants 02:00 h"),
            ({}, None),
        ):
            with self.subTest(vals), self.transaction() as env:
                place = env["ups.pickup.location"].browse(self.location_id)
                place.write(vals)
                if words:
                    with self.assertRaisesRegex(UserError, words):
                        place.action_check()
                else:
                    self.assertIn("can be asked", place.action_check()["params"]["message"])
                env.cr.rollback()

    def test_working_days_and_holidays_are_those_of_the_locations_company(self):
        with self.transaction(SUPERUSER_ID) as env:
            company = env["res.company"].browse(self.create_company("Saturdays"))
            week = company.resource_calendar_id.attendance_ids
            week.filtered(lambda each: each.dayofweek != "4").unlink()
            calendar = env["ups.pickup.location"]._new_calendar({"company_id": company.id})
            self.assertEqual(set(calendar.attendance_ids.mapped("dayofweek")), {"4"})
            here = env["ups.pickup.location"].browse(self.location_id)
            there = self.new_location(env, "Asia/Tokyo", ready_time=9, close_time=12)
            usual = here.company_id.resource_calendar_id
            usual.tz = here.tz
            person, mine = env["res.users"].browse(self.admin_id), here.calendar_id
            person.write({"tz": "Asia/Tokyo", "group_ids": [(4, env.ref("base.group_system").id)]})
            leaves = env["resource.calendar.leaves"].with_user(person).with_company(here.company_id)
            typed = "2026-12-24 15:00:00", "2026-12-25 14:59:59"  # the 25th in Tokyo
            proposed = "2026-12-25 05:00:00", "2026-12-26 04:59:59"  # in New York
            ever = "0001-01-01 00:00:00", "9999-12-31 23:59:59"
            of_both, of_all = ({25}, {25}), ({24, 25, 26}, {24, 25, 26})
            for name, calendar, (start, end), closed in (
                ("typed elsewhere", mine, typed, ({25}, set())),
                ("proposed there", mine, proposed, ({25}, set())),
                ("the company's", usual, typed, of_both),
                ("the company's, there", usual, proposed, of_both),
                ("everybody's", mine.browse(), typed, of_both),
                ("everybody's, whose author has moved", mine.browse(), proposed, of_both),
                ("the company's, without an end", usual, ever, of_all),
            ):
                own = {"calendar_id": calendar.id, "name": name}
                as_said = leaves.sudo((start, end) == ever)
                leave = as_said.create(own | {"date_from": start, "date_to": end})
                found = (here + there)._open_days(date(2026, 12, 24), date(2026, 12, 26))
                for place, days in zip((here, there), closed, strict=True):
                    with self.subTest(name, place=place.name):
                        self.assertEqual({day.day for day in found[place]}, {24, 25, 26} - days)
                leave.sudo().unlink()
            leaves.create({"calendar_id": usual.id, "date_from": typed[0], "date_to": typed[1]})
            new = env["ups.pickup.location"]._new_calendar({"company_id": self.company_id})
            self.assertFalse(new.global_leave_ids, "closed twice, here and by the company")
            env.cr.rollback()

    def test_what_many_locations_say_takes_as_many_queries_as_one(self):
        ids = [self.location_id, *(self.place("Asia/Tokyo", name=f"Ramp {each}") for each in "abc")]
        for location_id in ids:
            for state, day in (("done", 20), ("done", 23), ("requested", 24), ("requested", 25)):
                pickup_id = self.new_pickup(location_id, pickup_date=f"2026-11-{day}")
                self.force(pickup_id, state=state, prn="29ABCDEFGHI")
        self.close("2026-11-25")
        names = ["hours_in_words", "closed_in_words", "open_count", "pickups_in_words"]
        names.append("changed_in_words")

        def read(ids):
            with self.transaction() as env:
                env["ups.pickup.location"].check_access("read")
                before = env.cr.sql_log_count
                told = env["ups.pickup.location"].browse(ids).read(names)
                return env.cr.sql_log_count - before, told

        read(ids)  # fills the registry's caches
        (of_one, _told), (of_all, told) = read(ids[:1]), read(ids)
        self.assertEqual(of_all, of_one)
        ahead = "11/24/2026 Requested (29ABCDEFGHI); 11/25/2026 Requested (29ABCDEFGHI)"
        over = "11/23/2026 Picked Up; 11/20/2026 Picked Up"
        self.assertEqual({each["pickups_in_words"] for each in told}, {f"{ahead}; {over}"})

    def test_a_location_is_open_when_odoos_calendar_says_so(self):
        self.close("2026-11-26")
        elsewhere_id = self.create_company("Elsewhere")
        with self.transaction(SUPERUSER_ID) as env:
            mine = env["ups.pickup.location"].browse(self.location_id)
            two_weeks = self.new_location(env, "Asia/Tokyo")
            two_weeks.calendar_id.switch_calendar_type()
            lines = two_weeks.calendar_id.attendance_ids
            lines.filtered(lambda each: each.week_type == "0" and each.dayofweek == "2").unlink()
            mine.calendar_id.attendance_ids.filtered(lambda each: each.dayofweek == "5").unlink()
            flexible = self.new_location(env, "Pacific/Honolulu")
            flexible.calendar_id.write({"flexible_hours": True, "hours_per_day": 8})
            places = mine + two_weeks + flexible
            leaves = env["resource.calendar.leaves"].with_company(elsewhere_id)
            for calendars, start, end in (
                (places.calendar_id, "2026-11-22 10:00:00", "2026-11-25 10:00:00"),
                (places.calendar_id, "2026-12-02 14:00:00", "2026-12-02 16:00:00"),  # for a while
                ([env["resource.calendar"]], "2026-12-03 00:00:00", "2026-12-05 00:00:00"),
            ):
                vals = {"name": "Closed", "date_from": start, "date_to": end}
                leaves.create([vals | {"calendar_id": each.id} for each in calendars])
            first, last = date(2026, 11, 20), date(2026, 12, 10)
            found = places._open_days(first, last)
            for place in places:
                with self.subTest(place.name):
                    days = [first + timedelta(days=each) for each in range((last - first).days + 1)]
                    as_odoo = {day for day in days if self.works(place, day)}
                    self.assertEqual(found[place], as_odoo)
                    self.assertTrue(found[place])
            env.cr.rollback()

    def works(self, place, day):
        zone = pytz.timezone(place.tz)
        bounds = (zone.localize(datetime.combine(day, each)) for each in (time.min, time.max))
        own = [("time_type", "=", "leave"), ("company_id", "in", (False, place.company_id.id))]
        return bool(place.calendar_id._work_intervals_batch(*bounds, domain=own)[False])
