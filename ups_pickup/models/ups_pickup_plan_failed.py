"""A plan that could not run: who is told, while UPS can still be called?"""

from datetime import timedelta

from markupsafe import escape
from odoo import api, fields, models
from odoo.addons.ups_pickup_oauth.asking import asked_of
from odoo.addons.ups_pickup_oauth.note import note
from odoo.addons.ups_pickup_oauth.own_transaction import (
    NO_CONNECTION,
    in_own_transaction,
    quietly,
)
from odoo.exceptions import UserError
from odoo.tools import format_date

from .. import clock
from ..const import PLAN_ACTIVITY
from ..local_time import in_words
from .ups_pickup_account import PLAN_UNPAUSED
from .ups_pickup_account_refused import longer_each_time

TELL_BEFORE = timedelta(hours=1)
"""What may mend itself, such as an outage, is told that long before the cut-off."""

SEEN_LATELY = timedelta(days=7)
"""A plan that has seen to a day since then has missed what it did not see to, yesterday."""

LONGEST_PAUSE = TELL_BEFORE / 2
"""So that UPS is asked once more in that hour."""


class UpsPickup(models.Model):
    # One model in several files, because each answers a question of its own.
    _inherit = "ups.pickup"  # pylint: disable=consider-merging-classes-inherited

    plan_asked_for = fields.Date(
        help="The day of which its person was asked: who has done it is asked of another day anew.",
        groups=fields.NO_ACCESS,
        copy=False,
    )

    @api.model
    def _plan_missed(self, location_id, day):
        """Tell of a day whose cut-off has passed while nothing could run."""
        draft_id = in_own_transaction(
            self.env, lambda env: env[self._name]._missed_draft(location_id, day)
        )
        if draft_id:
            draft = self.browse(draft_id)._for_its_person()
            draft._plan_failed(
                lambda own: " ".join(filter(None, (own._cutoff_passed_in_words(), own.problem)))
            )

    def _cutoff_passed_in_words(self):
        return self.env._("The cut-off has passed, and the plan could not request it in time.")

    @api.model
    def _missed_draft(self, location_id, day):
        """:return: the id of the draft that was to be requested, or None if there is none."""
        location = self.env["ups.pickup.location"].browse(location_id)
        location._lock()
        if not location._is_missed(day):
            return None
        draft_id = self._draft_of_plan(location, day)
        location._planned_until(day)
        return draft_id

    def _plan_paused_in_words(self):
        return self.env._(
            "UPS took no request with the account %s a moment ago, so it is left alone for a"
            " while.",
            self.account_id.display_name,
        )

    def _plan_failed(self, sentence):
        """Keep in the draft why the plan could not request it, and ask its person, once.

        :param sentence: as a problem of :meth:`_own_write`.
        """
        why = sentence(self) if callable(sentence) else sentence
        self._keep_problem(sentence)
        quietly(self.env, lambda env: env[self._name].browse(self.id)._ask_about_plan(why))

    def _ask_about_plan(self, why):
        own = self.with_context(active_test=False)
        asked = own._activities(PLAN_ACTIVITY, [("res_id", "=", self.id)]).sorted("id")[-1:]
        person = self._responsible()
        is_deleted = not self.env["ir.model.data"]._xmlid_to_res_id(PLAN_ACTIVITY)
        is_done = self.plan_asked_for == self.pickup_date and asked and not asked.active
        if self.state != "draft" or is_deleted or not person or is_done:
            return
        self.plan_asked_for = self.pickup_date
        own = asked_of(self, person, by_mail=True)
        words = escape(own._plan_failed_in_words(why))
        if asked := asked.filtered("active"):
            asked.note, self.asked_id = words, asked.user_id
            return
        summary = own.env._("UPS is not asked to come to %s", own.location_id.display_name)
        own.activity_schedule(PLAN_ACTIVITY, summary=summary, note=words, user_id=person.id)
        self.asked_id = person

    def _plan_failed_in_words(self, why):
        location = self.location_id
        return self.env._(
            "The plan could not request the pickup of %(day)s. %(why)s Correct it and click"
            " Request, or call UPS (the cut-off of that day is %(cutoff)s, %(zone)s) and enter the"
            " PRN.",
            day=format_date(self.env, self.pickup_date),
            why=why,
            cutoff=in_words(location._last_call(self.pickup_date)),
            zone=location.calendar_id.tz,
        )

    @api.model
    def _close_plan_questions(self):
        """Ask nobody any more about what was requested since."""
        asked = self._activities(PLAN_ACTIVITY)
        drafts = self.sudo().browse(asked.mapped("res_id")).exists()
        drafts = drafts.filtered(lambda each: each.state == "draft")
        asked.filtered(lambda each: each.res_id not in drafts.ids).unlink()


class UpsPickupAccount(models.Model):
    _inherit = "ups.pickup.account"  # pylint: disable=consider-merging-classes-inherited

    def _is_plan_paused(self):
        return bool(self.plan_paused_until and self.plan_paused_until > clock.now())

    def _plan_heard(self, is_well):
        """Leave UPS alone after what the account's next request would meet too, longer each time.

        :param bool is_well: whether UPS took the request, or refused that pickup alone.
        """
        if is_well and not self.plan_failure_count:
            return
        pause = longer_each_time(self.plan_failure_count, LONGEST_PAUSE)
        failures, until = self.plan_failure_count + 1, clock.now() + pause
        failed = {"plan_failure_count": failures, "plan_paused_until": until}
        vals = PLAN_UNPAUSED if is_well else failed
        quietly(self.env, lambda env: env[self._name].browse(self.id).write(vals))


class UpsPickupLocation(models.Model):
    _inherit = "ups.pickup.location"  # pylint: disable=consider-merging-classes-inherited

    plan_stopped_on = fields.Date(
        help="The day whose pickup another addon, or the database, did not let the plan make.",
        groups=fields.NO_ACCESS,
        copy=False,
    )
    plan_stopped_by = fields.Char(
        help="Its words, if they are for people.", groups=fields.NO_ACCESS, copy=False
    )

    def _plan_stopped(self, day, error):
        """Tell what no draft can be asked about, since there is none: once a day.

        What others hold, or have no connection for, the next run does: it is no rule of theirs.
        """
        is_told = self.plan_stopped_on and day <= self.plan_stopped_on
        if is_told or isinstance(error, NO_CONNECTION):
            return
        words = isinstance(error, UserError) and str(error)  # any other's text may hold a row

        def tell(env):
            own = env[self._name].browse(self.id).with_context(lang=self.user_id.lang)
            own.write({"plan_stopped_on": day, "plan_stopped_by": words})
            note(own, own._plan_stopped_in_words())

        quietly(self.env, tell)

    def _plan_goes_on(self):
        if self.plan_stopped_on:
            vals = {"plan_stopped_on": False, "plan_stopped_by": False}
            quietly(self.env, lambda env: env[self._name].browse(self.id).write(vals))

    def _plan_stopped_in_words(self):
        return self.env._(
            "%(location)s: the plan could not request the pickup of %(day)s. %(why)s",
            location=self.display_name,
            day=format_date(self.env, self.plan_stopped_on),
            why=self.plan_stopped_by
            or self.env._("An administrator finds the reason in the server's log."),
        )

    def _missed_day(self):
        """:return: yesterday or today, if the plan had to see to it and its cut-off has passed."""
        today, done = self._today(), self.plan_done_until
        # Not of a location that was archived, or waited for deliveries, all the time since.
        was_at_work = done and today - done <= SEEN_LATELY
        days = (today - timedelta(days=1), today)[not was_at_work :]
        return next(filter(self._is_missed, days), None)

    def _is_missed(self, day):
        if self.plan == "manual" or not self.active:
            return False
        is_seen_to = self.plan_done_until and day <= self.plan_done_until
        is_missed = not is_seen_to and clock.now() > self._at(day, self._last_call(day))
        return is_missed and self._is_plan_in_force() and self._is_open_on(day)

    def _is_cutoff_near(self, day):
        return clock.now() >= self._at(day, self._last_call(day)) - TELL_BEFORE
