"""One truck a click: claimed and committed, sent outside of any transaction, kept in another.

So a rerun by Odoo, a double click, two workers, a kill -9 or a lost answer never makes a second
POST: only a draft is sent, and the claim makes it one no more. What never left or was refused is a
draft again; whatever may have reached UPS is looked up by its reference, and never sent again.
"""

import logging
import time
import uuid
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

import psycopg2
from odoo import api, fields, models
from odoo.addons.ups_pickup_oauth.exceptions import (
    UpsReauthorizationNeeded,
    UpsSettingsWrong,
    UpsTryLater,
)
from odoo.addons.ups_pickup_oauth.note import note
from odoo.addons.ups_pickup_oauth.own_transaction import (
    LOST_RACE,
    NO_CONNECTION,
    in_own_transaction,
    without_text,
)
from odoo.addons.ups_pickup_oauth.past_the_orm import put
from odoo.addons.ups_pickup_oauth.token_flights import flight
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

from .. import clock
from ..const import ENDED, LISTED, LOSER_WAITS, OPEN, SAVE_FIRST_AFTER, SOURCE
from ..notice import notice, shown_anew
from ..pickup_api import (
    Booked,
    NeverLeft,
    Refused,
    SmartTrigger,
    Unknown,
    codes,
    request_pickup,
    trigger_smart_pickup,
)
from ..telling import request_from
from ..words import refusal_in_words

_logger = logging.getLogger(__name__)

NEVER_LEFT = (UpsReauthorizationNeeded, UpsSettingsWrong, UpsTryLater)

LOOK_EVERY = 0.1
"""Seconds between two looks at what another process is sending."""

PLACE = {"oncall": "location_id", "smart": "account_id"}
"""Whose one open pickup of a day it is (see the unique indexes)."""

SHOWN = ("location_id", "account_id", "pickup_date", "ready_time", "close_time", "quantity")
"""What a person has in mind who says yes to the question before a request."""

OURS = ("ups_look_later", "ups_of_a_queue", "ups_past_the_orm", "ups_shown")
"""Of the context, what an own transaction of a pickup has, too."""

PAST_THE_ORM = object()
"""The mark `ups_past_the_orm` of the context: no caller can send it."""

SENT_WITHIN = timedelta(minutes=1)
"""Of the claim; far less than `PATIENCE`, after which others look it up."""

MOST_AT_ONCE = 20
"""More than that is a batch's work: the browser would wait too long."""


@dataclass(frozen=True)
class Told:
    """What the person who clicked is told: handed over, since the caller's snapshot is older."""

    pickup_id: int
    state: str
    prn: str = ""
    words: str = ""
    is_refused: bool = False  # for good, by UPS or by Odoo
    is_of_all: bool = False  # the next pickup would be refused, too
    has_alerts: bool = False  # UPS has added something to its yes

    @property
    def lets_others_go_on(self):
        """:return: whether the next one may fare better: UPS may have it, or refused it alone."""
        return not self.is_of_all and (self.is_refused or self.state != "draft")

    @property
    def kind(self):
        """:return: the kind of Odoo's notification."""
        if self.is_refused:
            return "danger"
        if self.prn or self.state == "cancelled":
            return "warning" if self.has_alerts else "success"
        return "warning" if self.state in OPEN else "danger"


class SaveFirst(UserError):
    """The caller's own transaction has made or changed the pickup."""


class Unfit(UserError):
    """It cannot be sent as it is; `sentence` says why to another reader, given the pickup."""

    def __init__(self, pickup, sentence):
        words = sentence(pickup)
        super().__init__(words)
        self.sentence = lambda own: sentence(own) or words  # somebody may have mended it since


class AlreadyAsked(Unfit):
    """A driver is asked for that place and day: the click is led to the pickup that did."""

    def __init__(self, pickup, first):
        self.first_id, self.first_name, prn = first.id, first.name, first.prn or "?"
        super().__init__(pickup, lambda own: own._already_asked_in_words(self.first_name, prn))


class LedToTheFirst(UserError):
    """The same, with a button that opens that pickup.

    The web client shows it as it shows Odoo's RedirectWarning (`led_to_the_first.js`), which other
    addons that catch a UserError would not expect.
    """

    def __init__(self, words, action, button):
        super().__init__(words)
        self.args = words, action, button  # as the dialog reads them

    def __str__(self):
        return self.args[0]


class UpsPickup(models.Model):
    # One model in several files, because each answers a question of its own.
    _inherit = "ups.pickup"  # pylint: disable=consider-merging-classes-inherited

    twin_id = fields.Many2one(
        "ups.pickup",
        string="Asked For Already",
        help="The open pickup of the same place and day, beside which this draft cannot be sent.",
        compute="_compute_twin_id",
    )

    @api.depends("state", "kind", "location_id", "account_id", "pickup_date")
    def _compute_twin_id(self):
        drafts = self.filtered(lambda each: each.state == "draft" and each.kind)
        twins = drafts.filtered(lambda each: each._is_at_own_place())._open_twins()
        for pickup in self:
            pickup.twin_id = twins.get(pickup)

    # === ACTION METHODS === #

    def action_open_twin(self):
        """:return: An action that opens the pickup beside which the draft cannot be sent."""
        return self._shown(self.twin_id)

    def action_request(self):
        """Have UPS send a driver. What came of it is committed, whatever the caller does next.

        :return: An action that tells the PRN, or what went wrong.
        :rtype: dict
        :raise AccessError: If the user may not request pickups of the company.
        :raise UserError: If it is not fit to be sent, or UPS refused it; it is a draft then.
        :raise LedToTheFirst: If a driver is asked for that place and day: it leads there.
        """
        self._check_requester()
        self._refuse_too_many()
        with self._leading_to_the_first():
            told = self._one_by_one(lambda pickup: pickup._request())
        if len(told) == 1 and told[0].state == "draft":
            raise UserError(told[0].words)
        return self._tell(told)

    def _refuse_too_many(self):
        """:raise UserError: since the browser would wait too long."""
        if len(self) > MOST_AT_ONCE:
            raise UserError(
                self.env._(
                    "Request up to %s pickups at once, or make a batch of them.", MOST_AT_ONCE
                )
            )

    @contextmanager
    def _leading_to_the_first(self):
        """:raise LedToTheFirst: where another pickup has asked for a driver already."""
        try:
            yield
        except AlreadyAsked as error:
            first = self.browse(error.first_id)
            button = self.env._("Open %s", error.first_name)
            raise LedToTheFirst(str(error), self._shown(first), button) from error

    def _one_by_one(self, work):
        """Go on after a refusal, since what the others were told would be lost in its error.

        :param work: with one pickup; returns Told.
        :rtype: list[Told]
        :raise UserError: of the only one.
        """
        if len(self) == 1:
            return [work(self)]
        told = []
        for pickup in self:
            try:
                outcome = work(pickup)
            except UserError as error:
                outcome = Told(pickup.id, pickup.state, "", str(error), True)
            told.append(replace(outcome, words=f"{pickup.display_name}: {outcome.words}"))
        return told

    def action_confirm(self):
        """Show the price and the environment before a production request; else request at once.

        :return: An action that opens the dialog, or that of :meth:`action_request`.
        :rtype: dict
        """
        self.ensure_one()
        self._check_requester()
        if self.environment != "production" or self.state != "draft":
            return self.action_request()
        self.sudo()._check_before_sending()
        with self._leading_to_the_first():
            self.sudo()._refuse_second()
        if self.kind == "oncall" and (not self.priced_on or self.is_price_stale):
            self._ask_price_quietly()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Request a UPS Pickup"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(self.env.ref("ups_pickup.ups_pickup_view_form_confirm").id, "form")],
            "target": "new",
            "context": {"dialog_size": "medium", "ups_shown": self._as_shown()},
        }

    def _as_shown(self):
        """:return: what the question before a request shows of each, for the answer's context."""
        return {f"{each.id}": [str(each[name]) for name in SHOWN] for each in self}

    def _told_of_a_change(self):
        """No error, or what the claim has counted anew would be rolled back, and so each time.

        :return: Told if it was changed since the person who clicks was asked, or None.
        """
        shown, key = self.env.context.get("ups_shown"), f"{self.id}"
        if not isinstance(shown, dict) or key not in shown or shown[key] == self._as_shown()[key]:
            return None
        words = self.env._(
            "It was changed while you were asked, so nothing was requested. Close this,"
            " look at the pickup, and click Request again."
        )
        return Told(self.id, self.state, "", words, True)

    def _check_requester(self):
        """:raise AccessError: If the user may not request pickups of the company."""
        self.check_access("write")
        self.location_id.check_access("read")

    def _tell(self, told):
        """:return: an action that says what became of them, and shows the records anew."""
        if not told:
            return shown_anew()
        kinds = {each.kind for each in told}
        kind = next(kind for kind in ("danger", "warning", "success") if kind in kinds)
        return notice(
            kind,
            "\n".join(each.words for each in told),
            title=self.env._("UPS Pickup"),
            sticky=kind != "success",
            next=shown_anew(),
        )

    # === BUSINESS METHODS === #

    def _request(self):
        """Request one pickup, once however many ask at the same time.

        :rtype: Told
        :raise UserError: If nothing was sent because it cannot be.
        """
        self.ensure_one()
        if not self.id:
            raise SaveFirst(self._save_first_in_words())
        try:
            told = flight(("ups.pickup", self.env.registry.db_name, self.id)).result(
                self._request_alone, LOSER_WAITS
            )
        except TimeoutError:
            return self._still_sending()
        if isinstance(told, Exception):
            raise told
        return told

    def _request_alone(self):
        """:return: Told, or the UserError that all who wait for it are shown."""
        try:
            session = self.company_id.sudo()._ups_session(SOURCE)
            claim = self._in_own_transaction(
                lambda own: own._claim(session.base_url), patience=SAVE_FIRST_AFTER
            )
            if isinstance(claim, Told):
                return self._wait_for_the_other(claim)
            return self._send(session, *claim)
        except UserError as error:
            return error

    def _claim(self, base_url):
        """Make the draft one no more, before anything is sent.

        :return: the reference, what UPS is told and since when it is claimed, or Told if somebody
            else has claimed or changed it.
        :raise UserError: If it is not fit to be sent.
        """
        self._lock_or_save_first()
        if self.state != "draft":
            return replace(self._told_of_another(), is_refused=self.state in ENDED)
        if self.env.context.get("ups_of_a_queue") and not self.queued_on:
            raise SaveFirst(self._save_first_in_words())  # it has left the queue meanwhile
        if told := self._told_of_a_change():
            return told
        self._check_before_sending()
        self._refuse_elsewhere(base_url)
        self._refuse_second()
        reference, telling = uuid.uuid4().hex, self._telling()
        self._own_write(
            {
                "state": "sending",
                "claimed_on": clock.now(),
                "reference": reference,
                "past_references": [*(self.past_references or ()), reference],
                "told": telling,
                "missed_on": False,
                "looked_on": False,
            }
        )
        self.flush_recordset()  # the index has its say here, and then this runs again
        return reference, telling, self.claimed_on

    def _refuse_second(self):
        """Lead the second request for a place and day to the first one.

        :raise AlreadyAsked: if there is an open one.
        """
        if first := self._open_twin():
            raise AlreadyAsked(self, first)

    def _already_asked_in_words(self, first, prn):
        return self.env._(
            "A driver is already asked for %(location)s on %(date)s: %(pickup)s, PRN %(prn)s. Put"
            " these pieces out with it, or cancel it first.",
            location=self.location_id.display_name,
            date=format_date(self.env, self.pickup_date),
            pickup=first,
            prn=prn,
        )

    def _open_twin(self):
        """:return: the open pickup that the database's index would not let this one be beside."""
        return self._open_twins().get(self, self.browse())

    def _open_twins(self):
        """:return: by pickup its open twin, if there is one."""
        places = Domain.OR(
            Domain("kind", "=", kind) & Domain(PLACE[kind], "in", same[PLACE[kind]].ids)
            for kind, same in self.grouped("kind").items()
        )
        days = Domain("pickup_date", "in", self.mapped("pickup_date"))
        found = self.sudo().search(places & days & Domain("state", "in", OPEN))
        trucks = {each._truck(): each for each in found}
        twins = {each: trucks.get(each._truck()) for each in self}
        return {each: twin for each, twin in twins.items() if twin and twin != each._origin}

    def _truck(self):
        """:return: what the unique indexes let only one open pickup have."""
        place = self[PLACE[self.kind]]
        return self.kind, place._origin.id, self.pickup_date, self.environment

    def _send(self, session, reference, telling, claimed_on):
        """Send, in no transaction and with nothing locked, and keep what came of it.

        Not where this process stood still since the claim (a machine that was suspended, say):
        others may have concluded that the request was lost, and sent another one.
        """
        request = request_from(telling, reference)
        send = trigger_smart_pickup if isinstance(request, SmartTrigger) else request_pickup
        try:
            is_late = clock.now() - claimed_on > SENT_WITHIN
            outcome = NeverLeft("late") if is_late else send(session, request)
        except NEVER_LEFT as error:
            outcome = error
        except Exception as error:  # it may have left: nobody may conclude that it has not
            _logger.exception("UPS pickup %s: its request ended strangely", self.id)
            outcome = Unknown("strange", type(error).__name__)
        try:
            told = self._whatever_others_do(lambda own: own._keep(reference, outcome))
        except psycopg2.Error as error:  # it is looked up by its reference (see _cron_check)
            prn = getattr(outcome, "prn", "")
            _logger.error("UPS pickup %s, PRN %s: %s", self.id, prn, type(error).__name__)
            told = Told(self.id, "sending", prn, self._not_kept_in_words(prn))
        if isinstance(outcome, UserError):
            raise outcome
        return told

    # === WHAT CAME OF IT === #

    def _keep(self, reference, outcome):
        """Keep what came of the request with this reference, unless the pickup went on since.

        :rtype: Told
        """
        self._lock()
        if self.reference != reference or self.state not in ("sending", "unconfirmed", "draft"):
            if isinstance(outcome, Booked) and outcome.prn != self.prn:
                _logger.warning("UPS pickup %s: a second driver, PRN %s", self.id, outcome.prn)
                self._tell_second_driver(outcome.prn)
            return self._told_of_another()
        if isinstance(outcome, Booked):
            words = self._keep_booked(outcome)
        elif isinstance(outcome, Refused):
            words = self._back_to_draft(lambda own: refusal_in_words(own.env, outcome))
        elif isinstance(outcome, NeverLeft):
            words = self._back_to_draft(
                lambda own: own.env._(
                    "UPS could not be reached, so no driver was asked for. Try again in a few"
                    " minutes."
                )
            )
        elif isinstance(outcome, UserError):
            words = self._back_to_draft(lambda _own: str(outcome))
        else:
            words = self._unconfirmed()
        is_of_all = isinstance(outcome, Refused | Unknown) and outcome.is_of_all
        is_refused = isinstance(outcome, Refused) and outcome.http_status != 429
        has_alerts = isinstance(outcome, Booked) and bool(outcome.alerts)
        return Told(self.id, self.state, self.prn or "", words, is_refused, is_of_all, has_alerts)

    def _keep_booked(self, booked):
        words = self.env._("UPS sends a driver. PRN: %s", booked.prn)
        if booked.service_date and booked.service_date != self.pickup_date:
            self._move({"pickup_date": booked.service_date})
        self._move(
            {
                "state": "requested",
                "prn": booked.prn,
                "status_on": clock.now(),
                "problem": self._doubt(booked.alerts),
                **self._price_booked(booked.charge),
            }
        )
        added = self._sharing_in_words(), self._added_in_words(booked.alerts)
        words = " ".join(filter(None, (words, *added)))
        self._note(words)
        self._look_soon()
        return words

    @api.model
    def _doubt(self, alerts):
        """:return: a problem, where what UPS adds says that no driver comes; or False."""
        is_off = any(alert.code == codes.OFF_WEEKEND for alert in alerts)
        return is_off and (lambda own: own._off_weekend_in_words())

    @api.model
    def _off_weekend_in_words(self):
        return self.env._(
            "UPS has given a PRN, but says that it does not serve this address on that day of the"
            " weekend. Call UPS and ask whether a driver comes."
        )

    def _sharing_in_words(self):
        if others := self._others_with_its_driver():
            return self.env._(
                "UPS gives the same PRN as for %s: one driver comes for both.",
                self._names_of(others),
            )
        return ""

    def _added_in_words(self, alerts):
        said = " ".join(alert.words for alert in alerts)
        return self.env._("UPS adds: %s", said) if said else ""

    def _look_soon(self):
        """Have the cron look, if nobody has deleted it: what is kept must not hang on that."""
        if self.env.context.get("ups_look_later"):  # a batch, when it is through
            return
        if cron := self.env.ref("ups_pickup.ir_cron_check", raise_if_not_found=False):
            cron._trigger()

    def _back_to_draft(self, sentence):
        words = sentence(self)
        if self.state != "draft":
            # An earlier request may have been lost: it is still looked for, and this one is not.
            lost = [each for each in self.past_references or () if each != self.reference]
            is_known = self.problem == words  # a plan tries again and again
            self._own_write(
                {
                    "state": "draft",
                    "problem": sentence,
                    "past_references": lost,
                    "claimed_on": bool(lost) and self.claimed_on,
                }
            )
            if not is_known:
                self._note(words)
        return words

    def _unconfirmed(self):
        def sentence(own):
            return own.env._(
                "UPS's answer was lost: nobody knows yet whether a driver comes. Do not request it"
                " again; Odoo looks it up at UPS, and you can call UPS with the address and the"
                " day."
            )

        if self.state == "sending":
            self._say({"state": "unconfirmed"}, sentence)
            self._look_soon()
        return sentence(self)

    # === THE SECOND CLICK === #

    def _wait_for_the_other(self, seen):
        """Wait for the process that is sending it, with no connection to the database held.

        :param Told seen: what was seen of it.
        :rtype: Told
        """
        until = time.monotonic() + LOSER_WAITS
        while seen.state == "sending" and time.monotonic() < until:
            time.sleep(LOOK_EVERY)
            seen = self._in_own_transaction(lambda own: own._told_of_another())
        return seen

    def _told_of_another(self):
        """:return: Told, for who comes when it is a draft no more."""
        states = dict(self._fields["state"]._description_selection(self.env))
        if self.state == "sending":
            return self._still_sending()
        if self.prn and self.state in LISTED:  # for no other one a driver is known to come
            words = self.env._(
                "UPS sends a driver for %(pickup)s. PRN: %(prn)s", pickup=self.name, prn=self.prn
            )
        else:
            words = self.problem or states[self.state]
        return Told(self.id, self.state, self.prn or "", words)

    def _still_sending(self):
        words = self.env._("It is being sent at this moment. Look again in a minute.")
        return Told(self.id, "sending", "", words)

    # === OWN TRANSACTIONS === #

    def _in_own_transaction(self, work, patience=None):
        """Run ``work`` with this pickup in a transaction of its own, as superuser.

        :param str patience: how long it waits for a locked row, if not for long.
        """
        ours = {name: self.env.context[name] for name in OURS if name in self.env.context}

        def alone(env):
            if patience:
                env.cr.execute("SELECT set_config('lock_timeout', %s, true)", [patience])
            return work(env[self._name].browse(self.id).with_context(**ours))

        return in_own_transaction(self.env, alone)

    def _whatever_others_do(self, work):
        """Keep what UPS has said, also when an automation rule or a field of others fails in it.

        Then it is kept once more past the ORM, and past whatever they have hooked into it.
        """
        try:
            return self._in_own_transaction(work)
        except (*LOST_RACE, *NO_CONNECTION):
            raise
        except Exception as error:
            _logger.error(
                "UPS pickup %s: what others do with its news failed: %s",
                self.id,
                without_text(error),
            )
            alone = self.with_context(ups_past_the_orm=PAST_THE_ORM)
            return alone._in_own_transaction(work)

    def _lock(self):
        """Lock the row until the transaction ends.

        :raise UserError: if there is none.
        :raise psycopg2.OperationalError: when the row was changed while this waited.
        """
        if not self.id:  # a form that was never saved, over RPC
            raise SaveFirst(self._save_first_in_words())
        self.env.cr.execute(
            "SELECT id FROM ups_pickup WHERE id = %s FOR NO KEY UPDATE",
            [self.id],
            log_exceptions=False,
        )
        if not self.env.cr.rowcount:
            raise SaveFirst(self._save_first_in_words())
        self.invalidate_recordset()

    def _lock_or_save_first(self):
        """:raise UserError: if the caller's own transaction holds the row, or has just made it."""
        try:
            self._lock()
        except psycopg2.errors.LockNotAvailable:
            raise SaveFirst(self._save_first_in_words())

    @api.model
    def _save_first_in_words(self):
        return self.env._(
            "This pickup is not saved yet, or is being changed at this moment. Save it first, then"
            " click again."
        )

    @api.model
    def _not_kept_in_words(self, prn):
        if prn:
            return self.env._(
                "UPS sends a driver, PRN %s, but Odoo's database could not keep it. Write the PRN"
                " down; Odoo looks it up at UPS.",
                prn,
            )
        return self.env._(
            "Odoo's database could not keep what UPS answered. Do not request it again; Odoo looks"
            " it up at UPS."
        )

    def _own_write(self, vals):
        """Write what the addon alone writes.

        :param dict vals: as for `write()`; a problem may be a function that puts it into words,
            given the pickup in an environment: then each reader has their own language.
        """
        if any(each.state != vals["state"] for each in self if "state" in vals):
            vals = vals | {"is_settled": False}  # what was said of it was said of that state
            if vals["state"] in ENDED:
                vals = vals | {"asked_id": False}  # nobody is to come any more
        if any(each.prn != vals["prn"] for each in self if "prn" in vals):
            vals = {"is_mail_outdated": True} | vals  # the driver asks for another one at the door
        if vals.get("state", "draft") != "draft":
            vals = vals | {"queued_on": False}
        words = self._in_each_language(vals.get("problem"))
        if words:
            vals = vals | {"problem": words[self.env.lang or "en_US"]}
        if self._is_past_the_orm():
            put(self, vals)  # what others have hooked into it has failed
            return
        own = self.with_context(tracking_disable=True).sudo()
        own.write(vals)
        if words:
            own.update_field_translations("problem", words)

    def _is_past_the_orm(self):
        """:return: whether what others have hooked into the ORM has failed with this news."""
        return self.env.context.get("ups_past_the_orm") is PAST_THE_ORM

    def _in_each_language(self, sentence):
        """:return: by language what a sentence says, or None if there is none."""
        if not sentence:
            return None
        languages = {"en_US", *(code for code, _name in self.env["res.lang"].get_installed())}
        return {
            each: sentence(self.with_context(lang=each)) if callable(sentence) else sentence
            for each in languages
        }

    def _say(self, vals, sentence):
        """Keep a problem and note it, unless it is known already.

        :param dict vals: what else is written with it.
        :param sentence: puts it into words, given the pickup in an environment.
        """
        words = sentence(self)
        if vals or self.problem != words:
            self._own_write(vals | {"problem": sentence})
            self._note(words)

    def _note(self, words):
        """Add a sentence to the history."""
        self._only_telling(lambda own: note(own, words))

    def _only_telling(self, work):
        """Do what may fail by itself, into the log, without undoing what is stored."""
        try:
            with self.env.cr.savepoint():
                work(self)
        except NO_CONNECTION:
            raise
        except Exception as error:
            _logger.error(
                "UPS pickup %s: its history is not written: %s", self.id, without_text(error)
            )
            self.invalidate_recordset(flush=False)

    def _move(self, vals):
        """Write what UPS has told, unless another open pickup stands there already.

        :return: whether it was written; otherwise the problem says why.
        :rtype: bool
        """
        try:
            with self.env.cr.savepoint():
                own = self.with_context(ups_says_the_day=True)
                own._own_write(vals)
                own.flush_recordset()
        except psycopg2.errors.UniqueViolation:
            self.invalidate_recordset()
            other = self._open_twin().name or "?"
            prn = vals.get("prn") or self.prn  # what a driver is told must not get lost
            self._say(
                {} if self.prn == prn else {"prn": prn},
                lambda own: own.env._(
                    "UPS told news of it (PRN %(prn)s), but %(other)s is open for the same place"
                    " and day. Ask UPS which of them a driver comes for, and mark the other one.",
                    prn=prn or "?",
                    other=other,
                ),
            )
            return False
        return True
