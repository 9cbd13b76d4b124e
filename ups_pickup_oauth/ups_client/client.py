"""Which calls does UPS's OAuth have, and what goes into each? (UPS's OAuthAuthCode.yaml)"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timezone

import requests
from requests.auth import HTTPBasicAuth

from . import connections, pkce, transport
from .authorization_request import AuthorizationRequest
from .errors import AskPersonAgain, FixSettings, TryLater
from .hosts import REFRESH_PATH, TOKEN_PATH, checked_base_url
from .token_set import TokenSet
from .verdict import verdict_on

LONGEST_LOOK = 7
"""Seconds of :meth:`OAuthClient.preflight`, connection included: a person waits for it."""

LONGEST_SECRET = 16384
"""Bytes of a code, a verifier or a token. UPS's have about 1,000."""


@dataclass(frozen=True, slots=True)
class OAuthClient:
    """One application at UPS. Cheap to make; all share the process's connections. Thread-safe.

    :param base_url: see :func:`base_url_for`.
    :param use_pkce: whether :meth:`begin` makes a code verifier. UPS recommends it.
    :raise FixSettings: when a value cannot be sent to UPS; ``setting`` names it.
    """

    base_url: str
    client_id: str
    client_secret: str = field(repr=False)
    use_pkce: bool = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "base_url", checked_base_url(self.base_url))
        # RFC 7617: ends the user-id in Basic
        _check_setting("client_id", self.client_id, forbidden=":")
        _check_setting("client_secret", self.client_secret)

    def begin(self, redirect_uri: str, scope: str | None = None) -> AuthorizationRequest:
        """Return a new attempt to authorize. Nothing is sent yet.

        :param redirect_uri: registered with UPS to the letter; the exchange must repeat it.
        :param scope: space-separated, for applications that UPS told to send one.
        """
        _check_setting("redirect_uri", redirect_uri)
        return AuthorizationRequest(
            base_url=self.base_url,
            client_id=self.client_id,
            redirect_uri=redirect_uri,
            state=pkce.new_state(),
            code_verifier=pkce.new_verifier() if self.use_pkce else None,
            scope=scope or None,
        )

    def preflight(self, request: AuthorizationRequest) -> str | None:
        """Ask UPS whether it would show the person its login page; within ``LONGEST_LOOK``.

        What is sent lands in logs, so the attempt's own state and challenge are not in it.

        :return: what was odd about UPS's answer, in English and fit to log, or None. The person can
            be sent on either way: only UPS's own word stops anybody.
        :raise FixSettings: UPS refuses the client id, the redirect URI or the application.
        :raise TryLater: UPS cannot be reached, or says that it is unavailable.
        """
        url = request.unbound().url
        try:
            with connections.bounds(longest=LONGEST_LOOK):
                answer = transport.ask("authorize", "GET", url, auth=transport.anonymous)
        except TryLater as outage:
            if not outage.has_left:  # where this server gets no connection, the exchange gets none
                raise
            return str(outage)
        return verdict_on("authorize", (self.client_secret,)).check_login_page(answer)

    def exchange_code(
        self, code: str, redirect_uri: str, code_verifier: str | None = None
    ) -> TokenSet:
        """Exchange the code for tokens (RFC 6749 section 4.1.3, RFC 7636 section 4.5).

        A code is spent by this call.

        :param redirect_uri: the one the attempt began with.
        :param code_verifier: of the attempt; None for the flow without PKCE.
        :raise AskPersonAgain: the code or the verifier is refused.
        :raise FixSettings: UPS refuses the client, its secret, the redirect URI or the application.
        :raise TryLater: no usable answer; with ``answer_lost`` the code may be spent.
        """
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
        if code_verifier is None:
            return self._tokens("token", TOKEN_PATH, form, self._basic(), (code,))
        # UPS: "the BASIC Authorization header should **not** be included, just the **client_id**".
        form |= {"client_id": self.client_id, "code_verifier": code_verifier}
        return self._tokens("token", TOKEN_PATH, form, transport.anonymous, (code, code_verifier))

    def refresh(self, refresh_token: str) -> TokenSet:
        """Exchange the refresh token for new tokens (RFC 6749 section 6).

        It is spent by this call (UPS-API/api-documentation #90).

        :raise AskPersonAgain: the refresh token is refused: spent, expired, or voided by a new
            password at UPS.
        :raise FixSettings: UPS refuses the client, its secret or the application; the refresh token
            stays good.
        :raise TryLater: no usable answer; with ``answer_lost`` the refresh token may be spent.
        """
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        return self._tokens("refresh", REFRESH_PATH, form, self._basic(), (refresh_token,))

    def _tokens(
        self,
        operation: str,
        path: str,
        form: dict[str, str],
        auth: Callable[[requests.PreparedRequest], requests.PreparedRequest],
        spent: tuple[str, ...],
    ) -> TokenSet:
        if not all(map(_is_sendable, spent)):
            raise AskPersonAgain(
                f"Not sent to UPS: what should be spent by {operation} is damaged.",
                operation=operation,
            )
        verdict = verdict_on(operation, (self.client_secret, self._userpass(), *spent))
        asked_at = datetime.now(timezone.utc)
        answer = transport.ask(operation, "POST", self.base_url + path, form=form, auth=auth)
        return verdict.tokens_in(answer, asked_at)

    def _basic(self) -> HTTPBasicAuth:
        # RFC 6749 section 2.3.1 wants both form-encoded first; UPS does not decode them, and its
        # own examples send them plain, in UTF-8. Both are alphanumeric at UPS, where the two ways
        # are the same.
        return HTTPBasicAuth(self.client_id.encode(), self.client_secret.encode())

    def _userpass(self) -> str:
        return f"{self.client_id}:{self.client_secret}"


def _is_sendable(secret: object) -> bool:
    """Whether a form can carry it. Whether it is one that UPS gave, UPS decides."""
    try:
        return isinstance(secret, str) and 0 < len(secret.encode()) <= LONGEST_SECRET
    except UnicodeEncodeError:
        return False


def _check_setting(name: str, value: object, forbidden: str = "") -> None:
    """Refuse what no portal hands out: nothing, spaces or line breaks of a paste, what UTF-8 cannot
    carry.

    :raise FixSettings: without the value in its sentence.
    """
    is_text = isinstance(value, str) and value and value.isprintable() and value == value.strip()
    if not is_text or set(value) & set(forbidden):
        raise FixSettings(
            f"The setting {name} is empty or has characters that UPS never uses,"
            " such as a space at its end.",
            setting=name,
        )
