"""What does UPS's status say of the pickups of an account? One call, and a commit for each row."""

import logging
from contextlib import nullcontext
from datetime import timedelta
from functools import partial
from threading import BoundedSemaphore

import psycopg2
from odoo import SUPERUSER_ID, api, models
from odoo.addons.ups_pickup_oauth.own_transaction import (
    in_own_transaction,
    own_cursor,
    what_goes_along,
)
from odoo.addons.ups_pickup_oauth.settings import ups_environment
from odoo.addons.ups_pickup_oauth.side_by_side import side_by_side
from odoo.exceptions import UserError
from odoo.tools import format_date

from .. import clock
from ..const import (
    BETWEEN_LOOKS,
    ENDED,
    LISTED,
    OPEN,
    PATIENCE,
    SOURCE,
    STATUS_AFTER_CLOSE,
    STATUS_BEFORE_READY,
    STATUS_EVERY,
    UPS_ZONE,
)
from ..local_time import local
from ..notice import shown_anew
from ..once import once
from ..one_by_one import those_that
from ..pickup_api import Listed, ask_status, meaning
from ..words import refusal_in_words

_logger = logging.getLogger(__name__)

PARALLEL = 8
"""Accounts at once."""

SEEN = (
    "account_id",
    "claimed_on",
    "kind",
    "location_id",
    "looked_on",
    "outcome_source",
    "pickup_date",
    "prn",
    "reference",
    "state",
    "status_code",
    "status_message",
)
"""All that a look without news reads of a thousand rows."""

EARLIEST_ZONE = timedelta(hours=14)

SLACK = timedelta(minutes=1)
"""A cron is never quite on time."""


class UpsPickup(models.Model):
    # One model in several files, because each answers a question of its own.
    _inherit = "ups.pickup"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _cron_check(self, parallel=PARALLEL):
        """Find what was lost, follow what UPS tells, close what is over, ask people about the rest.

        :param int parallel: How many accounts are asked at once.
        """
        commit_progress = self.env["ir.cron"]._commit_progress
        for pickup in self._of_the_dead():
            pickup._each(lambda own: own._died())
        accounts = self._due_accounts()
        commit_progress(remaining=len(accounts))
        check = partial(self._check_in_thread, asking=BoundedSemaphore(parallel))
        # While UPS is asked for some, what it has told of others is stored.
        for _done in side_by_side(self.env, check, accounts, 2 * parallel):
            commit_progress(1)
        for pickup in self._past_and_open():
            pickup._each(lambda own: own._day_is_over())
        commit_progress()  # a new snapshot: the people are asked about what was just found
        self._mail_confirmations()
        self._ask_people()
        self._ask_about_changes()

    def action_check(self):
        """Ask UPS now, without waiting for the cron.

        :return: An action that shows the records anew.
        :rtype: dict
        :raise AccessError: If the user may not see the pickups.
        :raise UserError: If UPS cannot say, or is left alone for a while because it could not.
        """
        self._check_requester()
        for account in self.account_id:
            account._refuse_in_pause()
            check = partial(self._check_account, account.id)
            account._ask_unless_just_asked(partial(once, self.env, "status", account, check))
        return shown_anew()

    # === WHICH === #

    @api.model
    def _of_the_dead(self):
        """:return: what a process was sending or cancelling that has died."""
        return self.sudo().search(
            [
                ("claimed_on", "<=", clock.now() - PATIENCE),
                "|",
                ("state", "=", "sending"),
                "&",
                ("state", "=", "cancelling"),
                ("problem", "=", False),
            ]
        )

    @api.model
    def _due_accounts(self):
        """:return: the accounts with a pickup that UPS can tell something new of now."""
        now = clock.now()
        pickups = self.sudo().search_fetch(
            [
                "|",
                ("state", "in", OPEN),
                "|",
                "&",
                ("state", "=", "draft"),
                ("claimed_on", "!=", False),  # given up, and UPS has not said that it has none
                "&",
                ("state", "=", "cancelled"),
                ("outcome_source", "=", "person"),  # UPS may send its driver all the same
                ("environment", "=", ups_environment(self.env)),
                *self._days_that_may_be_listed(),
            ],
            SEEN,
        )
        days = _days_of_ups()
        due = those_that(pickups, lambda each: each._is_due(now, days)).account_id
        unchecked = due.search([("is_unchecked", "=", True)])
        due |= unchecked.filtered(
            lambda each: each.company_id.ups_connection_id.state not in (False, "not_authorized")
        )
        return due.filtered(lambda each: not each.paused_until or each.paused_until <= now)

    def _is_due(self, now, days):
        """:return: whether a look at it could tell something."""
        if not self._may_be_listed(days) or self._is_in_flight(now):
            return False
        if self.state not in (*LISTED, "draft", "cancelled") or not self.looked_on:
            return True
        if self.looked_on > now - STATUS_EVERY + SLACK:
            return False
        location, day = self.location_id, self.pickup_date
        first = location._at(day, self.ready_time) - STATUS_BEFORE_READY
        last = location._at(day, self.close_time) + STATUS_AFTER_CLOSE
        return first <= now <= last

    def _is_in_flight(self, now):
        """:return: whether a process is busy with it, which keeps what came of it by itself."""
        is_busy = self.state in ("sending", "cancelling")
        return is_busy and self.claimed_on and self.claimed_on > now - PATIENCE

    @api.model
    def _days_that_may_be_listed(self):
        """:return: what :meth:`_may_be_listed` is true of, and little more."""
        today = clock.now().date()
        return [
            ("pickup_date", ">=", today - timedelta(days=1)),
            ("pickup_date", "<=", today + timedelta(days=2)),
        ]

    def _may_be_listed(self, days):
        """:return: whether its day is today or tomorrow, there or at UPS: found is found."""
        return self.pickup_date in days or self.pickup_date in self._days_there()

    def _must_be_listed(self):
        """:return: whether its day is today or tomorrow, there and at UPS: only then it counts."""
        return self.pickup_date in self._days_there() and self.pickup_date in _days_of_ups()

    def _days_there(self):
        today = self.location_id._today()
        return today, today + timedelta(days=1)

    @api.model
    def _past_and_open(self):
        """:return: open pickups whose day is over where they are."""
        latest = (clock.now() + EARLIEST_ZONE).date()  # somewhere it is that late
        found = self.sudo().search([("state", "in", OPEN), ("pickup_date", "<", latest)])
        return those_that(found, lambda each: each.pickup_date < each.location_id._today())

    # === THE LOOK === #

    def _check_in_thread(self, account, asking):
        """One account, in a thread of the cron."""
        try:
            self._check_account(account.id, asking)
        except UserError as error:  # nobody is authorized, or UPS could not say, and has its pause
            _logger.info("UPS account %s told no status: %s", account.id, error)

    def _check_account(self, account_id, asking=None):
        """Ask UPS about an account, and let each of its pickups know.

        :param asking: a context manager, in which UPS is asked, if not at once.
        :return: whether there was something to ask about.
        :raise UserError: If UPS cannot say.
        """

        def read(own):
            account = own.env["ups.pickup.account"].browse(account_id)
            session = account.company_id._ups_session(SOURCE)
            is_asked = account.failure_count or account.last_problem or account.is_unchecked
            return session, account.number, is_asked, own._to_look_at(account_id)

        account = self.env["ups.pickup.account"].sudo().browse(account_id)
        session, number, is_asked, rows = self._in_own_cursor(read)
        kinds = {kind for _id, _seen, kind in rows}
        if not rows and not is_asked:
            return False
        kind = kinds.pop() if len(kinds) == 1 else "both"
        with asking or nullcontext():
            listed = ask_status(session, number, kind)
        if not isinstance(listed, Listed):
            account._heard(listed)
            raise UserError(
                refusal_in_words(self.env, listed.refusal)
                if listed.refusal
                else self.env._("UPS did not tell the status. Try again in some minutes.")
            )
        if is_asked:
            account._heard(listed)
        seen = {pickup_id: what for pickup_id, what, _kind in rows}
        for pickup_id in seen.keys() - self._told_as_before(listed, seen):
            self.browse(pickup_id)._each(lambda own: own._look(listed, seen[own.id]))
        return True

    @api.model
    def _told_as_before(self, listed, seen):
        """Note at once for all of which UPS has told nothing new; news have a transaction each.

        :return: their ids; none if that fails, since then each has its own, too.
        """

        def work(env):
            rows = env[self._name].browse(seen)
            # Waits for no disk: what a crash loses of this is looked at once more.
            env.cr.execute("SET LOCAL synchronous_commit = off")
            rows.fetch(SEEN)
            entries = {entry.prn: entry for entry in reversed(listed.entries)}
            quiet = rows.filtered(
                lambda each: (
                    each._seen() == seen[each.id] and each._is_told_by(entries.get(each.prn))
                )
            )
            if {entry.reference for entry in listed.entries} - {None, *rows.mapped("reference")}:
                quiet = quiet.filtered(lambda each: not each._second_driver(listed.entries))
            now = clock.now()
            quiet._own_write({"looked_on": now, "status_on": now, "missed_on": False})
            return quiet.ids

        try:
            return in_own_transaction(self.env, work, wait=2)
        except Exception as error:
            _logger.info("UPS pickups, all at once: %s", type(error).__name__)
            return ()

    def _is_told_by(self, entry):
        """:return: whether it is as UPS tells it."""
        return (
            entry
            and self.state in LISTED
            and (self.status_code or "", self.status_message or "")
            == (entry.code or "", entry.message or "")
        )

    @api.model
    def _to_look_at(self, account_id):
        """:return: the rows that UPS may list, as they are by now."""
        now = clock.now()
        rows = self.search_fetch(
            [
                ("account_id", "=", account_id),
                ("environment", "=", ups_environment(self.env)),
                "|",
                ("state", "in", (*OPEN, *ENDED)),
                ("reference", "!=", False),  # a draft that UPS has all the same
                *self._days_that_may_be_listed(),
            ],
            SEEN,
        )
        days = _days_of_ups()
        rows = rows.filtered(
            lambda each: (
                each._may_be_listed(days)
                and not each._is_in_flight(now)
                and each.outcome_source != "ups"
            )
        )
        return [(each.id, each._seen(), each.kind) for each in rows]

    def _seen(self):
        return self.state, self.reference, self.prn

    def _look(self, listed, seen):
        """Let what UPS lists change it, unless something else has since UPS was asked."""
        self._lock()
        if self._seen() != seen:
            return
        entry = self._entry_in(listed.entries)
        if self.state in ("draft", "cancelled"):
            self._own_write({"looked_on": clock.now()})
        if self.state == "cancelled" and self._sharing_its_driver():
            return  # the driver comes for the others
        if entry and self._has_new_prn(entry, listed):
            self._take_new_prn(entry.prn)
        if entry:
            second = self._second_driver(listed.entries)
            if not (second and self._is_told_by(entry)):  # else it would be told anew each time
                self._found(entry)
            self._tell_second_driver(second)
        elif listed.is_whole and self.state in OPEN:
            self._not_listed(listed)

    def _entry_in(self, entries):
        """:return: what UPS lists for it: by PRN, or by any reference that it was sent with.

        UPS may give a place the same PRN on two days: the end of the one is not the other's.
        """
        by_prn = [entry for entry in entries if self.prn and entry.prn == self.prn]
        of_day = [entry for entry in by_prn if entry.service_date in (None, self.pickup_date)]
        going_on = [entry for entry in by_prn if not self._news(entry).is_final]
        of_ours = self._sent_by_us(entries)
        found = of_day or going_on or of_ours or self._smart_of_the_day(entries)
        return next(iter(found), None)

    def _news(self, entry):
        return meaning(entry.kind or self.kind, entry.code)

    def _sent_by_us(self, entries):
        references = {self.reference, *(self.past_references or ())} - {None, False}
        return [entry for entry in entries if entry.reference in references]

    def _has_new_prn(self, entry, listed):
        """:return: whether UPS lists its one and only request under another PRN."""
        return (
            self.state in LISTED
            and listed.is_whole
            and entry.prn != self.prn
            and [entry.reference] == self.past_references
            and all(other.prn != self.prn for other in listed.entries)
        )

    def _take_new_prn(self, prn):
        before = self.prn
        self._own_write({"prn": prn})
        self._note(
            self.env._(
                "UPS lists it with another PRN: %(prn)s, no longer %(before)s.",
                prn=prn,
                before=before,
            )
        )

    def _second_driver(self, entries):
        """:return: the PRN of a driver who was asked for before, if UPS lists two."""
        found = (entry.prn for entry in self._sent_by_us(entries) if entry.prn != self.prn)
        return next(found, None) if self.prn and self.state in LISTED else None

    def _tell_second_driver(self, prn):
        """One of two requests was lost on its way back, and not on its way there."""
        if prn:
            self._say(
                {},
                lambda own: own.env._(
                    "UPS sends two drivers: one with PRN %(prn)s, and one of an earlier request"
                    " with PRN %(other)s. Call UPS to cancel one of them.",
                    prn=own.prn or "?",
                    other=prn,
                ),
            )

    def _smart_of_the_day(self, entries):
        """A smart trigger carries no reference, but UPS has one an account and day at the most."""
        if self.kind != "smart" or self.state != "unconfirmed":
            return []
        wanted = ("smart", self.pickup_date)
        return [entry for entry in entries if (entry.kind, entry.service_date) == wanted]

    def _found(self, entry):
        news, now = self._news(entry), clock.now()
        vals = {
            "prn": self.prn or entry.prn,
            "status_code": entry.code or False,
            "status_message": entry.message or False,
            "status_on": now,
            "looked_on": now,
            "missed_on": False,
        }
        state = news.state
        if state is None and self.state not in (*LISTED, *ENDED):
            # whatever the code says: UPS has it
            known = self.state == "cancelling" and self.state_before in LISTED
            state = self.state_before if known else "requested"
        if self.state == "draft" and not self._is_as_told():
            self._keep_truck_of_past_request(entry)
            return
        if state is None or not (news.is_final or self._may_go_on()):
            self._own_write(vals)  # a person's word stands until UPS's last one
            self._tell_if_not_cancelled(entry)
            return
        is_news, differs = state != self.state, self._differs_from_told()
        is_called_off = state == "cancelled" and self.state in (*LISTED, "unconfirmed", "unknown")
        if not self._move(vals | self._into(state)):
            return
        if differs:
            self._say_what_ups_knows()
        if is_news:
            words = " ".join(filter(None, (entry.code, entry.message or news.words)))
            self._note(self.env._("UPS: %(words)s. PRN: %(prn)s", words=words, prn=self.prn))
            if is_called_off:
                self._say_who_called_off()
            self._ask_about_failure(is_called_off)
        elif state == "cancelled":  # as a person has said
            self._no_question_any_more()

    def _tell_if_not_cancelled(self, entry):
        """Ask once about what a person has marked as cancelled, if UPS lists its driver since."""
        is_of_day = entry.service_date in (None, self.pickup_date)
        is_too_soon = self.claimed_on and clock.now() - self.claimed_on < BETWEEN_LOOKS
        is_coming = self._news(entry).state in LISTED and is_of_day and not is_too_soon
        if self.state == "cancelled" and is_coming and not self.problem:
            self._say(
                {},
                lambda own: own.env._(
                    "It was marked as cancelled, but UPS lists it still. If nobody is to come, call"
                    " UPS with PRN %s; if the driver is to come, click “Not yet”.",
                    own.prn,
                ),
            )
            self._ask_about_failure(is_called_off=True)

    def _say_who_called_off(self):
        self._say(
            {},
            lambda own: own.env._(
                "UPS has cancelled it, and nobody has done so in Odoo. Ask UPS, or make another one"
                " with “Again”."
            ),
        )

    def _may_go_on(self):
        """:return: whether a word of UPS's that is not its last one changes it."""
        is_over = self.state == "unknown" and self.pickup_date < self.location_id._today()
        return self.state in (*OPEN, "draft", "unknown") and not is_over

    def _is_as_told(self):
        told = self.told or {}
        place = told.get("location") == self.location_id.display_name
        return place and told.get("date") == self.pickup_date.isoformat()

    def _differs_from_told(self):
        """:return: whether it was a draft again, and was changed, before UPS told of it."""
        if self.state != "draft":
            return False
        now = self._telling() | {"service_day": self.told.get("service_day")}
        return self.told != now

    def _say_what_ups_knows(self):
        told = self.told
        self._say(
            {},
            lambda own: own.env._(
                "It was changed after UPS was told: pieces: %(pieces)s, ready from %(ready)s,"
                " until %(close)s.",
                pieces=sum(piece["quantity"] for piece in told.get("pieces", ())),
                ready=told.get("ready_time"),
                close=told.get("close_time"),
            ),
        )

    def _keep_truck_of_past_request(self, entry):
        day = (self.told or {}).get("date")
        self._say(
            {},
            lambda own: own.env._(
                "UPS sends a driver for what this draft said before: PRN %(prn)s, %(date)s. Call"
                " UPS if nobody is to come.",
                prn=entry.prn,
                date=format_date(own.env, day) or "?",
            ),
        )

    def _into(self, state):
        """:return: the values of a state that UPS has told."""
        is_end = state in ENDED
        told = {
            "state": state,
            "outcome_source": "ups" if is_end else False,
            "claimed_on": False,
        }
        # That it is listed does not say that a driver comes on that weekend.
        is_same = self.problem and state == self.state
        is_in_doubt = is_same and self.problem == self._off_weekend_in_words()
        return told if is_in_doubt else told | {"problem": False}

    def _not_listed(self, listed):
        """Two looks, ten minutes apart, on a day on which UPS would list it."""
        now = clock.now()
        if self.state in LISTED:
            self._own_write({"looked_on": now})
        if not self._must_be_listed():
            return
        if self.state in LISTED:
            is_ready = now >= self.location_id._at(self.pickup_date, self.ready_time)
            if not (self.status_code and is_ready):
                return
        if self.state == "unconfirmed" and self._offer_truck_of_others(listed):
            return
        if not self.missed_on:
            self._own_write({"missed_on": now})
        elif now - self.missed_on >= BETWEEN_LOOKS:
            self._missed_twice()

    def _missed_twice(self):
        if self.state == "unconfirmed":
            self._say(
                {"state": "draft"},
                lambda own: own.env._(
                    "UPS has no such pickup: the request was lost on its way. You can request it"
                    " again."
                ),
            )
        elif self.state == "cancelling":
            self._say(
                {},
                lambda own: own.env._(
                    "UPS lists it no longer, but has not said that it is cancelled. If you know"
                    " that no driver comes, mark it as cancelled."
                ),
            )
        elif self.account_id.trust_unlisted:
            self._own_write({"state": "done", "outcome_source": "unlisted", "problem": False})
            self._note(self.env._("Picked up: UPS lists it no longer."))
            self._ask_about_failure()
        else:
            self._say(
                {"state": "unknown"},
                lambda own: own.env._(
                    "UPS lists it no longer, and has not said whether it was picked up. Mark it."
                ),
            )

    def _offer_truck_of_others(self, listed):
        """UPS may have merged the request into another one of that place, whose reference it shows.

        :return: whether a person has to say; nothing is taken by itself.
        """
        prns = [entry.prn for entry in listed.entries]
        other = self.search(
            [
                ("prn", "in", prns),
                ("location_id.partner_id", "=", self.location_id.partner_id.id),
                ("pickup_date", "=", self.pickup_date),
                ("environment", "=", self.environment),
                ("id", "!=", self.id),
            ],
            limit=1,
        )
        if not other:
            return False
        self._say(
            {},
            lambda own: own.env._(
                "UPS lists a driver for this place and day, PRN %(prn)s, known as %(other)s. If it"
                " is the same one, enter that PRN; if not, UPS has none for this pickup.",
                prn=other.prn,
                other=own._names_of(other),
            ),
        )
        return True

    # === WHAT IS OVER === #

    def _died(self):
        self._lock()
        if self._is_in_flight(clock.now()):
            return
        if self.state == "sending":
            self._unconfirmed()
        elif self.state == "cancelling":
            self._cancel_unanswered()

    def _day_is_over(self):
        """Nobody says done but UPS or a person."""
        self._lock()
        if self.state not in OPEN or self._is_in_flight(clock.now()):
            return
        self._say({"state": "unknown"}, lambda own: own._over_in_words())

    def _over_in_words(self):
        if self.state == "delayed":
            return self.env._(
                "Its day is over, and UPS has said last that the driver is late: %(words)s. The"
                " driver may come on another day. Ask UPS with PRN %(prn)s before you order another"
                " one, and mark it.",
                words=self.status_message or "?",
                prn=self.prn,
            )
        if why := self.account_id.last_problem:
            return self.env._(
                "Its day is over, and UPS could not be asked: %s Ask whoever was there, and mark"
                " it.",
                why,
            )
        return self.env._(
            "Its day is over, and UPS has not said what became of it. Ask whoever was there, and"
            " mark it."
        )

    # === TRANSACTIONS === #

    def _each(self, work):
        """One row's transaction: its failure never stops a run."""
        try:
            self._whatever_others_do(work)
        except (UserError, psycopg2.Error) as error:
            _logger.info("UPS pickup %s: %s", self.id, type(error).__name__)
        except Exception as error:
            _logger.error("UPS pickup %s: %s", self.id, type(error).__name__)

    def _keep_problem(self, sentence, stays_queued=False):
        """Say in the draft why it was not sent.

        :param sentence: as a problem of :meth:`_own_write`.
        :param bool stays_queued: whether its batch requests it all the same.
        """

        def keep(own):
            own._lock()
            if own.state == "draft":
                is_known = own.problem == sentence  # in other languages, too
                vals = {} if is_known else {"problem": sentence}
                own._own_write(vals if stays_queued else vals | {"queued_on": False})

        if self:
            self._each(keep)

    def _in_own_cursor(self, work):
        with own_cursor(self.env.registry) as cr:
            context = what_goes_along(self.env.context)
            return work(self.with_env(api.Environment(cr, SUPERUSER_ID, context)))


def _days_of_ups():
    """:return: today and tomorrow in UPS's time."""
    today = local(clock.now(), UPS_ZONE).date()
    return today, today + timedelta(days=1)
