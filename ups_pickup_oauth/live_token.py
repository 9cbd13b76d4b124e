"""An access token in memory, and where the next one comes from."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from odoo import fields

from .exceptions import UpsSettingsWrong
from .template_guard import refuse_templates

MARGIN = timedelta(minutes=1)
"""A token is handed out only if it lives at least that much longer."""


@dataclass(frozen=True)
class LiveToken:
    """An access token, when it ends (UTC, without time zone), and the UPS that gave it."""

    value: str = field(repr=False)
    expires_at: datetime
    environment: str

    def lives_on(self):
        """:return: whether it lives long enough to be handed out."""
        return self.expires_at - fields.Datetime.now() >= MARGIN


@dataclass(frozen=True)
class Wish:
    """What a caller wants of a token.

    ``refused`` is an access token that UPS's API does not accept; ``renewed_before`` asks for one
    renewed later than that (UTC), however long the stored one lives; ``is_test`` is for a person
    who is there: pauses do not hold, and what UPS has refused is sent once more.
    """

    refused: str | None = field(default=None, repr=False)
    renewed_before: datetime | None = None
    is_test: bool = False

    @property
    def is_of_the_job(self):
        """:return: whether nobody is there who could see what comes of it."""
        return bool(self.renewed_before) and not self.is_test


def token_source(connection):
    """Return what hands out a connection's live token, for as long as a session lives.

    It holds the token in memory, and looks into the database only when that ends or is refused: in
    transactions of its own, because the session may outlive the caller's. No attribute leads to the
    token: a template that is given the session reads attributes.
    """
    token = connection._live_token()

    def get_token(refused=None):
        nonlocal token
        refuse_templates(connection.env)  # somebody may hand it the session
        if not token.lives_on() or token.value == refused:
            fresh = connection._refreshed_token(Wish(refused))
            if fresh.environment != token.environment:  # the session talks to the other host
                raise UpsSettingsWrong(
                    connection.env._("The UPS environment has changed. Start again.")
                )
            token = fresh
        return token.value

    return get_token
