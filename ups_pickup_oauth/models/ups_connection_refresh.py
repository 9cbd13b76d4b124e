"""A live token for whoever asks: one refresh however many ask, and no token lost on the way.

UPS's refresh tokens are spent by use (UPS-API/api-documentation #90). So a refresh takes three
steps, and only the middle one can fail for good::

    lock the row, in a transaction of its own -> may UPS be asked?
    ask UPS -> write its answer -> commit
    tell people and other addons, in transactions of their own

Who waited for the lock reads again, in a new transaction, and asks nobody.
"""

import logging
import time
from datetime import timedelta

import psycopg2
from odoo import SUPERUSER_ID, fields, models
from odoo.tools import SQL

from .. import messages
from ..database_identity import is_same
from ..exceptions import (
    UpsGivenElsewhere,
    UpsReauthorizationNeeded,
    UpsSettingsWrong,
    UpsTryLater,
)
from ..live_token import LiveToken, Wish
from ..own_transaction import LONGEST_WAIT, LOST_RACE, own_cursor
from ..settings import ups_settings
from ..template_guard import refuse_templates
from ..token_flights import flight
from ..ups_client import AskPersonAgain, FixSettings, TryLater
from .ups_connection_reason import GIVEN_TO, REFUSED, InForce

_logger = logging.getLogger(__name__)

PATIENCE = 3
"""Failures in a row after which UPS is left alone for a while."""

SETTINGS_PAUSE = timedelta(minutes=1)
"""How long UPS is not asked again after it has refused the settings, unless they are changed."""

FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=1)

YOUNG = timedelta(minutes=1)
"""A token younger than this is not renewed because UPS's API refuses it: another one would be, too.
250002 also means that the application lacks the API product."""

ASKED_AGAIN_AFTER = timedelta(hours=20)
"""How long the daily job does not ask again about what UPS has refused."""

REFUSAL_PAUSE = timedelta(hours=1)
"""How long no other token is renewed for that reason."""

CLOCK_TOLERANCE = timedelta(minutes=5)
"""What was renewed later than that from now was renewed by a clock that was ahead."""

STORE_PAUSES = (0.1, 0.5, 1, 2, 4, 8, 15)
"""Seconds between the tries to store what UPS answered when PostgreSQL is away, or the keys."""

ASK_AGAIN_WITHIN = 20
"""Seconds. A connection that broke later than that is not tried once more: others wait."""

NOT_STORED = (psycopg2.Error, UpsSettingsWrong)  # as token_keys.seal() raises


class UpsConnection(models.Model):
    # One model in four files, because each answers a question of its own.
    _inherit = "ups.connection"  # pylint: disable=consider-merging-classes-inherited

    # === BUSINESS METHODS === #

    def _live_token(self, refused=None):
        """Return a live access token, refreshed if need be.

        Without a refresh it writes and locks nothing. With one, everything is committed before it
        returns: what the caller's transaction does next changes nothing.

        :param str refused: An access token that UPS does not accept, however long it should live.
            The same one comes back where another one would be refused, too.
        :rtype: LiveToken
        :raise UpsReauthorizationNeeded: If a person must authorize the company (again).
        :raise UpsSettingsWrong: If UPS refuses the settings.
        :raise UpsTryLater: If UPS cannot answer now.
        """
        self.ensure_one()
        wish = Wish(refused)
        return self._stored_token(wish) or self._refreshed_token(wish)

    def _refreshed_token(self, wish):
        """As :meth:`_live_token`, in transactions of its own only.

        Where another caller has refreshed it meanwhile, it is that caller's token.

        :param Wish wish: What is wanted.
        """
        refuse_templates(self.env)  # what another thread has opened needs no key
        deadline = time.monotonic() + LONGEST_WAIT
        try:
            result = flight((self.env.registry.db_name, self.id, wish.is_test)).result(
                lambda: self._refresh_in_own_transactions(wish, deadline),
                LONGEST_WAIT,
                lambda token: (
                    not wish.renewed_before and token.lives_on() and token.value != wish.refused
                ),
            )
        except TimeoutError:
            result = self._try_later(None)
        if isinstance(result, Exception):
            if result.lang != self.env.lang:  # another thread met it, for another user
                result.args = (result.told(self),)
            raise result
        return result

    def _refresh_in_own_transactions(self, wish, deadline):
        """Commit, whether a token or an exception comes out of it; then tell."""
        while True:
            answered, notes = {}, []
            try:
                with own_cursor(self.env.registry, max(0, deadline - time.monotonic())) as cr:
                    own = self._alone(cr)
                    result = own._stored_token(wish) or own._refresh(wish, answered, notes)
            except NOT_STORED as error:
                if answered:  # UPS is never asked again: what it answered is what we have
                    result = self._keep_anyway(notes, **answered)
                elif isinstance(error, UpsSettingsWrong):
                    raise
                elif isinstance(error, LOST_RACE) and time.monotonic() < deadline:
                    continue
                else:  # not its text, which may hold a row
                    _logger.info("UPS token %s: %s", self.id, type(error).__name__)
                    return self._try_later(None)
            self._alone(self.env.cr)._tell(*notes)
            return result

    def _alone(self, cr):
        """:return: the connection for another cursor, free of the caller's user and context.

        A user whom the caller has just created or changed is locked until the caller ends.
        """
        context = {"lang": self.env.context.get("lang")}
        return self.with_env(self.env(cr=cr, user=SUPERUSER_ID, context=context, su=True))

    def _keep_anyway(self, notes, spent, authorized_on, token_set, settings):
        """Store what UPS answered, although the transaction that asked is lost."""
        for pause in (*STORE_PAUSES, None):
            try:
                with own_cursor(self.env.registry) as cr:
                    own = self._alone(cr)
                    own._lock()
                    if not own._still_needs(spent, authorized_on):
                        return own._try_later(None)
                    return own._keep(token_set, settings, Wish(), notes)
            except NOT_STORED as error:
                _logger.info("UPS token %s is not stored yet: %s", self.id, type(error).__name__)
            if pause:
                time.sleep(pause)  # PostgreSQL restarts, or fails over; a disk comes back
        _logger.error("The new UPS token of connection %s could not be stored", self.id)
        return self._try_later(None)

    def _still_needs(self, spent, authorized_on):
        """:return: whether it was neither opted out nor authorized anew since.

        Another process may have found the spent token before we could store the new one: UPS has
        refused it then.
        """
        return self.sealed_refresh_token == spent and self.authorized_on == authorized_on

    def _stored_token(self, wish):
        """:return: the stored token, if it may be used now; without a lock."""
        now, renewed_on = fields.Datetime.now(), self.refreshed_on or self.authorized_on
        if (
            self.state != "authorized"
            or (wish.renewed_before and renewed_on <= wish.renewed_before)
            or renewed_on > now + CLOCK_TOLERANCE
            or self._is_copied()
            or self._given_elsewhere(ups_settings(self.env, with_secret=False))
        ):
            return None
        value = self._open("sealed_access_token")
        token = LiveToken(value, self.access_token_expires_at, self.environment)
        if not value or not token.lives_on():
            return None
        return token if value != wish.refused or self._is_no_use_to_renew(now) else None

    def _is_no_use_to_renew(self, now):
        """:return: whether UPS's API would refuse a new token as it refuses this one."""
        renewed_on = self.refreshed_on or self.authorized_on
        for_refusal = self.refusal_renewed_on
        return now - renewed_on < YOUNG or bool(for_refusal and now - for_refusal < REFUSAL_PAUSE)

    # === THE REFRESH: with the row locked, in a transaction of its own === #

    def _refresh(self, wish, answered, notes):
        """:return: a LiveToken, or the exception to raise after the commit.

        :param dict answered: Gets what UPS answered, and which sealed token it cost.
        :param list notes: Gets what to tell after the commit, see :meth:`_tell`.
        """
        self._lock()
        in_force = InForce.of(self.env)
        if error := self._why_not_to_ask(wish, in_force):
            if (self.asked_reason or False) != self._reason_to_ask(in_force):
                notes.append(None)
            return error
        refresh_token = self._open("sealed_refresh_token")
        if not refresh_token:
            return self._end("lost_key", "", notes)
        if error := self._why_not_now(wish, in_force):
            return error
        try:
            token_set = _refresh_once_more_if_dropped(in_force.settings.client, refresh_token)
        except AskPersonAgain as error:
            words = " ".join(filter(None, (error.ups_code, error.ups_message)))
            return self._end("restored" if self._was_moved() else "refused", words, notes)
        except FixSettings as error:
            return self._settings_refused(error, in_force.settings, notes)
        except TryLater as error:
            return self._count_failure(error, notes)
        answered.update(
            spent=self.sealed_refresh_token,
            authorized_on=self.authorized_on,
            token_set=token_set,
            settings=in_force.settings,
        )
        return self._keep(token_set, in_force.settings, wish, notes)

    def _why_not_to_ask(self, wish, in_force):
        """:return: the exception to raise without asking UPS, or None."""
        if self.state == "not_authorized":
            return self._failure(
                UpsReauthorizationNeeded,
                lambda own: own.env._("%s is not authorized at UPS.", own.company_id.display_name),
            )
        if self.state == "reauthorize" and not self._is_worth_another_try(wish):
            return self._needs_a_person(self.reason)
        reason = self._reason_but_settings(in_force)
        return self._needs_a_person(reason) if reason else None

    def _why_not_now(self, wish, in_force):
        """:return: the exception to raise as long as settings are missing or UPS is left alone."""
        if in_force.problem:
            return self._failure(UpsSettingsWrong, lambda own: InForce.of(own.env).problem or "")
        return None if wish.is_test else self._pause_now(wish, in_force)

    def _reason_but_settings(self, in_force):
        """:return: why UPS is not asked; that it has refused the settings once is no reason."""
        if self.state != "authorized":  # an end that may be none
            return "copied" if self._is_copied() else self._given_elsewhere(in_force.settings)
        return self._reason_beside_settings(in_force)

    def _needs_a_person(self, reason):
        words = self.ups_words
        elsewhere = reason in (*GIVEN_TO.values(), "copied")
        return self._failure(
            UpsGivenElsewhere if elsewhere else UpsReauthorizationNeeded,
            lambda own: own._in_words(reason, words=words),
        )

    def _failure(self, error_class, told, *args):
        """:return: an exception that other threads may share, each in its user's language.

        :param told: Puts it into words, given the connection in an environment.
        """
        error = error_class(told(self), *args)
        error.told, error.lang = told, self.env.lang
        return error

    def _is_worth_another_try(self, wish):
        """:return: whether an end may be none: the key is back, a person wants to know, or a day
        has gone by, for UPS's refusal may have been an outage."""
        if not self.sealed_refresh_token:  # as older versions ended one
            return False
        if self.reason == "lost_key":
            return bool(self._open("sealed_refresh_token"))
        now = fields.Datetime.now()
        is_due = (self.retry_at or now) <= now < self.refresh_token_expires_at
        return wish.is_test or (wish.is_of_the_job and is_due)

    def _was_moved(self):
        given_to = self.database_identity
        return bool(given_to) and not is_same(given_to, self._this_database())

    def _end(self, reason, words, notes):
        """Ask a person. The tokens stay sealed: UPS's texts are not published, and a key may come
        back; only a person destroys them, or new ones do."""
        retry_at = reason in REFUSED and fields.Datetime.now() + ASKED_AGAIN_AFTER
        ended = {"state": "reauthorize", "reason": reason, "ups_words": words}
        self._put(ended | {"pause": False, "retry_at": retry_at})
        _logger.info("UPS authorization of company %s ended: %s", self.company_id.id, reason)
        notes.append(None)
        return self._needs_a_person(reason)

    def _keep(self, token_set, settings, wish, notes):
        now, asked_reason, sealed = (
            fields.Datetime.now(),
            self.asked_reason,
            self._sealed(token_set),
        )
        self._put(
            sealed
            | self._given(settings)
            | self._judged(settings, "accepted")
            | {
                "state": "authorized",
                "reason": False,
                "ups_words": False,
                "refreshed_on": now,
                "refusal_renewed_on": now if wish.refused else self.refusal_renewed_on,
                "pause": False,
                "retry_at": False,
                "failure_count": 0,
                "last_problem": False,
                "last_problem_on": False,
            }
        )
        if asked_reason or self._is_anybody_asked_to_mend_settings():
            notes.append(None)
        self._log_oddities(token_set)
        expires_at = sealed["access_token_expires_at"]
        return LiveToken(token_set.access_token, expires_at, settings.environment)

    def _settings_refused(self, error, settings, notes):
        """Ask UPS again in a moment, or as soon as the settings are changed."""
        now, judged = fields.Datetime.now(), self._judged(settings, "refused")
        is_again = all(self[name] == judged[name] for name in ("settings_seen", "settings_verdict"))
        is_alone = is_again and InForce.of(self.env).verdict == "accepted"
        judged["settings_judged_on"] = self.settings_judged_on if is_alone else now
        self._put(
            judged
            | {
                "pause": "settings",
                "retry_at": now + SETTINGS_PAUSE,
                "failure_count": 0,
                "last_problem": messages.remembered(error),
                "last_problem_on": now,
            }
        )
        notes.append(None)
        return self._refused_settings(messages.remembered(error))

    def _refused_settings(self, kept):
        def told(own):
            settings = ups_settings(own.env, with_secret=False)
            return " ".join(messages.explain(own.env, messages.recalled(kept), settings))

        return self._failure(UpsSettingsWrong, told)

    def _count_failure(self, error, notes):
        """Leave UPS alone for a growing, bounded while, after some failures or when it asks to."""
        now, failures = fields.Datetime.now(), self.failure_count + 1
        pause = timedelta(seconds=error.retry_after or 0)
        if failures >= PATIENCE:
            pause = max(pause, FIRST_PAUSE * 2 ** min(failures - PATIENCE, 10))
        retry_at = now + min(pause, LONGEST_PAUSE) if pause else False
        self._put(
            {
                "pause": "outage" if pause else False,
                "retry_at": retry_at,
                "failure_count": failures,
                "last_problem": messages.remembered(error),
                "last_problem_on": now,
            }
        )
        if failures == PATIENCE:
            notes.append(
                lambda own: own.env._(
                    "The authorization could not be renewed %(times)s times in a row. %(what)s",
                    times=failures,
                    what=messages.explain(own.env, error, None)[0],
                )
            )
        _logger.info("UPS token of company %s was not refreshed: %s", self.company_id.id, error)
        return self._try_later(retry_at)

    # === PAUSES: they hold for the application, whichever company met the trouble === #

    def _pause_now(self, wish, in_force):
        """:return: the exception to raise while UPS is left alone, or None."""
        # What UPS has accepted since, from any company, is paused for none. And the daily job sees
        # for itself whether what one company met stands against the others.
        is_refused = in_force.verdict != "accepted" or self._is_refused_alone(in_force.fingerprint)
        refused = is_refused and not wish.is_of_the_job and in_force.fingerprint
        found = self._pauses(refused)
        if not found:
            return None
        pause, retry_at = found
        if pause == "settings":
            return self._failure(UpsSettingsWrong, lambda own: own._in_words("settings"))
        return self._try_later(retry_at)

    def _pauses(self, fingerprint):
        """:return: the pause in force and its end, or None.

        The outage that another company met holds for a moment only, and not when UPS has answered
        for any since: what fails for one company alone must not stop the others.
        """
        self.env.cr.execute(
            SQL(
                """SELECT pause, retry_at
                     FROM ups_connection AS paused
                    WHERE retry_at > %(now)s
                      AND (pause = 'settings' AND settings_seen = %(fingerprint)s
                        OR pause = 'outage' AND id = %(own)s
                        OR pause = 'outage' AND base_url = %(base_url)s
                           AND last_problem_on > %(now)s - %(moment)s
                           AND NOT EXISTS (
                               SELECT FROM ups_connection AS other
                                WHERE other.base_url = paused.base_url
                                  AND other.refreshed_on >= paused.last_problem_on))
                 ORDER BY pause DESC, retry_at DESC
                    LIMIT 1""",
                now=fields.Datetime.now(),
                fingerprint=fingerprint or None,
                own=self.id,
                base_url=self.base_url or None,
                moment=FIRST_PAUSE,
            )
        )
        return self.env.cr.fetchone()

    def _try_later(self, retry_at):
        now, seconds = fields.Datetime.now(), None
        if retry_at and retry_at > now:
            seconds = int((retry_at - now).total_seconds()) + 1
        return self._failure(UpsTryLater, lambda own: own._later_in_words(seconds), seconds)

    def _later_in_words(self, seconds=None):
        if not seconds:
            return self.env._("UPS is not available at the moment. Try again in a few minutes.")
        return self.env._(
            "UPS is not available at the moment. Try again in %s min.", -(-seconds // 60)
        )


def _refresh_once_more_if_dropped(client, refresh_token):
    """When the connection broke after the request had left, nobody knows whether UPS did its work.

    The same token once more tells: UPS accepts it, or it was spent and the answer is lost.
    """
    began = time.monotonic()
    try:
        return client.refresh(refresh_token)
    except TryLater as error:
        if not error.dropped or time.monotonic() - began > ASK_AGAIN_WITHIN:
            raise
    return client.refresh(refresh_token)
