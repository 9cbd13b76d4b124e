"""A live token for whoever asks: one refresh however many ask, and no token lost on the way.

UPS's refresh tokens are spent by use (UPS-API/api-documentation #90). So a refresh locks the
connection's row in a transaction of its own, and commits what UPS answered before anybody uses it.
Who waited for the lock reads again, in a new transaction, and asks nobody.
"""

import logging
import time
from datetime import timedelta

import psycopg2
from markupsafe import escape
from odoo import SUPERUSER_ID, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .. import messages
from ..exceptions import UpsReauthorizationNeeded, UpsSettingsWrong, UpsTryLater
from ..live_token import LiveToken
from ..own_transaction import LOST_RACE, TRIES, own_cursor
from ..settings import ups_environment, ups_settings
from ..template_guard import refuse_templates
from ..token_flights import flight
from ..ups_client import AskPersonAgain, FixSettings, TryLater

_logger = logging.getLogger(__name__)

LONGEST_REFRESH = 100
"""Seconds that those who wait for a refresh wait at the most: two calls of UPS's time-outs."""

PATIENCE = 3
"""Failures in a row after which UPS is left alone for a while."""

SETTINGS_PAUSE = timedelta(minutes=1)
"""How long UPS is not asked again after it has refused the settings, unless they are saved."""

STORE_PAUSES = (0.1, 0.5, 1, 2, 4, 8, 15)
"""Seconds between the tries to store what UPS answered when PostgreSQL is away, or the keys."""

NOT_STORED = (psycopg2.Error, UpsSettingsWrong)  # as token_keys.seal() raises

REAUTHORIZE_ACTIVITY = "ups_pickup_oauth.mail_activity_type_reauthorize"

FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=1)


class UpsConnection(models.Model):
    # One model in three files, because each answers a question of its own.
    _inherit = "ups.connection"  # pylint: disable=consider-merging-classes-inherited

    # === BUSINESS METHODS === #

    def _live_token(self, refused=None):
        """Return a live access token, refreshed if need be.

        Without a refresh it writes and locks nothing. With one, everything is committed before it
        returns: what the caller's transaction does next changes nothing.

        :param str refused: An access token that UPS does not accept, however long it should live.
        :rtype: LiveToken
        :raise UpsReauthorizationNeeded: If a person must authorize the company (again).
        :raise UpsSettingsWrong: If UPS refuses the settings.
        :raise UpsTryLater: If UPS cannot answer now.
        """
        self.ensure_one()
        return self._stored_live_token(refused) or self._refreshed_token(refused)

    def _refreshed_token(self, refused=None, renewed_before=None):
        """As :meth:`_live_token`, in transactions of its own only.

        Where another caller has refreshed it meanwhile, it is that caller's token.

        :param datetime renewed_before: Refresh a token last renewed then or earlier (UTC), however
            long it lives.
        """
        refuse_templates(self.env)  # what another thread has opened needs no key
        try:
            result = flight((self.env.registry.db_name, self.id)).result(
                lambda: self._refresh_in_own_transactions(refused, renewed_before),
                LONGEST_REFRESH,
                lambda token: not renewed_before and token.lives_on() and token.value != refused,
            )
        except TimeoutError:
            result = UpsTryLater(self._later_in_words())
        if isinstance(result, Exception):
            raise result
        return result

    def _refresh_in_own_transactions(self, refused, renewed_before):
        """Commit, whether a token or an exception comes out of it."""
        for _try in range(TRIES):
            answers = []
            try:
                with own_cursor(self.env.registry) as cr:
                    own = self._alone(cr)
                    return own._stored_live_token(refused, renewed_before) or own._refresh(answers)
            except NOT_STORED as error:
                if answers:  # UPS is never asked again: what it answered is what we have
                    return self._keep_anyway(*answers[0])
                if not isinstance(error, LOST_RACE):
                    raise
        return UpsTryLater(self._later_in_words())  # not _try_later: our cursor may be closed

    def _alone(self, cr):
        """:return: the connection for another cursor, free of the caller's user and context.

        A user whom the caller has just created or changed is locked until the caller ends.
        """
        context = {"lang": self.env.context.get("lang")}
        return self.with_env(self.env(cr=cr, user=SUPERUSER_ID, context=context, su=True))

    def _keep_anyway(self, spent, authorized_on, token_set):
        """Store what UPS answered, although the transaction that asked is lost."""
        for pause in (*STORE_PAUSES, None):
            try:
                with own_cursor(self.env.registry) as cr:
                    own = self._alone(cr)
                    own._lock()
                    if not own._still_needs(spent, authorized_on):
                        return UpsTryLater(own._later_in_words())
                    return own._keep_refreshed(token_set)
            except NOT_STORED as error:
                _logger.info("UPS token %s is not stored yet: %s", self.id, type(error).__name__)
            if pause:
                time.sleep(pause)  # PostgreSQL restarts, or fails over; a disk comes back
        _logger.error("The new UPS token of connection %s could not be stored", self.id)
        return UpsTryLater(self._later_in_words())

    def _still_needs(self, spent, authorized_on):
        """:return: whether it was neither opted out nor authorized anew since.

        Another process may have found the spent token before we could store the new one. UPS has
        refused it then, and so the authorization was ended, which has a live token here.
        """
        was_ended_meanwhile = self.reason == "refused" and self.authorized_on == authorized_on
        return self.sealed_refresh_token == spent or was_ended_meanwhile

    def _stored_live_token(self, refused, renewed_before=None):
        """:return: the stored token, if it may be used now; without a lock."""
        if (
            self.state != "authorized"
            or self.database_uuid != self._database_uuid()
            or self.environment != ups_environment(self.env)
            or (renewed_before and (self.refreshed_on or self.authorized_on) <= renewed_before)
        ):
            return None
        value = self._open("sealed_access_token")
        token = LiveToken(value, self.access_token_expires_at, self.environment)
        return token if token.lives_on() and token.value not in (False, refused) else None

    # === THE REFRESH: with the row locked, in a transaction of its own === #

    def _refresh(self, answers):
        """:return: a LiveToken, or the exception to raise after the commit.

        :param list answers: Gets which sealed token of which authorization it cost, and what UPS
            answered.
        """
        self._lock()
        if self.state == "reauthorize" and not self._has_its_key_back():
            return UpsReauthorizationNeeded(self._reason_in_words())
        if self.state == "not_authorized":
            return UpsReauthorizationNeeded(
                self.env._("%s is not authorized at UPS.", self.company_id.display_name)
            )
        if self.database_uuid != self._database_uuid():
            return self._end("copied")
        if self.refresh_token_expires_at <= fields.Datetime.now():
            return self._end("expired")
        refresh_token = self._open("sealed_refresh_token")
        if not refresh_token:
            return self._end("lost_key")
        settings = ups_settings(self.env)
        if problem := self._problem_with(settings):
            return self._settings_wrong(problem)
        if self.retry_at and self.retry_at > fields.Datetime.now():
            return self._left_alone()
        return self._refresh_at_ups(settings, refresh_token, answers)

    def _lock(self):
        """Lock the row until the transaction ends.

        :raise psycopg2.OperationalError: When the row was changed while this waited.
        """
        # FOR NO KEY UPDATE blocks no insert of a row that references this one. Its snapshot is
        # taken before it waits: when the one before us commits, PostgreSQL raises a serialization
        # failure, and only a new transaction sees what was committed.
        execute = self.env.cr.execute
        execute(
            """SELECT set_config('lock_timeout', %s, true),
                      set_config('idle_in_transaction_session_timeout', '0', true)""",
            [f"{LONGEST_REFRESH}s"],
        )
        execute(
            SQL("SELECT id FROM ups_connection WHERE id = %s FOR NO KEY UPDATE", self.id),
            log_exceptions=False,
        )
        execute("SELECT set_config('lock_timeout', '10s', true)")  # of any other row

    def _has_its_key_back(self):
        if self.reason != "lost_key" or not self._open("sealed_refresh_token"):
            return False
        self.write({"state": "authorized", "reason": False})
        self.activity_unlink([REAUTHORIZE_ACTIVITY])
        self._message_log(body=self.env._("The server has its key back; UPS is authorized again."))
        return True

    def _problem_with(self, settings):
        if missing := messages.missing_setting(self.env, settings):
            return " ".join(missing)
        if settings.environment != self.environment:
            return self.env._(
                "%(company)s is authorized for UPS's environment %(environment)s, but the settings"
                " say another one. Authorize it again, or change the environment back.",
                company=self.company_id.display_name,
                environment=self._environment_name(),
            )
        return None

    def _refresh_at_ups(self, settings, refresh_token, answers):
        try:
            token_set = _refresh_once_more_if_dropped(settings.client, refresh_token)
        except AskPersonAgain as error:
            return self._end("refused", " ".join(filter(None, (error.ups_code, error.ups_message))))
        except FixSettings as error:
            what, advice = messages.explain(self.env, error, settings)
            if not self.retry_at or self.failure_count:  # the first of a row of refusals
                self._message_log(
                    body=self.env._("The authorization could not be renewed. %s", what)
                )
            self._remember(error)
            return self._settings_wrong(f"{what} {advice}")
        except TryLater as error:
            return self._count_failure(error)
        answers.append((self.sealed_refresh_token, self.authorized_on, token_set))
        return self._keep_refreshed(token_set)

    def _keep_refreshed(self, token_set):
        if self.state == "reauthorize":
            self._take_back_the_end()
        self.write(
            self._sealed(token_set)
            | {
                "refreshed_on": fields.Datetime.now(),
                "failure_count": 0,
                "retry_at": False,
                "last_problem": False,
                "last_problem_on": False,
            }
        )
        self.flush_recordset()
        return LiveToken(token_set.access_token, self.access_token_expires_at, self.environment)

    def _take_back_the_end(self):
        self.write(
            {
                "state": "authorized",
                "reason": False,
                "ups_words": False,
                "database_uuid": self._database_uuid(),
            }
        )
        self.activity_unlink([REAUTHORIZE_ACTIVITY])
        self._message_log(
            body=self.env._("UPS had renewed it, which is stored only now; it is authorized.")
        )

    def _remember(self, error):
        """Keep what an administrator will read, in whatever language, until UPS accepts a token."""
        self.write(
            {
                "last_problem": messages.remembered(error),
                "last_problem_on": fields.Datetime.now(),
            }
        )

    def _problem_in_words(self):
        """:return: what keeps it from being used and what to do, and since when; or twice False."""
        if self.state != "authorized":
            return False, False
        try:
            settings = ups_settings(self.env)
        except UserError as error:  # the server's keys cannot be used
            return str(error), False
        if problem := self._problem_with(settings):
            return problem, False
        if not self.last_problem:
            return False, False
        error = messages.recalled(self.last_problem)
        return " ".join(messages.explain(self.env, error, settings)), self.last_problem_on

    def _settings_wrong(self, sentence):
        """Ask UPS again in a moment, or as soon as the settings are saved."""
        self.write({"failure_count": 0, "retry_at": fields.Datetime.now() + SETTINGS_PAUSE})
        return UpsSettingsWrong(sentence)

    def _left_alone(self):
        if self.failure_count:
            return self._try_later()
        return UpsSettingsWrong(
            self.env._(
                "UPS has just refused the settings of this Odoo. An administrator can test them"
                " on the company's form."
            )
        )

    def _count_failure(self, error):
        """Leave UPS alone for a growing, bounded while, after some failures or when it asks to."""
        now, failures = fields.Datetime.now(), self.failure_count + 1
        pause = timedelta(seconds=error.retry_after or 0)
        if failures >= PATIENCE:
            pause = max(pause, FIRST_PAUSE * 2 ** min(failures - PATIENCE, 10))
        self.write(
            {
                "failure_count": failures,
                "retry_at": now + min(pause, LONGEST_PAUSE) if pause else False,
            }
        )
        if failures == PATIENCE:
            what, _advice = messages.explain(self.env, error, None)
            self._message_log(
                body=self.env._(
                    "The authorization could not be renewed %(times)s times in a row. %(what)s",
                    times=failures,
                    what=what,
                )
            )
        self._remember(error)
        _logger.info("UPS token of company %s was not refreshed: %s", self.company_id.id, error)
        return self._try_later()

    def _try_later(self):
        now = fields.Datetime.now()
        if not self.retry_at or self.retry_at <= now:
            return UpsTryLater(self._later_in_words())
        seconds = int((self.retry_at - now).total_seconds()) + 1
        return UpsTryLater(
            self.env._(
                "UPS is not available at the moment. Try again in %s minute(s).", -(-seconds // 60)
            ),
            retry_after=seconds,
        )

    def _later_in_words(self):
        return self.env._("UPS is not available at the moment. Try again in a few minutes.")

    def _end(self, reason, words=""):
        """Wipe the tokens and ask a person. It happens once: afterwards the state is another."""
        people = self._people_to_ask()
        self.write(
            self._no_tokens()
            | ({} if reason != "lost_key" else self._kept_for_the_key())
            | {
                "state": "reauthorize",
                "reason": reason,
                "ups_words": words,
                "authorized_by_id": self.authorized_by_id.id,
                "authorized_on": self.authorized_on,
                "environment": self.environment,
            }
        )
        self._message_log(body=self._reason_in_words(with_advice=False))
        for person in people:
            self._ask_person(person)
        _logger.info("UPS authorization of company %s ended: %s", self.company_id.id, reason)
        return UpsReauthorizationNeeded(self._reason_in_words())

    def _ask_person(self, person):
        """Make an activity, in the person's language: the cron has none."""
        own = self.with_context(mail_activity_quick_update=True, lang=person.lang)
        own.activity_schedule(
            REAUTHORIZE_ACTIVITY,
            summary=own.env._("Authorize UPS again for %s", own.company_id.display_name),
            note=escape(own._reason_in_words()),
            user_id=person.id,
        )

    def _kept_for_the_key(self):
        """The tokens stay as they are: whoever runs the server may bring the key back."""
        names = (
            "sealed_access_token",
            "sealed_refresh_token",
            "access_token_expires_at",
            "refresh_token_expires_at",
            "refreshed_on",
            "database_uuid",
        )
        return {name: self[name] for name in names}

    def _people_to_ask(self):
        """:return: who authorized, if still an administrator of the company, else all who are."""
        company, person = self.company_id, self.authorized_by_id
        if person.active and company.with_user(person)._ups_may_authorize():
            return person
        administrators = self.env.ref("base.group_system").all_user_ids
        return administrators.filtered(lambda user: user.active and company in user.company_ids)

    def _reason_in_words(self, with_advice=True):
        """:return: why a person must authorize again, or False if nobody must."""
        if not self.reason:
            return False
        env, company = self.env, self.company_id.display_name
        why = {
            "refused": env._(
                "UPS no longer accepts it. This happens after the password at UPS.com was changed,"
                " or when the connection broke while Odoo was renewing the authorization."
            ),
            "expired": env._("It was not used for too long."),
            "lost_key": env._("The server's key that had encrypted its tokens is gone."),
            "copied": env._("This database is a copy, and must not use the original's tokens."),
        }.get(self.reason, "")
        words = env._("UPS's answer: %s.", self.ups_words) if self.ups_words else ""
        sentence = env._("The UPS authorization of %s has ended.", company)
        advice = env._(
            "An administrator can authorize it again: open the company's form and click"
            " Reauthorize."
        )
        return " ".join(filter(None, (sentence, why, words, with_advice and advice)))


def _refresh_once_more_if_dropped(client, refresh_token):
    """When the connection broke after the request had left, nobody knows whether UPS did its work.

    The same token once more tells: UPS accepts it, or it was spent and the answer is lost.
    """
    try:
        return client.refresh(refresh_token)
    except TryLater as error:
        if not error.dropped:
            raise
    return client.refresh(refresh_token)
