import hashlib
import logging
from dataclasses import dataclass, replace

import psycopg2
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .. import const, messages, token_keys
from ..exceptions import UpsTryLater
from ..live_token import Wish
from ..own_transaction import in_own_transaction, quietly
from ..settings import ups_settings
from ..ups_client import UpsError
from ..ups_client.redaction import redactor

_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Outcome:
    """How a return from UPS ended.

    ``kind`` is one of the attempt's outcomes, or a reason why no attempt was touched:
    `malformed`, `unknown`, `other_user`, `no_access`, `expired`, `in_progress`, `interrupted`,
    `busy`.
    ``attempt_id`` names the user's own attempt, which tells the same again.
    """

    kind: str
    company_id: int | None = None
    what: str = ""
    advice: str = ""
    attempt_id: int | None = None


class UpsAuthorizationAttempt(models.Model):
    """One journey of one user to UPS.com and back, for one company.

    The state is kept as a hash and the verifier encrypted: who reads this table cannot finish the
    journey. Every change of `status` is committed in a transaction of its own, because a code is
    spent at UPS whatever becomes of the request around it.
    """

    _name = "ups.authorization.attempt"
    _description = "Attempt to Authorize UPS"
    _order = "id desc"

    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    user_id = fields.Many2one(
        "res.users", required=True, readonly=True, index=True, ondelete="cascade"
    )
    state_hash = fields.Char(required=True, readonly=True, groups=fields.NO_ACCESS)
    sealed_code_verifier = fields.Text(readonly=True, groups=fields.NO_ACCESS)
    redirect_uri = fields.Char(required=True, readonly=True)
    base_url = fields.Char(required=True, readonly=True, help="UPS's host that was asked.")
    environment = fields.Char(required=True, readonly=True)
    client_id = fields.Char(required=True, readonly=True)
    return_to = fields.Selection(
        [("form", "Company"), ("list", "Companies"), ("settings", "General Settings")],
        required=True,
        readonly=True,
        help="Where the person began, and comes back to.",
    )
    expires_at = fields.Datetime(required=True, readonly=True)
    claimed_at = fields.Datetime(readonly=True)
    status = fields.Selection(
        [
            ("pending", "Waiting for the person at UPS"),
            ("exchanging", "Exchanging the code"),
            ("finished", "Finished"),
        ],
        required=True,
        readonly=True,
        default="pending",
    )
    outcome = fields.Selection(
        [
            ("authorized", "Authorized"),
            ("cancelled", "Cancelled at UPS"),
            ("error_at_ups", "Error at UPS"),
            ("no_answer", "Neither code nor error"),
            ("settings_changed", "Settings changed meanwhile"),
            ("failed", "Exchange failed"),
        ],
        readonly=True,
    )
    what = fields.Text(readonly=True, help="What happened, as it was told to the user.")
    advice = fields.Text(readonly=True, help="What to do, as it was told to the user.")

    _state_hash_unique = models.UniqueIndex("(state_hash)")

    # === BUSINESS METHODS === #

    @api.model
    def _begin(self, company, settings):
        """Ask UPS whether it would take the person, and remember the attempt.

        :param res.company company: The company to authorize.
        :param UpsSettings settings: The settings in force, complete.
        :return: The URL at UPS to send the browser to.
        :rtype: str
        :raise UpsError: if UPS refuses the settings, or cannot be reached.
        """
        client = settings.client
        request = client.begin(settings.redirect_uri)
        # A wrong client id or redirect URI would leave the person on a page of raw JSON.
        oddity = client.preflight(request)
        # The row is made before UPS gives what must go into it: whatever fails, fails here.
        in_own_transaction(self.env, lambda env: env["ups.connection"]._row_of(company.id).id)
        if oddity:
            self.env["ups.connection"]._note(
                company.id,
                lambda own: own.env._("UPS's page looked odd from this server: %s.", oddity),
            )
        self._drop_oldest_pending()
        verifier = request.code_verifier
        self.create(
            {
                "company_id": company.id,
                "user_id": self.env.uid,
                "state_hash": _hash(request.state),
                "sealed_code_verifier": verifier and token_keys.seal(self.env, verifier),
                "redirect_uri": request.redirect_uri,
                "base_url": settings.base_url,
                "environment": settings.environment,
                "client_id": settings.client_id,
                "return_to": self._return_to(),
                "expires_at": fields.Datetime.now() + const.ATTEMPT_LIFETIME,
            }
        )
        return request.url

    @api.model
    def _return_to(self):
        asked = self.env.context.get("ups_return_to")
        return asked if asked in dict(self._fields["return_to"].selection) else "form"

    @api.model
    def _finish(self, response):
        """Take what UPS sent back with the current user's browser.

        The order of the checks is the standard's: duplicates, state, error, code. Nothing is sent
        to UPS unless the attempt is this user's, alive, and claimed by this very call.

        :param AuthorizationResponse response: The callback's parameters.
        :rtype: Outcome
        """
        if response.is_malformed:
            return Outcome("malformed")
        attempt = self.search_fetch([("state_hash", "=", _hash(response.state))])
        if not attempt or not response.state:
            return Outcome("unknown")
        if attempt.user_id.id != self.env.uid:
            return Outcome("other_user", attempt.company_id.id)
        if not attempt._is_still_allowed():
            return Outcome("no_access")
        try:
            if not attempt._claim():
                return attempt._told_already()
        except psycopg2.Error as error:  # nothing is spent yet: the same address works later
            _logger.info("UPS attempt %s: %s", attempt.id, type(error).__name__)
            return Outcome("busy", attempt.company_id.id)
        return attempt._exchange(response)

    @api.model
    def _tell(self, attempt_id):
        """Tell the current user how an attempt ended.

        :param int attempt_id: Any number.
        :rtype: Outcome
        """
        attempt = self.search([("id", "=", attempt_id), ("user_id", "=", self.env.uid)])
        if not attempt:
            return Outcome("unknown")
        return attempt._outcome() if attempt._is_still_allowed() else Outcome("no_access")

    def _is_still_allowed(self):
        """:return: whether its user may authorize its company now."""
        return self.company_id.with_user(self.env.user)._ups_may_authorize()

    def _exchange(self, response):
        """Spend the code of a claimed attempt, and keep the tokens or the reason why not."""
        if response.error:
            return self._refused(response)
        if not response.code:
            return self._end(
                "no_answer",
                lambda env: (
                    env._("UPS sent you back without its agreement. Nothing was authorized."),
                    env._("Try again, and complete all of UPS's pages."),
                ),
            )
        settings = None
        try:
            # As it was begun: "Use PKCE" may have been switched meanwhile.
            settings = replace(ups_settings(self.env), use_pkce=bool(self.sealed_code_verifier))
            if self._was_begun_elsewhere(settings):
                return self._end(
                    "settings_changed",
                    lambda env: (
                        env._("The UPS settings were changed while you were at UPS."),
                        env._("Try again."),
                    ),
                )
            token_set = settings.client.exchange_code(
                response.code, self.redirect_uri, self._code_verifier()
            )
        except UpsError as error:
            _logger.info("UPS authorization of company %s failed: %s", self.company_id.id, error)
            return self._end(
                "failed", lambda env, error=error: messages.explain(env, error, settings)
            )
        except token_keys.LostKey:
            return self._end(
                "failed",
                lambda env: (
                    env._("The server's encryption key was changed while you were at UPS."),
                    env._("Try again."),
                ),
            )
        except UserError as error:  # the server's keys cannot be used
            words = str(error)
            return self._end("failed", lambda env: (words, env._("Then try again.")))
        return self._keep(token_set, settings)

    def _was_begun_elsewhere(self, settings):
        """A code must go to the server that gave it, and to no other (RFC 9700, section 4.4)."""
        now = (settings.environment, settings.base_url, settings.client_id)
        return now != (self.environment, self.base_url, self.client_id)

    def _keep(self, token_set, settings):
        """Commit the tokens and the attempt's end together; then prove the client secret."""

        def store(env):
            connection = env["ups.connection"]._lock_for(self.company_id.id)
            connection._store(token_set, settings)
            env.cr.execute(
                SQL(
                    """UPDATE ups_authorization_attempt
                          SET status = 'finished', outcome = 'authorized' WHERE id = %s""",
                    self.id,
                )
            )
            return connection.id

        try:
            stored = in_own_transaction(self.env, store)
        except (psycopg2.Error, UserError) as error:
            # Not the exception itself: its text may hold the row.
            _logger.error("The UPS tokens could not be stored: %s", type(error).__name__)
            advice = str(error) if isinstance(error, UserError) else ""
            return self._end(
                "failed",
                lambda env: (
                    env._("UPS agreed, but Odoo could not keep the answer."),
                    advice or env._("Try again."),
                ),
            )
        connection = self.env["ups.connection"].browse(stored)
        connection._tell_authorized()
        return self._prove(connection, settings)

    def _prove(self, connection, settings):
        """Renew at once what came without the client secret (RFC 7636 needs none at UPS).

        Otherwise nobody would learn before the first refresh, hours later, that it is wrong. An
        outage proves nothing: then the authorization stands, and says that it is unproven.
        """
        outcome = Outcome("authorized", self.company_id.id, attempt_id=self.id)
        if not settings.use_pkce:
            return outcome
        try:
            connection._refreshed_token(Wish(renewed_before=fields.Datetime.now(), is_test=True))
        except UpsTryLater:
            return outcome
        except UserError as error:
            advice = str(error)
            return self._end(
                "failed",
                lambda env: (
                    env._("UPS agreed, and Odoo keeps its answer, but cannot use it yet."),
                    advice,
                ),
            )
        return outcome

    def _claim(self):
        """Take the attempt for this call alone, committed before anything is sent to UPS.

        :return: Whether this call got it; of any number of simultaneous calls one does.
        :rtype: bool
        """

        def claim(env):
            env.cr.execute(
                SQL(
                    """UPDATE ups_authorization_attempt
                          SET status = 'exchanging', claimed_at = %(now)s
                        WHERE id = %(id)s AND status = 'pending' AND expires_at > %(now)s""",
                    id=self.id,
                    now=fields.Datetime.now(),
                ),
                log_exceptions=False,  # losing the race is expected
            )
            return bool(env.cr.rowcount)

        return in_own_transaction(self.env, claim)

    def _told_already(self):
        """Tell again how a spent attempt ended, without asking UPS again."""

        def read(env):  # this transaction's snapshot may be older than the end
            attempt = env[self._name].browse(self.id).exists()
            return attempt._outcome() if attempt else Outcome("unknown")

        return in_own_transaction(self.env, read)

    def _outcome(self):
        def outcome(kind, what="", advice=""):
            return Outcome(kind, self.company_id.id, what or "", advice or "", self.id)

        now = fields.Datetime.now()
        if self.status == "finished":
            return outcome(self.outcome, self.what, self.advice)
        if self.status == "pending":
            return outcome("expired" if self.expires_at <= now else "unknown")
        if self.claimed_at + const.EXCHANGE_PATIENCE < now:
            return outcome("interrupted")
        return outcome("in_progress")

    def _end(self, kind, words):
        """Commit how the attempt ended, in the company's history too.

        :param words: Returns what happened and what to do, given an environment.
        """
        what, advice = words(self.env)
        values = {"status": "finished", "outcome": kind, "what": what, "advice": advice}
        quietly(self.env, lambda env: env[self._name].browse(self.id).write(values))
        self.env["ups.connection"]._note(
            self.company_id.id,
            lambda own: own.env._("UPS was not authorized. %s", words(own.env)[0]),
        )
        return Outcome(kind, self.company_id.id, what, advice, self.id)

    def _refused(self, response):
        """Tell a person's refusal from trouble at UPS (RFC 6749, section 4.1.2.1)."""
        if response.error == "access_denied":
            return self._end(
                "cancelled",
                lambda env: (
                    env._("You did not agree at UPS. Nothing was authorized."),
                    env._("If you want to authorize UPS after all, try again."),
                ),
            )
        words = " ".join(filter(None, (response.error, response.error_description)))
        words = redactor((response.code, response.state))(words)[:200]  # UPS may have echoed them
        return self._end(
            "error_at_ups",
            lambda env: (
                env._("UPS could not complete the authorization. UPS's answer: %s.", words),
                env._("Try again in a few minutes."),
            ),
        )

    def _code_verifier(self):
        sealed = self.sealed_code_verifier
        return token_keys.unseal(self.env, sealed) if sealed else None

    def _drop_oldest_pending(self):
        mine = self.search([("user_id", "=", self.env.uid), ("status", "=", "pending")])
        mine[const.MAX_PENDING_ATTEMPTS - 1 :].unlink()

    @api.autovacuum
    def _gc_attempts(self):
        """Delete attempts a day after they can be of use; until then they explain themselves."""
        limit = fields.Datetime.subtract(fields.Datetime.now(), days=1)
        self.search([("expires_at", "<", limit)]).unlink()


def _hash(state):
    """SHA-256 is enough: the state has more than 128 bits of entropy (RFC 6749, 10.10)."""
    return hashlib.sha256(state.encode()).hexdigest()
