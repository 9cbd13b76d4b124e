import logging

import psycopg2
from odoo import api, fields, models
from odoo.tools import SQL

from .. import token_keys
from ..own_transaction import in_own_transaction

_logger = logging.getLogger(__name__)

_OF_A_TOKEN = (
    "state",
    "environment",
    "database_uuid",
    "access_token_expires_at",
    "sealed_access_token",
)


class UpsConnection(models.Model):
    """A company's UPS tokens.

    They stand here and not on the company, because a company row is read in nearly every
    transaction and referenced by every table with a company.
    """

    _name = "ups.connection"
    _description = "UPS Authorization of a Company"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _rec_name = "company_id"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade", copy=False
    )
    state = fields.Selection(
        [
            ("not_authorized", "Not Authorized"),
            ("authorized", "Authorized"),
            ("reauthorize", "Reauthorize"),
        ],
        required=True,
        readonly=True,
        default="not_authorized",
        copy=False,
    )
    authorized_by_id = fields.Many2one("res.users", readonly=True, copy=False, ondelete="set null")
    authorized_on = fields.Datetime(readonly=True, copy=False)
    environment = fields.Selection(
        [("production", "Production"), ("cie", "Test (CIE)")], readonly=True, copy=False
    )
    access_token_expires_at = fields.Datetime(readonly=True, copy=False)
    refresh_token_expires_at = fields.Datetime(
        string="Authorized Until",
        help="Odoo renews the authorization by itself before then; nobody has to do anything.",
        readonly=True,
        copy=False,
    )
    refreshed_on = fields.Datetime(string="Last Renewed On", readonly=True, copy=False)
    reason = fields.Selection(
        [
            ("refused", "UPS refused to renew it"),
            ("expired", "It expired"),
            ("lost_key", "The server's key is lost"),
            ("copied", "The database is a copy"),
        ],
        string="Why It Ended",
        readonly=True,
        copy=False,
    )
    ups_words = fields.Char(string="UPS's Answer", readonly=True, copy=False)
    failure_count = fields.Integer(
        help="How often UPS could not answer, in a row.", readonly=True, copy=False
    )
    retry_at = fields.Datetime(help="UPS is left alone until then.", readonly=True, copy=False)
    last_problem = fields.Json(
        help="What went wrong the last time, for messages.recalled(); nothing after a success.",
        readonly=True,
        copy=False,
    )
    last_problem_on = fields.Datetime(readonly=True, copy=False)
    problem = fields.Char(
        string="Last Problem with UPS",
        help="What keeps the authorization from being used, and what to do.",
        compute="_compute_problem",
        compute_sudo=True,
    )
    problem_on = fields.Datetime(
        string="Last Problem with UPS On", compute="_compute_problem", compute_sudo=True
    )
    sealed_access_token = fields.Text(groups=fields.NO_ACCESS, copy=False, prefetch=False)
    sealed_refresh_token = fields.Text(groups=fields.NO_ACCESS, copy=False, prefetch=False)
    database_uuid = fields.Char(
        help="The database that the tokens were given to: a copy of it must not use them.",
        groups=fields.NO_ACCESS,
        copy=False,
    )

    _company_id_unique = models.Constraint(
        "UNIQUE(company_id)", "A company has one UPS authorization at the most."
    )

    # === COMPUTE METHODS === #

    @api.depends("company_id.name")
    def _compute_display_name(self):
        """Tell it from the company itself, beside which it stands in breadcrumbs and activities."""
        for connection in self:
            connection.display_name = f"UPS: {connection.company_id.display_name}"

    @api.depends("state", "last_problem", "last_problem_on")
    @api.depends_context("lang")
    def _compute_problem(self):
        for connection in self:
            connection.problem, connection.problem_on = connection._problem_in_words()

    # === ACTION METHODS === #

    def action_ups_api(self):
        """Open the modal "UPS API" of the company, from the activity that asks for it.

        :return: An action that opens a dialog.
        :rtype: dict
        :raise AccessError: If the user may not authorize UPS for the company.
        """
        return self.company_id.action_ups_api()

    # === MAIL METHODS === #

    def _message_subscribe(self, *_args, **_kwargs):
        """Override of `mail`: nobody follows, because every employee may read who follows what.

        A follower would get nothing: the history is logged, and nobody can post to it.
        """
        return True

    def _message_compute_author(self, author_id=None, email_from=None):
        """Override of `mail`: notes have no address, because nobody can answer them.

        To find it takes a query more, for which whoever comes back from UPS would wait.
        """
        return author_id or self.env.user.partner_id.id, email_from or False

    # === BUSINESS METHODS === #

    @api.model
    def _in_use_by(self, company):
        """Read which connection a company uses: its own, or its nearest ancestor's.

        One query of the database, which reads all that a token needs too.

        :param res.company company: The company.
        :return: One that is not in use where there is no other; empty where there is none.
        :rtype: ups.connection
        """
        self.flush_model(("company_id", *_OF_A_TOKEN))
        self.env.cr.execute(
            SQL(
                """SELECT connection.id, %(columns)s
                     FROM (SELECT string_to_array(rtrim(parent_path, '/'), '/')::int[] AS ids
                             FROM res_company
                            WHERE id = %(company)s) AS path
                     JOIN ups_connection AS connection ON connection.company_id = ANY(path.ids)
                 ORDER BY state = 'not_authorized', array_position(path.ids, company_id) DESC
                    LIMIT 1""",
                columns=SQL(", ").join(map(SQL.identifier, _OF_A_TOKEN)),
                company=company.id or None,
            )
        )
        for connection_id, *values in self.env.cr.fetchall():
            connection = self.browse(connection_id)
            for name, value in zip(_OF_A_TOKEN, values, strict=True):
                self._fields[name]._insert_cache(connection, (value,))
            return connection
        return self.browse()

    @api.model
    def _row_of(self, company_id):
        """Return the company's row, made if missing.

        :param int company_id: The company, as a `res.company` id.
        :rtype: ups.connection
        :raise psycopg2.OperationalError: when another transaction has just made the row.
        """
        # Not logged: losing this race is expected, and in_own_transaction runs again.
        self.env.cr.execute(
            SQL(
                """INSERT INTO ups_connection
                          (company_id, state, create_uid, write_uid, create_date, write_date)
                   VALUES (%(company)s, 'not_authorized', %(uid)s, %(uid)s, %(now)s, %(now)s)
                       ON CONFLICT (company_id) DO NOTHING""",
                company=company_id,
                uid=self.env.uid,
                now=fields.Datetime.now(),
            ),
            log_exceptions=False,
        )
        if self.env.cr.rowcount:  # the cache may remember that there was none
            self.env["res.company"].invalidate_model(["ups_connection_ids", "ups_connection_id"])
        self.env.cr.execute(SQL("SELECT id FROM ups_connection WHERE company_id = %s", company_id))
        return self.browse(self.env.cr.fetchone()[0])

    @api.model
    def _lock_for(self, company_id):
        """Return the company's row, made if missing, locked until the transaction ends.

        :param int company_id: The company, as a `res.company` id.
        :rtype: ups.connection
        :raise psycopg2.OperationalError: when another transaction changed the row meanwhile.
        """
        connection = self._row_of(company_id)
        connection._lock()
        return connection

    @api.model
    def _note(self, company_id, sentence):
        """Add a sentence to the company's history, whatever becomes of the request around it.

        :param int company_id: The company, as a `res.company` id.
        :param str sentence: What happened; the current user and the time stand beside it.
        """
        try:
            in_own_transaction(
                self.env,
                lambda env: env[self._name]._row_of(company_id)._message_log(body=sentence),
            )
        except psycopg2.Error as error:  # nothing is worth less than a note about it
            _logger.info("UPS history of company %s: %s", company_id, type(error).__name__)

    def _store(self, token_set, environment):
        """Keep the tokens of a new authorization, given by the current user.

        :param TokenSet token_set: What UPS answered.
        :param str environment: The environment of UPS that answered.
        :raise UserError: if the server's keys cannot be used.
        """
        self.ensure_one()
        now, was_to_be_renewed = fields.Datetime.now(), self.state == "reauthorize"
        self.write(
            self._no_tokens()
            | self._sealed(token_set)
            | {
                "state": "authorized",
                "authorized_by_id": self.env.uid,
                "authorized_on": now,
                "environment": environment,
                "refreshed_on": now,
                "database_uuid": self._database_uuid(),
            }
        )
        if was_to_be_renewed:
            self.activity_unlink(["ups_pickup_oauth.mail_activity_type_reauthorize"])
        self._message_log(
            body=self.env._("Authorized at UPS. Environment: %s.", self._environment_name())
        )

    def _sealed(self, token_set):
        """:return: the values of the fields that hold the tokens."""
        return {
            "access_token_expires_at": _naive(token_set.access_token_expires_at),
            "refresh_token_expires_at": _naive(token_set.refresh_token_expires_at),
            "sealed_access_token": token_keys.seal(self.env, token_set.access_token),
            "sealed_refresh_token": token_keys.seal(self.env, token_set.refresh_token),
        }

    def _opt_out(self):
        """Forget the tokens, and who had authorized; the history keeps both names and times."""
        for connection in self:
            connection._lock()
            connection._message_log(
                body=connection.env._(
                    "Opted out of UPS. It had been authorized by %(name)s on %(date)s (UTC).",
                    name=connection.authorized_by_id.display_name or "?",
                    date=f"{connection.authorized_on or '?'}"[:16],  # no seconds
                )
            )
        self.write(self._no_tokens())
        self.activity_unlink(["ups_pickup_oauth.mail_activity_type_reauthorize"])

    def _open(self, field):
        """Return a token in the clear.

        :param str field: `sealed_access_token` or `sealed_refresh_token`.
        :return: The token, or False where there is none or its key is lost.
        :rtype: str|bool
        """
        return token_keys.opened(self.env, self[field])

    @api.model
    def _no_tokens(self):
        return {
            "state": "not_authorized",
            "authorized_by_id": False,
            "authorized_on": False,
            "environment": False,
            "access_token_expires_at": False,
            "refresh_token_expires_at": False,
            "sealed_access_token": False,
            "sealed_refresh_token": False,
            "database_uuid": False,
            "refreshed_on": False,
            "reason": False,
            "ups_words": False,
            "failure_count": 0,
            "retry_at": False,
            "last_problem": False,
            "last_problem_on": False,
        }

    @api.model
    def _database_uuid(self):
        return self.env["ir.config_parameter"].sudo().get_param("database.uuid")

    def _environment_name(self):
        return dict(self._fields["environment"]._description_selection(self.env)).get(
            self.environment, ""
        )


def _naive(moment):
    """:return: an aware UTC datetime as Odoo keeps it: UTC without time zone."""
    return moment.replace(tzinfo=None, microsecond=0)
