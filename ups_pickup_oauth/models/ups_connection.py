"""A company's UPS tokens: what is stored, and how it is written, locked and forgotten."""

import logging

from odoo import api, fields, models, tools
from odoo.tools import SQL
from psycopg2.errors import LockNotAvailable, QueryCanceled

from .. import token_keys
from ..database_identity import identity
from ..exceptions import UpsBusy
from ..note import note
from ..own_transaction import LONGEST_WAIT, quietly
from ..past_the_orm import put

_logger = logging.getLogger(__name__)

NOTHING_GRANTED = {
    "state": "not_authorized",
    "reason": False,
    "ups_words": False,
    "asked_reason": False,
    "authorized_by_id": False,
    "authorized_on": False,
    "client_id": False,
    "environment": False,
    "base_url": False,
    "database_uuid": False,
    "database_identity": False,
    "sealed_access_token": False,
    "sealed_refresh_token": False,
    "access_token_expires_at": False,
    "refresh_token_expires_at": False,
    "refreshed_on": False,
    "refusal_renewed_on": False,
    "settings_seen": False,
    "settings_verdict": False,
    "settings_judged_on": False,
    "pause": False,
    "retry_at": False,
    "failure_count": 0,
    "last_problem": False,
    "last_problem_on": False,
    "user_note": False,
}
"""Each column of an authorization, as it is where there is none (and in data/neutralize.sql)."""

_OF_PEOPLE = ("user_note", "asked_reason")
"""The columns of these that another authorization leaves as they are."""

_OF_A_TOKEN = (
    "state",
    "client_id",
    "environment",
    "base_url",
    "database_uuid",
    "database_identity",
    "authorized_on",
    "refreshed_on",
    "refusal_renewed_on",
    "access_token_expires_at",
    "refresh_token_expires_at",
    "sealed_access_token",
)
"""The columns that a live token needs: they are read at once."""

_OF_A_COMPANY = ("active", "parent_id")
"""What its authorization's state depends on."""

# No `child_of`, by which Odoo compares each company with each.
IS_NEEDED = SQL("""(company.active OR EXISTS (
    SELECT FROM res_company AS below
     WHERE below.active AND below.parent_path LIKE company.parent_path || '%%'))""")
"""Of a `res_company` named `company`: it, or a branch below it, is not archived."""

# Made once, and without a join: PostgreSQL plans it for each caller anew.
_IN_USE_BY = SQL(
    """SELECT (SELECT parent_path FROM res_company WHERE id = %(company)s) AS path,
              company_id, id, %(columns)s
         FROM ups_connection
        WHERE company_id = ANY((SELECT string_to_array(rtrim(parent_path, '/'), '/')
                                  FROM res_company WHERE id = %(company)s)::int[])""",
    columns=SQL(", ").join(map(SQL.identifier, _OF_A_TOKEN)),
    company=None,
).code
"""The connections of a company and of its ancestors; it takes the company's id, twice."""


class UpsConnection(models.Model):
    """A company's UPS tokens.

    They stand here and not on the company, because a company row is read in nearly every
    transaction and referenced by every table with a company.
    """

    _name = "ups.connection"
    _description = "UPS Authorization of a Company"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _rec_name = "company_id"
    _ups_keeps_history = True  # models/mail_message.py

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade", copy=False
    )
    state = fields.Selection(
        [
            ("not_authorized", "Not Authorized"),
            ("authorized", "Authorized"),
            ("reauthorize", "Reauthorize"),
        ],
        help="What UPS said last; whether it can be used at this moment says the effective state.",
        required=True,
        readonly=True,
        default="not_authorized",
        copy=False,
    )
    reason = fields.Selection(
        [
            ("refused", "UPS refused to renew it"),
            ("restored", "UPS refused to renew that of a backup"),
            ("expired", "It expired"),
            ("lost_key", "The server's key is lost"),
            ("copied", "The database is a copy"),
            ("other_application", "The settings name another application"),
            ("other_environment", "The settings name another environment"),
            ("other_host", "The server talks to another host"),
            ("settings", "UPS refuses the settings"),
        ],
        string="Why It Ended",
        readonly=True,
        copy=False,
    )
    ups_words = fields.Char(string="UPS's Answer", readonly=True, copy=False)
    asked_reason = fields.Char(
        help="The reason for which a person was asked.",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )

    # Given to whom: an authorization is of no use to anybody else.
    authorized_by_id = fields.Many2one("res.users", readonly=True, copy=False, ondelete="set null")
    authorized_on = fields.Datetime(readonly=True, copy=False)
    user_note = fields.Char(
        string="UPS.com User",
        help="UPS does not tell who signed in. Note here which UPS.com user it is.",
        copy=False,
    )
    client_id = fields.Char(string="Client ID", readonly=True, copy=False)
    environment = fields.Selection(
        [("production", "Production"), ("cie", "Test (CIE)")], readonly=True, copy=False
    )
    base_url = fields.Char(string="UPS's Host", readonly=True, copy=False)
    database_uuid = fields.Char(groups=fields.NO_ACCESS, copy=False)
    database_identity = fields.Char(groups=fields.NO_ACCESS, copy=False)

    # The tokens.
    sealed_access_token = fields.Text(groups=fields.NO_ACCESS, copy=False, prefetch=False)
    sealed_refresh_token = fields.Text(groups=fields.NO_ACCESS, copy=False, prefetch=False)
    access_token_expires_at = fields.Datetime(readonly=True, copy=False)
    refresh_token_expires_at = fields.Datetime(
        string="Authorized Until",
        help="Odoo renews the authorization by itself before then; nobody has to do anything.",
        readonly=True,
        copy=False,
    )
    refreshed_on = fields.Datetime(string="Last Renewed On", readonly=True, copy=False)
    refusal_renewed_on = fields.Datetime(
        help="When it was last renewed because UPS's API refused the access token.",
        readonly=True,
        copy=False,
    )

    # What UPS thinks of the settings, and whether it is left alone.
    settings_seen = fields.Char(
        help="Fingerprint of the settings that UPS judged last.",
        groups=fields.NO_ACCESS,
        copy=False,
    )
    settings_verdict = fields.Selection(
        [("accepted", "Accepted"), ("refused", "Refused")], readonly=True, copy=False
    )
    settings_judged_on = fields.Datetime(readonly=True, copy=False)
    pause = fields.Selection(
        [("settings", "UPS refused the settings"), ("outage", "UPS could not answer")],
        string="Why UPS Is Left Alone",
        readonly=True,
        copy=False,
    )
    retry_at = fields.Datetime(
        help="UPS is left alone until then.", readonly=True, copy=False, index="btree_not_null"
    )
    failure_count = fields.Integer(
        help="How often UPS could not answer, in a row.", readonly=True, copy=False
    )
    last_problem = fields.Json(
        help="What went wrong the last time, for messages.recalled(); nothing after a success.",
        readonly=True,
        copy=False,
    )
    last_problem_on = fields.Datetime(readonly=True, copy=False)

    _company_id_unique = models.Constraint(
        "UNIQUE(company_id)", "A company has one UPS authorization at the most."
    )
    # Each refresh asks for the latest verdict, however many companies there are.
    _verdicts = models.Index(
        "(settings_seen, settings_judged_on DESC, settings_verdict) WHERE settings_seen IS NOT NULL"
    )

    # === COMPUTE METHODS === #

    @api.depends("company_id.name")
    def _compute_display_name(self):
        """Tell it from the company itself, beside which it stands in breadcrumbs and activities."""
        for connection in self:
            connection.display_name = f"UPS: {connection.company_id.display_name}"

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

    # === READING === #

    @api.model
    def _in_use_by(self, company):
        """Read which connection a company uses: its own, or its nearest ancestor's.

        One query of the database, which reads all that a token needs too.

        :param res.company company: The company.
        :return: One that is not in use where there is no other; empty where there is none.
        :rtype: ups.connection
        """
        self.flush_model(("company_id", *_OF_A_TOKEN))
        self.env.cr.execute(_IN_USE_BY, [company.id or None] * 2)
        found = max(self.env.cr.fetchall(), key=_how_near, default=None)
        if not found:
            return self.browse()
        _path, _company, connection_id, *values = found
        connection = self.browse(connection_id)
        for name, value in zip(_OF_A_TOKEN, values, strict=True):
            self._fields[name]._insert_cache(connection, (value,))
        return connection

    @api.model
    def _read_for(self, companies):
        """Read what a page of companies shows of theirs and their ancestors', by one query.

        The ORM would ask for each kind of it.

        :param res.company companies: those of the page.
        """
        known = companies._fields["ups_connection_ids"]._get_cache(companies.env)
        unread = [company_id for company_id in companies._origin.ids if company_id not in known]
        if not unread:
            return
        columns = [
            each
            for each in self._fields.values()
            if each.store and each.column_type and each.prefetch and each.name != "id"
        ]
        self.flush_model([each.name for each in columns])
        companies.flush_model([*_OF_A_COMPANY, "parent_path"])
        self.env.cr.execute(
            SQL(
                """SELECT company.id, %s, connection.id, %s
                     FROM res_company AS company
                LEFT JOIN ups_connection AS connection ON connection.company_id = company.id
                    WHERE company.id IN (
                        SELECT unnest(string_to_array(rtrim(parent_path, '/'), '/'))::int
                          FROM res_company WHERE id = ANY(%s))""",
                _identifiers("company", _OF_A_COMPANY),
                _identifiers("connection", [each.name for each in columns]),
                unread,
            )
        )
        for company_id, *values in self.env.cr.fetchall():
            company = companies.sudo().browse(company_id)
            for name in _OF_A_COMPANY:
                company._fields[name]._insert_cache(company, (values.pop(0),))
            connection = self.browse(filter(None, (values.pop(0),)))
            known.setdefault(company_id, connection._ids)
            for column, value in zip(columns, values, strict=True):
                column._insert_cache(connection, (value,))

    @api.model
    @tools.ormcache(cache="stable")  # as that of the system parameters
    def _mark_of_parameters(self):
        """:return: what is another one after any system parameter was changed."""
        return object()

    @api.model
    def _this_database(self):
        return identity(self.env.cr)

    @api.model
    def _database_uuid(self):
        return self.env["ir.config_parameter"].sudo().get_param("database.uuid")

    def _open(self, field):
        """Return a token in the clear.

        :param str field: `sealed_access_token` or `sealed_refresh_token`.
        :return: The token, or False where there is none or its key is lost.
        :rtype: str|bool
        """
        return token_keys.opened(self.env, self[field])

    def _needed(self):
        """:return: those whose company, or a branch below it, is not archived."""
        self.env["res.company"].flush_model(["active", "parent_path"])
        self.env.cr.execute(
            SQL(
                "SELECT company.id FROM res_company AS company WHERE company.id = ANY(%s) AND %s",
                self.company_id.ids,
                IS_NEEDED,
            )
        )
        needed = {company_id for (company_id,) in self.env.cr.fetchall()}
        return self.filtered(lambda each: each.company_id._origin.id in needed)

    def _environment_name(self):
        return dict(self._fields["environment"]._description_selection(self.env)).get(
            self.environment, ""
        )

    # === WRITING === #

    @api.model
    def _row_of(self, company_id):
        """Return the company's row, made if missing: by the ORM, with whatever others added to it.

        :param int company_id: The company, as a `res.company` id.
        :rtype: ups.connection
        :raise psycopg2.OperationalError: when another transaction has just made the row.
        """
        found = self.search([("company_id", "=", company_id)])
        if not found:
            # No line of the history's own; and nobody follows, or could write to it.
            quiet = self.with_context(mail_create_nolog=True, mail_create_nosubscribe=True)
            found = quiet.create({"company_id": company_id}).with_env(self.env)
            self.env["res.company"].invalidate_model(["ups_connection_ids", "ups_connection_id"])
        return found

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

    def _lock(self):
        """Lock the row until the transaction ends.

        :raise psycopg2.OperationalError: When the row was changed while this waited, or when that
            takes longer than the transaction's `lock_timeout`.
        """
        # FOR NO KEY UPDATE blocks no insert of a row that references this one. Its snapshot is
        # taken before it waits: when the one before us commits, PostgreSQL raises a serialization
        # failure, and only a new transaction sees what was committed.
        self.env.cr.execute(
            SQL(
                """SELECT sealed_refresh_token FROM ups_connection WHERE id = %s
                      FOR NO KEY UPDATE""",
                self.id,
            ),
            log_exceptions=False,
        )
        # Who locks it spends it; the ORM would ask for it by itself.
        self._fields["sealed_refresh_token"]._insert_cache(self, self.env.cr.fetchone() or ())

    def _lock_in_callers_transaction(self):
        """As :meth:`_lock`, with our bound for the wait, and the caller's for all that follows.

        :raise UpsBusy: When somebody else holds it for longer.
        """
        company = self.company_id.display_name  # nothing can be read once it has failed
        set_bound = "SELECT set_config('lock_timeout', %s, true)"
        self.env.cr.execute("SELECT current_setting('lock_timeout')")
        (callers,) = self.env.cr.fetchone()
        self.env.cr.execute(set_bound, [f"{LONGEST_WAIT}s"])
        try:
            self._lock()
        except (
            LockNotAvailable,
            QueryCanceled,
        ):  # Odoo would run the request again, and wait as long again
            raise UpsBusy(
                self.env._(
                    "The UPS authorization of %s is just being renewed. Try again in a minute.",
                    company,
                )
            ) from None
        self.env.cr.execute(set_bound, [callers])

    def _put(self, values):
        """Write columns past the ORM, and so past whatever others have hooked into it.

        An automation rule or a Studio field that fails must not cost what UPS has given. They are
        told afterwards, see :meth:`_tell`.

        :param dict values: By column, as for `write()`.
        """
        self.flush_recordset()
        put(self, values)
        companies = self.env["res.company"]
        shown = [name for name in companies._fields if name.startswith("ups_")]
        companies.invalidate_model(shown, flush=False)

    def _tell(self, *notes):
        """Tell people and other addons what was stored, each by itself, whatever fails on the way.

        :param notes: Sentences for the history, as for :meth:`_log`, or None.
        """
        cls, works = type(self), []
        if self._others_depend():
            works.append(lambda this: this.modified(NOTHING_GRANTED))
        works += [lambda this, each=each: this._log(each) for each in filter(None, notes)]
        if notes:
            works += [cls._ask_people, cls._ask_about_settings]
        quietly(
            self.env,
            *(lambda env, work=work: work(env[self._name].browse(self.id)) for work in works),
        )

    @api.model
    @tools.ormcache()
    def _others_depend(self):
        """:return: whether a stored field, of another addon's, is computed from the columns."""
        written = [self._fields[name] for name in NOTHING_GRANTED]
        return any(
            field.store for each in written for field in self.pool.get_dependent_fields(each)
        )

    @api.model
    def _note(self, company_id, sentence):
        """Add a sentence to the company's history, whatever becomes of the request around it.

        :param int company_id: The company, as a `res.company` id.
        :param sentence: What happened, as for :meth:`_log`.
        """
        quietly(self.env, lambda env: env[self._name]._row_of(company_id)._log(sentence))

    def _log(self, sentence, moment=None):
        """Add a sentence to the history, in each installed language: its readers have their own.

        :param sentence: Returns what happened in words, given the connection in an environment;
            the current user and the time stand beside it.
        :param datetime moment: What {date} and {zone} in the sentence stand for.
        """
        languages = {"en_US", *(code for code, _name in self.env["res.lang"].get_installed())}
        said = {
            "by_language": {each: sentence(self.with_context(lang=each)) for each in languages},
            "moment": fields.Datetime.to_string(moment),
        }
        # Whoever reads mail elsewhere reads it as the writer would.
        words = self.env["mail.message"]._ups_in_words(**said)
        note(self, words, ups_said=said)

    def _store(self, token_set, settings):
        """Keep the tokens of a new authorization, given by the current user.

        To be followed by :meth:`_tell_authorized`, once it is committed.

        :param TokenSet token_set: What UPS answered.
        :param UpsSettings settings: With which it was asked.
        :raise UpsSettingsWrong: if the server's keys cannot be used.
        """
        self.ensure_one()
        self._log_oddities(token_set)
        now = fields.Datetime.now()
        self._put(
            {name: NOTHING_GRANTED[name] for name in NOTHING_GRANTED if name not in _OF_PEOPLE}
            | self._sealed(token_set)
            | self._given(settings)
            | {
                "state": "authorized",
                "authorized_by_id": self.env.uid,
                "authorized_on": now,
                "refreshed_on": now,
            }
            | ({} if settings.use_pkce else self._judged(settings, "accepted"))
        )

    def _tell_authorized(self):
        self._tell(
            lambda own: own.env._("Authorized at UPS. Environment: %s.", own._environment_name())
        )

    @api.model
    def _given(self, settings):
        """:return: the values that say to whom, and to which database, UPS gave it."""
        return settings.given_to | {
            "database_uuid": self._database_uuid(),
            "database_identity": self._this_database(),
        }

    @api.model
    def _judged(self, settings, verdict):
        """:return: the values that say what UPS thinks of the settings, its secret included."""
        return {
            "settings_seen": settings.fingerprint(self.env),
            "settings_verdict": verdict,
            "settings_judged_on": fields.Datetime.now(),
        }

    def _log_oddities(self, token_set):
        if token_set.oddities:  # tokens were in it, so a default stands in for each
            names = ", ".join(token_set.oddities)
            _logger.warning("UPS's answer for company %s was odd: %s", self.company_id.id, names)

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
            connection._lock_in_callers_transaction()
            connection._log(
                lambda own: own.env._(
                    "Opted out of UPS. It had been authorized by %(name)s on %(date)s (%(zone)s).",
                    name=own.authorized_by_id.display_name or "?",
                    date="{date}",
                    zone="{zone}",
                ),
                connection.authorized_on,
            )
            connection._take_question_back()
        self.write(NOTHING_GRANTED)

    # === COPIES === #

    @api.model
    def _copied(self):
        """:return: the connections that are not used because this database is a copy."""
        given = self.search([("state", "!=", "not_authorized")])
        return given.filtered(lambda each: each._is_copied())

    def _make_original(self):
        """Let this database use what was given to the one that it was copied from.

        For one that was moved: a person says so, since the other one loses what this one uses.
        """
        here = {
            "database_uuid": self._database_uuid(),
            "database_identity": self._this_database(),
        }
        for connection in self:
            connection._lock_in_callers_transaction()
            sealed = {
                name: connection._sealed_anew(name)
                for name in ("sealed_access_token", "sealed_refresh_token")
            }
            connection.write(sealed | here)
            connection._log(
                lambda own: own.env._(
                    "This database was declared the original; it goes on with it."
                )
            )
            connection._ask_people()

    def _sealed_anew(self, name):
        """:return: a token sealed with this database's key, where the other one's is still here."""
        sealed = self[name]
        opened = token_keys.opened(self.env, sealed) or token_keys.opened(
            self.env, sealed, self.database_uuid
        )
        return token_keys.seal(self.env, opened) if opened else sealed


def _identifiers(table, columns):
    return SQL(", ").join(SQL.identifier(table, column) for column in columns)


def _how_near(found):
    """:return: the greater, the sooner it is used: one in use, and of the nearest ancestor."""
    path, company_id, _id, state, *_values = found
    return state != "not_authorized", path.split("/").index(str(company_id))


def _naive(moment):
    """:return: an aware UTC datetime as Odoo keeps it: UTC without time zone."""
    return moment.replace(tzinfo=None, microsecond=0)
