"""Does it work at this moment, and if not, why? What is said of it, and who is asked."""

import logging

from markupsafe import escape
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from .. import messages
from ..asking import asked_of
from ..database_identity import is_beside
from ..settings import ups_settings

_logger = logging.getLogger(__name__)

REAUTHORIZE_ACTIVITY = "ups_pickup_oauth.mail_activity_type_reauthorize"

GIVEN_TO = {
    "client_id": "other_application",
    "environment": "other_environment",
    "base_url": "other_host",
}
"""By column: what it means when the settings in force say another value."""

REFUSED = ("refused", "restored")
"""Reasons that are UPS's word for it."""

OF_SETTINGS = ("settings", *GIVEN_TO.values())
"""Reasons that one mend ends for all companies: one activity a person, not one a company."""


class UpsConnection(models.Model):
    # One model in four files, because each answers a question of its own.
    _inherit = "ups.connection"  # pylint: disable=consider-merging-classes-inherited

    current_reason = fields.Selection(
        selection=lambda self: self._fields["reason"]._description_selection(self.env),
        string="Why It Cannot Be Used",
        compute="_compute_current",
        compute_sudo=True,
    )
    effective_state = fields.Selection(
        selection=lambda self: self._fields["state"]._description_selection(self.env),
        help="Whether it can be used at this moment.",
        compute="_compute_current",
        compute_sudo=True,
    )
    reason_in_words = fields.Char(compute="_compute_current", compute_sudo=True)
    status_in_words = fields.Char(string="Status", compute="_compute_current", compute_sudo=True)
    is_secret_unproven = fields.Boolean(
        help="UPS has not yet accepted the client secret in force.",
        compute="_compute_current",
        compute_sudo=True,
    )
    problem = fields.Char(
        string="Last Problem with UPS",
        help="What keeps the authorization from being used, and what to do.",
        compute="_compute_current",
        compute_sudo=True,
    )
    problem_on = fields.Datetime(
        string="Last Problem with UPS On", compute="_compute_current", compute_sudo=True
    )

    # === COMPUTE METHODS === #

    @api.depends(
        "state",
        "reason",
        "ups_words",
        "client_id",
        "environment",
        "base_url",
        "database_uuid",
        "database_identity",
        "refresh_token_expires_at",
        "settings_seen",
        "settings_verdict",
        "settings_judged_on",
        "last_problem",
        "last_problem_on",
    )
    @api.depends_context("lang", "tz")
    def _compute_current(self):
        """Not stored: it changes with the settings, and as time goes by."""
        in_force = InForce.of(self.env)
        for connection in self:
            reason = connection._reason_now(in_force)
            authorized = connection.state == "authorized" and not reason
            connection.current_reason = reason
            connection.effective_state = "reauthorize" if reason else connection.state
            connection.reason_in_words = connection._in_words(reason, in_force)
            connection.status_in_words = connection._status(reason)
            connection.is_secret_unproven = authorized and in_force.verdict != "accepted"
            last = connection._problem_left(in_force) if authorized else None
            connection.problem = (
                connection._problem_in_words(in_force.settings)
                if last
                else reason in OF_SETTINGS and connection.reason_in_words
            )
            connection.problem_on = (last or reason == "settings") and connection.last_problem_on

    # === BUSINESS METHODS === #

    def _reason_now(self, in_force):
        """Say why it cannot be used at this moment, without asking UPS.

        :param InForce in_force: The settings in force.
        :return: A value of `reason`, or False.
        :rtype: str|bool
        """
        reason = self._reason_beside_settings(in_force)
        if self.state != "authorized" or reason not in (False, "expired"):
            return reason
        # Settings before the date: who authorized anew would meet them first.
        is_refused = in_force.verdict == "refused" or self._is_refused_alone(in_force.fingerprint)
        return "settings" if in_force.problem or is_refused else reason

    def _reason_beside_settings(self, in_force):
        """As :meth:`_reason_now`, whatever UPS thinks of the settings in force."""
        if self.state != "authorized":
            return self.reason
        if self._is_copied():
            return "copied"
        if self.refresh_token_expires_at <= fields.Datetime.now():
            return "expired"
        return self._given_elsewhere(in_force.settings)

    def _is_refused_alone(self, fingerprint):
        """Whether UPS has refused the company with these settings again, after it had accepted them
        from another one: that is the company's own trouble, as one whose shipper UPS has blocked.

        Such a refusal is no verdict on the settings, and so leaves the date of that as it was.
        """
        last = self.last_problem  # another one where UPS could not answer since
        return (
            self.settings_verdict == "refused"
            and self.settings_seen == fingerprint
            and bool(last and last["class"] == "FixSettings")
            and self.last_problem_on > self.settings_judged_on
        )

    def _problem_left(self, in_force):
        """:return: what went wrong last, unless UPS accepts the settings by now, from any."""
        last = self.last_problem
        is_over = last and last["class"] == "FixSettings" and in_force.verdict == "accepted"
        return None if is_over else last

    def _given_elsewhere(self, settings):
        """:return: a value of `reason`, when it was given to others than the settings in force.

        What is not known, of an authorization or of the settings, is no difference.
        """
        for name, now in (settings.given_to if settings else {}).items():
            if self[name] and now and now != self[name]:
                return GIVEN_TO[name]
        return False

    @api.model
    def _count_given_elsewhere(self, client_id, environment):
        """Count whom a change of the settings would keep from using what they were given.

        :param str client_id: The application's ID, as it would be.
        :param str environment: The environment, as it would be.
        :return: How many authorizations were given to another application or environment.
        :rtype: int
        """
        elsewhere = Domain("client_id", "not in", [client_id, False]) | Domain(
            "environment", "not in", [environment, False]
        )
        return self.search_count(Domain("state", "=", "authorized") & elsewhere)

    def _is_copied(self):
        """:return: whether this database is a copy of the one that the tokens were given to.

        One that was only moved or restored has the same uuid, and no original beside it.
        """
        if self.database_uuid != self._database_uuid():
            return True
        theirs = self.database_identity
        if not theirs or theirs == self._this_database():
            return False
        return is_beside(self.env.cr, theirs)

    @api.model
    def _is_copy_beside_original(self):
        """For other addons: a copy orders nothing.

        :return: whether a database that any authorization was given to stands beside this one.
        :rtype: bool
        """
        given = self.sudo().search([("database_identity", "!=", False)])
        theirs = set(given.mapped("database_identity")) - {self._this_database()}
        return any(is_beside(self.env.cr, each) for each in theirs)

    # === WORDS === #

    def _status(self, reason):
        """:return: whether it is connected, to what, and until when."""
        env = self.env
        if not reason and self.state == "authorized":
            until = format_date(env, self.refresh_token_expires_at)
            if not self.company_id.active and not self._needed():
                return env._(
                    "Connected to UPS until %s: Odoo renews nothing for an archived company", until
                )
            if self.environment == "cie":
                return env._("Connected to UPS's test environment until %s", until)
            return env._("Connected to UPS until %s", until)
        if self.state == "not_authorized" or not self:
            return env._("Not connected to UPS")
        if reason == "settings":
            return env._("UPS refuses the settings")
        if reason == "copied":
            return env._("Not used: this database is a copy")
        if reason in GIVEN_TO.values():
            return env._("Not used: the UPS settings were changed")
        return env._("The connection to UPS has ended")

    def _in_words(self, reason, in_force=None, words=None):
        """:return: why it cannot be used and what to do, or False if it can."""
        if not reason:
            return False
        in_force = in_force or InForce.of(self.env)
        if reason == "settings":
            return in_force.problem or " ".join(self._refusal_of_settings(in_force.settings))
        what, advice = self._sentences(reason)
        words = words or self.ups_words
        words = self.env._("UPS's answer: %s.", words.rstrip(".")) if words else ""
        return " ".join(filter(None, (what, words, advice)))

    def _sentences(self, reason):
        env, company = self.env, self.company_id.display_name
        again = env._("An administrator can authorize it again, on the company's form.")
        ended = env._("The UPS authorization of %s has ended.", company)
        kept = env._("The UPS authorization of %s is kept, but not used.", company)
        why, advice = {
            "refused": (
                env._(
                    "UPS no longer accepts it. This happens after the password at UPS.com was"
                    " changed, when an older backup of this database was put back, or when the"
                    " connection broke while Odoo was renewing the authorization."
                ),
                env._("Test tries it once more. %s", again),
            ),
            "restored": (
                env._(
                    "This database was restored from a backup or moved, and what the backup held"
                    " had been renewed since."
                ),
                again,
            ),
            "expired": (
                env._(
                    "It was not renewed in time: the company was archived, the daily job did not"
                    " run, or the UPS settings did not fit."
                ),
                again,
            ),
            "lost_key": (
                env._("The server's key that had encrypted its tokens is gone."),
                env._("It goes on by itself when the server has the key again. %s", again),
            ),
            "copied": (
                env._("This database is a copy, and must not use the original's tokens."),
                env._(
                    "If the database was moved and the other one is no longer used, an"
                    " administrator can click “This is the original”; otherwise authorize this"
                    " one anew."
                ),
            ),
            "other_application": (
                env._("It was given to another UPS application than the settings name now."),
                env._("Authorize it again, or put the client ID back."),
            ),
            "other_environment": (
                env._(
                    "It was given in UPS's environment %s, but the settings say another one.",
                    self._environment_name(),
                ),
                env._("Authorize it again, or change the environment back."),
            ),
            "other_host": (
                env._("It was given by another host than this server talks to now."),
                env._("Authorize it again, or let whoever runs the server put UPS_BASE_URL back."),
            ),
        }[reason]
        return f"{kept if reason in (*GIVEN_TO.values(), 'copied') else ended} {why}", advice

    def _refusal_of_settings(self, settings):
        refused = self.search(
            [
                ("settings_seen", "=", settings.fingerprint(self.env)),
                ("settings_verdict", "=", "refused"),
                ("last_problem", "!=", False),
            ],
            order="settings_judged_on DESC",
            limit=1,
        )
        error = messages.recalled(refused.last_problem) if refused else None
        return messages.explain(self.env, error, settings) if error else ()

    def _problem_in_words(self, settings):
        return " ".join(messages.explain(self.env, messages.recalled(self.last_problem), settings))

    # === PEOPLE === #

    def _ask_people(self, is_in_vain=False):
        """Ask a person to mend what keeps it from being used: once, and no more when it works.

        :param bool is_in_vain: whether nobody is there any more of those who were asked.
        """
        reason = self._reason_to_ask(InForce.of(self.env))
        is_known = reason == (self.asked_reason or False)
        if is_known and not is_in_vain:
            return
        self._take_question_back(reason)
        if not reason:
            if self._needed():
                self._log(lambda own: own.env._("It works again."))
            return
        if not is_known:
            self._log(lambda own: own._in_words(reason))
        if reason in OF_SETTINGS and self._somebody_is_asked(reason):
            return
        for person in self._people_to_ask():
            self._ask_person(person, reason)

    def _take_question_back(self, reason=False):
        """Ask nobody about it any more what was asked before.

        What one mend would have ended for all companies is asked about another one of them.

        :param str reason: Why a person is asked from now on, if one is.
        """
        before = self.asked_reason
        # What was done of an earlier reason, too: it would look as if this one had been answered.
        whether_done_or_not = self.with_context(active_test=False)
        was_asked = bool(whether_done_or_not.activity_search([REAUTHORIZE_ACTIVITY]))
        whether_done_or_not.activity_unlink([REAUTHORIZE_ACTIVITY])
        self.asked_reason = reason
        if was_asked and before in OF_SETTINGS and before != reason:
            self._ask_about_another(before)

    def _ask_about_another(self, reason):
        """Whoever holds the row of another one is renewing it: then it is one of the rest."""
        in_force = InForce.of(self.env)
        others = self.search([("asked_reason", "=", reason), ("id", "!=", self.id)])
        left = others.filtered(lambda each: each._reason_to_ask(in_force) == reason)
        for each in left.try_lock_for_update(allow_referencing=True, limit=1):
            each._ask_people(is_in_vain=True)

    def _reason_to_ask(self, in_force):
        """:return: why a person is asked, or False: nobody is for an archived company."""
        reason = self._reason_now(in_force)
        return reason if reason and self._needed() else False

    def _asked_in_vain(self):
        """Odoo deletes what the archived are asked, and keeps what they have done (mail).

        Who had authorized, and is there still, has deleted the question.

        :return: those about which nobody is asked any more who could mend it.
        """
        asked = self.search_fetch([("asked_reason", "!=", False)], ["asked_reason", "company_id"])
        type_id = self.env["ir.model.data"]._xmlid_to_res_id(REAUTHORIZE_ACTIVITY)
        if not asked or not type_id:
            return self.browse()
        held = self.env["mail.activity"].search(
            [
                ("activity_type_id", "=", type_id),
                ("res_model", "=", self._name),
                ("res_id", "in", asked.ids),
                ("active", "in", (True, False)),
            ]
        )
        companies = {each.id: each.company_id for each in asked}
        heard = asked.browse(
            each.res_id
            for each in held
            if not each.active or _may_mend(each.user_id, companies[each.res_id])
        )
        of_all = set(heard.mapped("asked_reason")) & set(OF_SETTINGS)
        return (asked - heard).filtered(
            lambda each: (
                each.asked_reason not in of_all
                and not _may_mend(each.authorized_by_id, each.company_id)
            )
        )

    @api.model
    def _ask_about_settings(self):
        """What was the application's trouble is over for all its companies, not only for this one.

        Whoever holds the row of another one is renewing it, and asks about it afterwards.
        """
        asked = self.search([("asked_reason", "in", OF_SETTINGS)])
        for each in asked.try_lock_for_update(allow_referencing=True):
            each._ask_people()

    @api.model
    def _is_anybody_asked_to_mend_settings(self):
        """As `search` would tell, which others may have hooked into."""
        asked = "SELECT FROM ups_connection WHERE asked_reason IN %s LIMIT 1"
        self.env.cr.execute(SQL(asked, OF_SETTINGS))
        return bool(self.env.cr.rowcount)

    def _somebody_is_asked(self, reason):
        others = self.search([("asked_reason", "=", reason), ("id", "!=", self.id)])
        return bool(others.activity_search([REAUTHORIZE_ACTIVITY]))

    def _ask_person(self, person, reason):
        """Make an activity."""
        own = asked_of(self, person)
        company = own.company_id.display_name
        own.activity_schedule(
            REAUTHORIZE_ACTIVITY,
            summary=own.env._("Correct the UPS settings")
            if reason == "settings"
            else own.env._("Authorize UPS again for %s", company),
            note=escape(own._in_words(reason)),
            user_id=person.id,
        )

    def _people_to_ask(self):
        """:return: who authorized, if still an administrator of the company, else all who are."""
        company, person = self.company_id, self.authorized_by_id
        if _may_mend(person, company):
            return person
        administrators = self.env.ref("base.group_system").all_user_ids
        return administrators.filtered(lambda user: _may_mend(user, company))


def _may_mend(person, company):
    return person.active and company.with_user(person)._ups_may_authorize()


class InForce:
    """The settings in force, what keeps them from being used, and what UPS last thought of them.

    ``settings`` is None where the server's keys cannot be used; ``problem`` says so, or names what
    is missing; ``verdict`` is `accepted`, `refused`, or None where UPS was not asked yet;
    ``fingerprint`` tells them from others, and is empty where there is a problem.
    """

    def __init__(self, settings, problem, verdict, fingerprint=""):
        self.settings, self.problem, self.verdict = settings, problem, verdict
        self.fingerprint = fingerprint

    @classmethod
    def of(cls, env):
        """:return: those of the database, and of the server's environment.

        :rtype: InForce
        """
        try:
            settings = ups_settings(env)
            fingerprint = settings.fingerprint(env)
        except UserError as error:  # the server's keys cannot be used
            return cls(None, str(error), None)
        if missing := messages.missing_setting(env, settings):
            return cls(settings, " ".join(missing), None)
        return cls(settings, None, _verdict_on(env, fingerprint), fingerprint)


def _verdict_on(env, fingerprint):
    """:return: what UPS last thought of these settings, whichever company asked."""
    env["ups.connection"].flush_model(["settings_seen", "settings_verdict", "settings_judged_on"])
    env.cr.execute(
        SQL(
            """SELECT settings_verdict FROM ups_connection WHERE settings_seen = %s
             ORDER BY settings_judged_on DESC, settings_verdict LIMIT 1""",
            fingerprint or None,
        )
    )
    return (env.cr.rowcount and env.cr.fetchone()[0]) or None
