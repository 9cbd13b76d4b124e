"""What do plans request today? Once a pickup date, and only where they were switched on."""

import logging
import random
from datetime import timedelta
from functools import partial
from typing import NamedTuple

from odoo import api, fields, models
from odoo.addons.ups_pickup_oauth.exceptions import UpsTryLater
from odoo.addons.ups_pickup_oauth.own_transaction import in_own_transaction
from odoo.addons.ups_pickup_oauth.settings import ups_environment
from odoo.exceptions import UserError
from odoo.fields import Domain

from .. import clock
from ..const import OPEN
from ..one_by_one import one_by_one
from .ups_pickup_request import NEVER_LEFT, SaveFirst, Unfit

_logger = logging.getLogger(__name__)

KEEP_EMPTY = timedelta(days=7)


class Failure(NamedTuple):
    """Why a plan could not request a pickup: a sentence, or what makes one."""

    why: str
    is_over: bool = False  # it is not tried again
    is_urgent: bool = False  # its person is told at once, and not only near the cut-off
    is_of_all: bool = False  # another location of the company would meet it, too


class UpsPickup(models.Model):
    # One model in several files, because each answers a question of its own.
    _inherit = "ups.pickup"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _cron_plan(self):
        """Request what the plans say, a location at a time, and tell what could not be.

        What is missed is told first. The rest is in another order each time: where UPS does not
        answer, a run ends after the first few.
        """
        self._close_plan_questions()
        locations, of_all = self._planned_locations(), {}
        missed, due = (
            [
                (partial(work, each.id, day), each, day)
                for each, day in one_by_one(locations, which)
                if day
            ]
            for work, which in (
                (self._plan_missed, lambda each: each._missed_day()),
                (partial(self._plan, of_all=of_all), lambda each: each._planned_day()),
            )
        )
        random.shuffle(due)
        self.env["ir.cron"]._commit_progress(remaining=len(missed) + len(due))
        for work, location, day in (*missed, *due):
            try:
                work()
            except Exception as error:  # PostgreSQL's, or a rule's of others: the next one's turn
                _logger.error("UPS plan of location %s: %s", location.id, type(error).__name__)
                location._plan_stopped(day, error)
            else:
                location._plan_goes_on()
            if not self.env["ir.cron"]._commit_progress(1):
                return

    @api.model
    def _planned_locations(self):
        """:return: those with a plan, unless it waits for deliveries that have brought nothing."""
        today = clock.now().date()
        brought = self.sudo()._search(
            [
                ("pickup_date", ">=", today - timedelta(days=1)),
                ("pickup_date", "<=", today + timedelta(days=2)),
                ("state", "in", ("draft", *OPEN)),
            ]
        )
        locations = self.env["ups.pickup.location"].sudo()
        return locations.search(
            Domain("company_id.active", "=", True)  # nobody could see or cancel what it requests
            & (
                Domain("plan", "=", "working_days")
                | Domain("plan", "=", "when_packages")
                & Domain("id", "in", brought.subselect("location_id"))
            )
        )

    @api.model
    def _plan(self, location_id, day, of_all):
        """Request the plan's draft of a day; what never left is tried again until the cut-off.

        :param dict of_all: by company and language the Failure that the others would meet, too.
        """
        draft_id = in_own_transaction(
            self.env, lambda env: env[self._name]._planned_draft(location_id, day)
        )
        if not draft_id:
            return
        draft = self.browse(draft_id)._for_its_person()
        location = self.env["ups.pickup.location"].sudo().browse(location_id)
        asked = location.company_id, draft.env.lang
        failure = of_all.get(asked) or draft._request_by_plan()
        if not failure or failure.is_over:
            in_own_transaction(
                self.env,
                lambda env: env["ups.pickup.location"].browse(location_id)._planned_until(day),
            )
        if failure:
            _logger.info("UPS plan of location %s could not request a pickup", location_id)
            if failure.is_urgent or location._is_cutoff_near(day):
                draft._plan_failed(failure.why)
            if failure.is_of_all:
                of_all[asked] = failure

    def _request_by_plan(self):
        """:return: the Failure, or None where UPS was asked."""
        account = self.account_id.sudo()
        if account._is_plan_paused():
            return Failure(lambda own: own.problem or own._plan_paused_in_words())
        try:
            self._refuse_beside_cancelled()
            told = self._request()
        except NEVER_LEFT as error:
            # Not of an outage: a person has to do something.
            is_urgent = not isinstance(error, UpsTryLater)
            return Failure(str(error), is_urgent=is_urgent, is_of_all=True)
        except SaveFirst as error:  # somebody writes into it at this moment
            return Failure(str(error))
        except UserError as error:  # not fit to be sent: the same tomorrow, unless a person helps
            return Failure(getattr(error, "sentence", str(error)), is_over=True, is_urgent=True)
        is_its_own = told.is_refused and not told.is_of_all
        account._plan_heard(is_well=told.lets_others_go_on)
        if told.state != "draft":
            return None
        return Failure(told.words, is_its_own, told.is_refused, not is_its_own)

    @api.model
    def _planned_draft(self, location_id, day):
        """:return: the id of the draft to request, or None if there is nothing to do."""
        location = self.env["ups.pickup.location"].browse(location_id)
        location._lock()
        if location._planned_day() != day:
            return None
        return self._draft_of_plan(location, day)

    @api.model
    def _draft_of_plan(self, location, day):
        """:return: the id of the plan's own draft of a day, or None if UPS was asked already.

        What came of that is a person's to see to, a cancelled one included; what deliveries brought
        since it ended is the plan's. A person's draft is never sent by a plan.
        """
        here = self.search(
            [
                ("location_id", "=", location.id),
                ("pickup_date", "=", day),
                ("environment", "=", ups_environment(self.env)),
                ("kind", "=", "oncall"),
            ]
        )
        asked = here.filtered(lambda each: each.state != "draft")
        if location.plan == "when_packages":
            may_come = asked.filtered(lambda each: each.state in OPEN)
            draft = (here - asked).filtered(lambda each: each.origin == "deliveries")[:1]
            return draft.id if draft.line_ids and not may_come else None
        if asked:
            location._planned_until(day)
            return None
        draft = here.filtered(lambda each: each.origin == "plan")[:1]
        return (draft or self._draft_for(location, day, "plan")).id

    def _refuse_beside_cancelled(self):
        """:raise Unfit: since somebody may want no driver that day."""
        same_day = [(name, "=", self[name]) for name in ("pickup_date", "environment", "kind")]
        called_off = [("location_id", "=", self.location_id.id), ("state", "=", "cancelled")]
        if cancelled := self.search([*called_off, *same_day], limit=1):
            raise Unfit(
                self,
                lambda own: own.env._(
                    "%s of that day was cancelled, so the plan asks for no other driver by itself.",
                    cancelled.name,
                ),
            )

    @api.model
    def _draft_for(self, location, day, origin, **vals):
        """:return: a new draft with what the location usually has.

        Without a country it has no lines: its request says what is missing, and whoever is asked.
        """
        lines = self._usual_lines(location, vals.pop("quantity", None))
        has_country = all(line[2]["destination_country_id"] for line in lines)
        return self.sudo().create(
            {
                "location_id": location.id,
                "pickup_date": day,
                "origin": origin,
                "line_ids": lines if has_country else [],
                **vals,
            }
        )

    @api.autovacuum
    def _gc_empty_drafts(self):
        """Delete the drafts of plans whose day has passed with nothing in them."""
        before = fields.Date.today() - KEEP_EMPTY
        self.sudo().search(
            [
                ("state", "=", "draft"),
                ("origin", "in", ("plan", "deliveries")),
                ("pickup_date", "<", before),
                ("line_ids", "=", False),
            ]
        ).unlink()


class UpsPickupLocation(models.Model):
    _inherit = "ups.pickup.location"

    def _planned_day(self):
        """:return: the day that the plan has to see to at this moment, or None."""
        if self.plan == "manual" or not self.active:
            return None
        now, today = clock.now(), self._today()
        for day in (today, today + timedelta(days=1)):
            if self.plan_done_until and day <= self.plan_done_until:
                continue
            asked_on = day if self.plan_day == "same" else day - timedelta(days=1)
            hour, until = self.plan_time, self.cutoff_time
            if asked_on == day:  # which may end earlier than others
                until = self._last_call(day)
                hour = hour if hour < until else max(until - 1, 0)
            is_due = self._at(asked_on, hour) <= now <= self._at(day, until)
            if is_due and self._is_plan_in_force() and self._is_open_on(day):
                return day
        return None

    def _planned_until(self, day):
        if not self.plan_done_until or self.plan_done_until < day:
            self.plan_done_until = day

    def _lock(self):
        # Whoever has waited for it begins anew, and sees what the first has made.
        self.env.cr.execute(
            "UPDATE ups_pickup_location SET write_date = write_date WHERE id = %s",
            [self.id],
            log_exceptions=False,
        )
        self.invalidate_recordset()
