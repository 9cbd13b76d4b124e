"""UPS's OAuth authorization code flow in plain Python.

It knows nothing of Odoo: models decide *when*, this knows *how*.

A caller takes four steps::

    client = OAuthClient(base_url_for(PRODUCTION), client_id, client_secret)
    request = client.begin(redirect_uri)  # keep request.code_verifier and a hash of request.state
    client.preflight(request)             # a wrong client id or redirect URI shows here
    ...                                   # send the browser to request.url; a code comes back
    tokens = client.exchange_code(code, redirect_uri, request.code_verifier)
    tokens = client.refresh(tokens.refresh_token)  # a refresh token is spent by its first use

Every failure is an :class:`UpsError` whose class says what to do about it. With the tokens,
:class:`UpsSession` calls UPS's API; ``session`` says what its failures are.
"""

from .authorization_request import AuthorizationRequest
from .client import OAuthClient
from .errors import (
    AskPersonAgain,
    FixSettings,
    TryLater,
    UpsAnswerLost,
    UpsApiError,
    UpsError,
    UpsNeverLeft,
)
from .hosts import CIE, PRODUCTION, base_url_for
from .session import UpsSession, ups_error_in
from .token_set import TokenSet

__all__ = [
    "CIE",
    "PRODUCTION",
    "AskPersonAgain",
    "AuthorizationRequest",
    "FixSettings",
    "OAuthClient",
    "TokenSet",
    "TryLater",
    "UpsAnswerLost",
    "UpsApiError",
    "UpsError",
    "UpsNeverLeft",
    "UpsSession",
    "base_url_for",
    "ups_error_in",
]
