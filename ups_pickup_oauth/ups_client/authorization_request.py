"""What is a person sent to UPS with?"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from urllib.parse import quote, urlencode

from . import pkce
from .hosts import AUTHORIZE_PATH


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """One attempt to authorize (RFC 6749 section 4.1.1, RFC 7636 section 4.3).

    The caller keeps ``redirect_uri`` and ``code_verifier`` for the exchange, and a hash of
    ``state`` to recognize the person who comes back.

    :param state: binds the answer to this attempt; a secret until it comes back. Empty: left out of
        the URL.
    :param code_verifier: proves at the exchange that the attempt is ours; None for the flow without
        PKCE.
    :param scope: sent only when given; UPS calls it "a pass-through item"
        (UPS-API/api-documentation #96).
    """

    base_url: str
    client_id: str
    redirect_uri: str
    state: str = field(repr=False)
    code_verifier: str | None = field(default=None, repr=False)
    scope: str | None = None

    @property
    def code_challenge(self) -> str | None:
        """The S256 challenge. UPS knows no ``code_challenge_method``: it is always S256."""
        return None if self.code_verifier is None else pkce.challenge_for(self.code_verifier)

    @property
    def url(self) -> str:
        """Where to send the browser. It holds ``state``: only this person's browser may see it."""
        query = {
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "response_type": "code",
            "scope": self.scope,
            "state": self.state,
            "code_challenge": self.code_challenge,
        }
        given = {name: value for name, value in query.items() if value}
        # quote, not quote_plus: '+' means a space in forms only, %20 means it everywhere.
        return f"{self.base_url}{AUTHORIZE_PATH}?{urlencode(given, quote_via=quote)}"

    def unbound(self) -> AuthorizationRequest:
        """Return a request that UPS judges alike, with nothing of this attempt in it."""
        verifier = None if self.code_verifier is None else pkce.new_verifier()
        return replace(self, state="", code_verifier=verifier)
