"""The daily cron: keeps every authorization alive, and moves it to the server's first key."""

import logging
from datetime import timedelta
from functools import partial

import psycopg2
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, split_every
from odoo.tools.constants import PREFETCH_MAX

from .. import const, token_keys
from ..exceptions import UpsGivenElsewhere, UpsSettingsWrong, UpsTryLater
from ..live_token import Wish
from ..own_transaction import in_own_transaction, quietly
from ..side_by_side import side_by_side
from .ups_connection import IS_NEEDED
from .ups_connection_reason import REFUSED, InForce
from .ups_connection_refresh import CLOCK_TOLERANCE

_logger = logging.getLogger(__name__)

PARALLEL = 8
"""Refreshes at once."""

SAFETY = 2
"""Seconds of the cron's time that are left for the refreshes under way; Odoo gives it 10."""

NEXT_TRY = timedelta(minutes=15)
"""A company that met an outage is not tried again in the same run of the cron."""

OUTAGES = 3
"""After so many in a row UPS is left alone until the next run."""

NEXT_RUN = timedelta(hours=1)
"""How long after a run that ended early another one follows."""


class UpsConnection(models.Model):
    # One model in four files, because each answers a question of its own.
    _inherit = "ups.connection"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _cron_keep_alive(self, parallel=PARALLEL):
        """Renew what has lived half of its life, each company in a transaction of its own.

        A run ends early when UPS refuses the settings, or cannot answer several times in a row:
        it would for the others, too. Where it had accepted them from another company, the refusal
        may be meant for one alone, and a second one in a row is waited for. After outages another
        run follows within the hour. Settings that UPS has not accepted yet are shown to it by one
        company, before the others follow.

        :param int parallel: How many refreshes run at once, at the most.
        """
        started, due = fields.Datetime.now(), self._due_to_renew()
        commit_progress = self.env["ir.cron"]._commit_progress
        commit_progress(remaining=len(due))
        waiting, row_of_outages, row_of_refusals, is_hopeless = due[::-1], 0, 0, False
        seconds_left = SAFETY + 1

        def following():
            while waiting and seconds_left > SAFETY and not is_hopeless:
                yield self.browse(waiting.pop())

        first_alone = InForce.of(self.env).verdict != "accepted"
        renew = partial(self._renew, started)
        for _each, problem in side_by_side(self.env, renew, following(), parallel, first_alone):
            seconds_left = commit_progress(1)
            row_of_outages = row_of_outages + 1 if problem == "outage" else 0
            row_of_refusals = row_of_refusals + 1 if problem == "settings" else 0
            is_refused = row_of_refusals > 1 or (row_of_refusals and not self._is_any_accepted())
            is_hopeless |= is_refused or row_of_outages >= OUTAGES
        if is_hopeless or row_of_outages:
            commit_progress(remaining=0)  # Odoo would start the next run at once
            if not row_of_refusals:
                self.env.ref("ups_pickup_oauth.ir_cron_keep_alive")._trigger(started + NEXT_RUN)
        if not waiting:
            self._use_first_key()
        self._ask_about_all()

    @api.model
    def _due_to_renew(self):
        """:return: ids, those first whose authorization ends first.

        A refresh token that has half of its life behind it is renewed, so that a week of outages
        costs none of those that live for two months. So is one that was stored by a clock that was
        ahead, since nobody knows its age, and one whose client secret is still unproven. One whose
        key was lost is looked at again, and once a day one that UPS has refused, for as long as it
        would live: UPS may have meant its own trouble. Those whose settings it has refused come
        last, so that one of them keeps nobody waiting. See also :meth:`_prover`.
        """
        self.env["res.company"].flush_model(["active", "parent_path"])
        self.env.cr.execute(
            SQL(
                """SELECT connection.id
                     FROM ups_connection AS connection
                     JOIN res_company AS company ON company.id = connection.company_id
                    WHERE (connection.state = 'authorized'
                           AND (COALESCE(refreshed_on, authorized_on)
                                + (refresh_token_expires_at - COALESCE(refreshed_on, authorized_on))
                                / 2 <= %(now)s
                             OR COALESCE(refreshed_on, authorized_on) > %(now)s + %(ahead)s
                             OR settings_seen IS NULL
                             OR settings_verdict = 'refused'
                                AND last_problem_on > settings_judged_on
                             OR connection.id = %(prover)s)
                        OR connection.state = 'reauthorize'
                           AND (reason = 'lost_key'
                             OR reason IN %(refused)s AND refresh_token_expires_at > %(now)s))
                      AND (retry_at IS NULL OR retry_at <= %(now)s)
                      AND (failure_count = 0 OR last_problem_on <= %(now)s - %(next_try)s)
                      AND %(needed)s
                 ORDER BY settings_verdict IS NOT DISTINCT FROM 'refused',
                          refresh_token_expires_at""",
                now=fields.Datetime.now(),
                ahead=CLOCK_TOLERANCE,
                prover=self._prover(),
                next_try=NEXT_TRY,
                refused=REFUSED,
                needed=IS_NEEDED,
            )
        )
        return [connection_id for (connection_id,) in self.env.cr.fetchall()]

    @api.model
    def _prover(self):
        """:return: the id of one whose renewal shows UPS settings that were changed since, or None.

        Else nobody would learn of a wrong secret before somebody calls, or half a life is over.
        """
        in_force = InForce.of(self.env)
        if in_force.problem or in_force.verdict:
            return None
        works = self.search([("state", "=", "authorized")])._needed()
        return works.filtered(lambda each: not each._reason_now(in_force))[:1].id or None

    @api.model
    def _is_any_accepted(self):
        """:return: whether a company is left from which UPS has accepted the settings in force."""
        seen = InForce.of(self.env).fingerprint
        accepted = [("settings_seen", "=", seen), ("settings_verdict", "=", "accepted")]
        return bool(seen) and bool(self.search_count(accepted, limit=1))

    def _renew(self, started, connection):
        """One refresh, in a thread of the cron.

        :return: `settings` or `outage`, when others would end like that too; else None.
        """
        try:
            connection._refreshed_token(Wish(renewed_before=started))
        except UserError as error:
            _logger.info("UPS authorization %s was not renewed: %s", connection.id, error)
            if isinstance(error, UpsTryLater):
                return "outage"
            is_settings = isinstance(error, UpsSettingsWrong)
            return "settings" if is_settings and not isinstance(error, UpsGivenElsewhere) else None
        return None

    @api.model
    def _ask_about_all(self):
        """Ask a person about each that works no more though nobody has called for it: its date is
        over, settings were changed, or who was asked is gone."""
        in_force, in_vain = InForce.of(self.env), set(self._asked_in_vain())
        given = self.search([("state", "!=", "not_authorized")])
        for some in split_every(PREFETCH_MAX, given.ids, self.browse):
            for connection in some:
                reason, is_in_vain = connection._reason_to_ask(in_force), connection in in_vain
                if is_in_vain or reason != (connection.asked_reason or False):
                    quietly(
                        self.env,
                        lambda env, id_=connection.id, again=is_in_vain: (
                            env[self._name].browse(id_)._ask_people(again)
                        ),
                    )
            some.invalidate_recordset()  # else the process keeps the memory for all of them

    # === ROTATION OF KEYS === #

    @api.model
    def _use_first_key(self):
        """Encrypt anew what an older key had encrypted, after which that key can go."""
        try:
            if not token_keys.is_rotating(self.env):
                return
            in_own_transaction(self.env, lambda env: env[self._name]._reseal_client_secret())
            self.env.cr.execute("SELECT id FROM ups_connection WHERE sealed_refresh_token != ''")
            for (connection_id,) in self.env.cr.fetchall():
                in_own_transaction(
                    self.env, lambda env, id_=connection_id: env[self._name].browse(id_)._reseal()
                )
        except (UserError, psycopg2.Error) as error:
            # Not its text, which may hold a row. The next day goes on.
            _logger.info("UPS tokens: not all have the first key yet: %s", type(error).__name__)

    @api.model
    def _reseal_client_secret(self):
        parameters = self.env["ir.config_parameter"].sudo()
        secret = parameters.get_param(const.PARAM_CLIENT_SECRET)
        if secret and (resealed := token_keys.reseal(self.env, secret)):
            parameters.set_param(const.PARAM_CLIENT_SECRET, resealed)

    def _reseal(self):
        # Whoever holds the row is refreshing it, and seals with the first key.
        self.env.cr.execute(
            SQL(
                "SELECT id FROM ups_connection WHERE id = %s FOR NO KEY UPDATE SKIP LOCKED", self.id
            ),
            log_exceptions=False,
        )
        if not self.env.cr.rowcount:
            return
        for column in ("sealed_access_token", "sealed_refresh_token"):
            if resealed := token_keys.reseal(self.env, self[column]):
                self[column] = resealed
