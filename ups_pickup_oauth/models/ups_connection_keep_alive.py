"""The daily cron: keeps every authorization alive, and moves it to the server's first key."""

import logging
import threading
from concurrent.futures import ThreadPoolExecutor, as_completed

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .. import const, token_keys
from ..own_transaction import in_own_transaction

_logger = logging.getLogger(__name__)

PARALLEL = 8
"""Refreshes at once. Each holds one connection to the database while UPS answers."""

SAFETY = 10
"""Seconds of the cron's time that are left for the refreshes under way."""


class UpsConnection(models.Model):
    # One model in three files, because each answers a question of its own.
    _inherit = "ups.connection"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _cron_keep_alive(self, parallel=PARALLEL):
        """Renew what has lived half of its life, each company in a transaction of its own.

        :param int parallel: How many refreshes run at once.
        """
        self._use_first_key()
        started, due = fields.Datetime.now(), self._due_to_renew()
        commit_progress = self.env["ir.cron"]._commit_progress
        commit_progress(remaining=len(due))
        waiting = iter(due)
        with ThreadPoolExecutor(parallel) as pool:
            running = {
                pool.submit(self._renew, each, started)
                for _n, each in zip(range(parallel), waiting, strict=False)
            }
            while running:
                done = next(as_completed(running))
                running.remove(done)
                seconds_left = commit_progress(1)
                following = next(waiting, None) if seconds_left > SAFETY else None
                if following:
                    running.add(pool.submit(self._renew, following, started))

    @api.model
    def _due_to_renew(self):
        """:return: ids, those first whose authorization ends first.

        A refresh token that has half of its life behind it is renewed, so that a week of outages
        costs none of those that live for two months.
        """
        self.env.cr.execute(
            SQL(
                """SELECT connection.id
                     FROM ups_connection AS connection
                     JOIN res_company AS company ON company.id = connection.company_id
                    WHERE connection.state = 'authorized'
                      AND company.active
                      AND (retry_at IS NULL OR retry_at <= %(now)s)
                      AND refreshed_on + (refresh_token_expires_at - refreshed_on) / 2 <= %(now)s
                 ORDER BY refresh_token_expires_at""",
                now=fields.Datetime.now(),
            )
        )
        return [row[0] for row in self.env.cr.fetchall()]

    def _renew(self, connection_id, started):
        """One refresh, in a thread of the cron: it survives whatever happens."""
        threading.current_thread().dbname = self.env.registry.db_name  # for the log
        try:
            self.browse(connection_id)._refreshed_token(renewed_before=started)
        except UserError as error:
            _logger.info("UPS authorization %s was not renewed: %s", connection_id, error)
        except Exception as error:
            # Not its text, which may hold a row.
            _logger.error("UPS authorization %s: %s", connection_id, type(error).__name__)

    # === ROTATION OF KEYS === #

    @api.model
    def _use_first_key(self):
        """Encrypt anew what an older key had encrypted, after which that key can go."""
        parameters = self.env["ir.config_parameter"].sudo()
        secret = parameters.get_param(const.PARAM_CLIENT_SECRET)
        if secret and (resealed := token_keys.reseal(self.env, secret)):
            parameters.set_param(const.PARAM_CLIENT_SECRET, resealed)
        for column in ("sealed_access_token", "sealed_refresh_token"):
            self._use_first_key_in(column)

    @api.model
    def _use_first_key_in(self, column):
        name = SQL.identifier(column)
        self.env.cr.execute(SQL("SELECT id FROM ups_connection WHERE %s IS NOT NULL", name))
        for (connection_id,) in self.env.cr.fetchall():
            in_own_transaction(
                self.env, lambda env, id_=connection_id: env[self._name].browse(id_)._reseal(column)
            )

    def _reseal(self, column):
        # A refresh that holds the row has sealed with the first key already: it goes first.
        if resealed := token_keys.reseal(self.env, self[column]):
            self[column] = resealed
