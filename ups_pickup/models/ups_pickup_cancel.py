"""Cancelled at UPS, or not? A lost answer is looked up, and a shared truck is not called off."""

import logging
import re
from copy import copy

import psycopg2
from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .. import clock
from ..const import CANCELLABLE, OPEN, PATIENCE, SAVE_FIRST_AFTER, SOURCE
from ..pickup_api import Cancelled, NeverLeft, Refused, Unknown, cancel_pickup
from ..pickup_api.calls import PRN_FORM
from ..words import refusal_in_words
from .ups_pickup_request import MOST_AT_ONCE, NEVER_LEFT, Told

_logger = logging.getLogger(__name__)


class UpsPickup(models.Model):
    # One model in several files, because each answers a question of its own.
    _inherit = "ups.pickup"  # pylint: disable=consider-merging-classes-inherited

    def action_cancel(self):
        """Have UPS call the driver off. It may be clicked again.

        :return: An action that tells what came of it.
        :rtype: dict
        :raise AccessError: If the user may not cancel pickups of the company.
        :raise UserError: If there is nothing to cancel, or UPS does not; it is as before then.
        """
        self._check_requester()
        if len(self) > MOST_AT_ONCE:
            raise UserError(
                self.env._("Cancel up to %s pickups at once, then the next ones.", MOST_AT_ONCE)
            )
        told = self._one_by_one(lambda pickup: pickup._cancel())
        if len(told) == 1 and told[0].state not in ("cancelled", "cancelling"):
            raise UserError(told[0].words)
        return self._tell(told)

    def _cancel(self):
        """:rtype: Told"""
        if self._may_come_for_a_lost_request():
            raise UserError(self._lost_in_words())
        if self.state == "draft":  # committed or not, UPS knows nothing of it
            raise UserError(
                self.env._("%s is a draft: UPS was asked for nothing. Delete it.", self.name)
            )
        try:
            session = self.company_id.sudo()._ups_session(SOURCE)
        except UserError as error:
            if not self.prn:
                raise
            words = self.env._("If nobody is to come, call UPS with PRN %s.", self.prn)
            told = copy(error)  # other threads may be shown the same one
            told.args = (" ".join((str(error), words)),)
            raise told from error
        claim = self._in_own_transaction(
            lambda own: own._claim_cancel(session.base_url), patience=SAVE_FIRST_AFTER
        )
        if isinstance(claim, Told):
            return claim
        try:
            outcome = cancel_pickup(session, claim)
        except NEVER_LEFT as error:
            outcome = error
        except Exception as error:
            _logger.exception("UPS pickup %s: cancelling it ended strangely", self.id)
            outcome = Unknown("strange", type(error).__name__)
        try:
            return self._whatever_others_do(lambda own: own._keep_cancel(outcome))
        except psycopg2.Error as error:  # it is looked up (see _cron_check)
            _logger.error("UPS pickup %s: %s", self.id, type(error).__name__)
            words = self.env._(
                "Odoo's database could not keep what UPS answered. Odoo looks it up; you may cancel"
                " it again in some minutes."
            )
            return Told(self.id, "cancelling", "", words)

    def _claim_cancel(self, base_url):
        """:return: the PRN to cancel, or Told if UPS is not to be asked.

        :raise UserError: If there is nothing to cancel.
        """
        self._lock_or_save_first()
        now = clock.now()
        if self.state == "cancelling" and self.claimed_on and self.claimed_on > now - PATIENCE:
            words = self.env._("It is being cancelled at this moment. Look again in a minute.")
            return Told(self.id, self.state, "", words)
        is_unlisted = self.state == "unknown" and self._may_come_today()
        if not (self.state in CANCELLABLE or is_unlisted) or not self.prn:
            raise UserError(self._not_cancellable_in_words())
        if is_unlisted and (other := self._open_twin()):  # the index has room for one of them
            raise UserError(
                self.env._(
                    "%(other)s is open for the same place and day. Call UPS to cancel the driver"
                    " with PRN %(prn)s, and mark this one.",
                    other=other.name,
                    prn=self.prn,
                )
            )
        self._refuse_in_copy()
        self._refuse_elsewhere(base_url)
        if not re.fullmatch(PRN_FORM, self.prn):
            raise UserError(
                self.env._(
                    "UPS's API cancels only what has a PRN of 11 letters and digits. Call UPS to"
                    " cancel %s.",
                    self.prn,
                )
            )
        self._lock_those_with_same_prn()
        if others := self._others_with_its_driver():
            return self._cancelled_beside(others)
        if others := self._others_going_on():  # a DELETE by PRN would call off their driver, too
            raise UserError(
                self.env._(
                    "UPS has given the PRN %(prn)s to %(others)s as well, for another day. Call UPS"
                    " to cancel this day alone, and then click “It is cancelled”.",
                    prn=self.prn,
                    others=self._names_of(others),
                )
            )
        self._own_write(
            {
                "state": "cancelling",
                "claimed_on": now,
                "missed_on": False,
                "problem": False,
                "state_before": self.state if self.state != "cancelling" else self.state_before,
            }
        )
        self.flush_recordset()
        return self.prn

    def _lock_those_with_same_prn(self):
        same = self._with_same_prn()
        self.env.cr.execute(
            SQL(
                "SELECT id FROM ups_pickup WHERE id IN %s ORDER BY id FOR NO KEY UPDATE",
                tuple(same.ids),
            ),
            log_exceptions=False,
        )
        same.invalidate_recordset(["state"])

    def _others_going_on(self):
        """:return: open pickups with the same PRN that nobody is cancelling, of any day."""
        going_on = set(OPEN) - {"cancelling"}
        return (self._with_same_prn() - self).filtered(lambda each: each.state in going_on)

    def _others_with_its_driver(self):
        """:return: those of its own day: another day is another driver."""
        return self._others_going_on().filtered(lambda each: each.pickup_date == self.pickup_date)

    def _cancelled_beside(self, others):
        words = self.env._(
            "Cancelled here. UPS was not asked, because the same driver comes for %(others)s (PRN"
            " %(prn)s).",
            others=self._names_of(others),
            prn=self.prn,
        )
        self._own_write({"state": "cancelled", "outcome_source": "person", "problem": False})
        self._note(words)
        return Told(self.id, self.state, "", words)

    def _keep_cancel(self, outcome):
        """Keep what came of cancelling, unless the pickup went on since.

        :rtype: Told
        """
        self._lock()
        if self.state != "cancelling":
            return self._told_of_another()
        if isinstance(outcome, Cancelled):
            words = self._cancelled()
        elif isinstance(outcome, Refused):
            words = self._not_cancelled(
                lambda own: own.env._(
                    "UPS did not cancel it. It may be too late, or done already. %s",
                    refusal_in_words(own.env, outcome),
                )
            )
        elif isinstance(outcome, NeverLeft):
            words = self._not_cancelled(
                lambda own: own.env._(
                    "UPS could not be reached, so it is not cancelled. Try again."
                )
            )
        elif isinstance(outcome, UserError):
            words = self._not_cancelled(lambda _own: str(outcome))
        else:
            words = self._cancel_unanswered()
        return Told(self.id, self.state, "", words)

    def _cancel_unanswered(self):
        self._say(
            {},
            lambda own: own.env._(
                "UPS's answer was lost: nobody knows yet whether it is cancelled. Odoo looks it up;"
                " you may cancel it again in some minutes."
            ),
        )
        self._look_soon()
        return self.problem

    def _cancelled(self):
        words = self.env._("UPS has cancelled it.")
        # Its driver was to come for those that were cancelled beside it, too.
        beside = self._with_same_prn().filtered(
            lambda each: each.state == "cancelled" and each.pickup_date == self.pickup_date
        )
        for each in beside:
            each._own_write({"outcome_source": "ups"})
        self._own_write(
            {
                "state": "cancelled",
                "outcome_source": "ups",
                "status_on": clock.now(),
                "problem": False,
            }
        )
        self._note(words)
        return words

    def _not_cancelled(self, sentence):
        self._say({"state": self.state_before or "requested"}, sentence)
        return sentence(self)

    def _not_cancellable_in_words(self):
        if self.state == "unconfirmed":
            return self.env._(
                "Nobody knows yet whether UPS has %s, and without a PRN it cannot be cancelled"
                " there. Odoo looks it up; or call UPS, and enter the PRN that you are told.",
                self.name,
            )
        states = dict(self._fields["state"]._description_selection(self.env))
        return self.env._(
            "There is nothing to cancel: %(pickup)s is “%(state)s”.",
            pickup=self.name,
            state=states[self.state],
        )
