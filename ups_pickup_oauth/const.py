"""Routes, parameter names and limits that more than one file needs."""

from datetime import timedelta

CALLBACK_ROUTE = "/ups_pickup_oauth/callback"
"""Where UPS sends the person back to (a contract; registered at UPS to the letter)."""

OUTCOME_ROUTE = "/ups_pickup_oauth/outcome"
"""Where an attempt tells how it ended: an address with no code in it."""

TRY_AGAIN_ROUTE = "/ups_pickup_oauth/try_again"

ATTEMPT_LIFETIME = timedelta(minutes=30)
"""How long a person may take at UPS, who may ask for a code sent by mail."""

EXCHANGE_PATIENCE = timedelta(minutes=2)
"""A claimed attempt older than this was interrupted: longer than every time-out of the exchange."""

MAX_PENDING_ATTEMPTS = 20
"""Per user. The oldest ones make room, so that nobody is locked out of starting again."""

PARAM_CLIENT_ID = "ups_pickup_oauth.client_id"
PARAM_CLIENT_SECRET = "ups_pickup_oauth.client_secret"  # noqa: S105 the parameter's name
PARAM_ENVIRONMENT = "ups_pickup_oauth.environment"
PARAM_USE_PKCE = "ups_pickup_oauth.use_pkce"
