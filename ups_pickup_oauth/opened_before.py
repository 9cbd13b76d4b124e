"""Has a company's token been opened before in this transaction, and is all as it was then?

What stands in a cache of Odoo's can be read by anybody with an environment, by a template too. So
the token stands here, and in the cursor's cache a mark only: Odoo empties that cache at the end of
the transaction and at a rollback to a savepoint, and the token goes with its mark.
"""

import os
from weakref import WeakKeyDictionary

from . import settings, token_keys
from .template_guard import refuse_templates

_OF_THE_ROW = (
    "sealed_access_token",
    "access_token_expires_at",
    "state",
    "refreshed_on",
    "authorized_on",
    "client_id",
    "environment",
    "base_url",
    "database_uuid",
    "database_identity",
)
"""The columns from which follows whether, and which, token may be used."""

_VARIABLES = (
    settings.VARIABLES["client_id"],
    settings.VARIABLES["environment"],
    settings.HOST_VARIABLE,
    token_keys.KEYS_VARIABLE,
)

_opened = WeakKeyDictionary()
"""By mark: for which company, what was seen then, and the LiveToken. The last one only."""


class _Mark:
    """Nothing but itself."""


def opened_before(company):
    """:return: the token as it was opened last, if it still may be used; else None.

    :param res.company company: one, in any environment.
    :rtype: LiveToken
    :raise AccessError: if a template asks.
    """
    mark = company.env.cr.cache.get(__name__)
    seen, token = _opened.get(mark, (None, None)) if mark else (None, None)
    if not token or seen != _seen(company) or not token.lives_on():
        return None
    refuse_templates(company.env)
    return token


def remember(company, token):
    """Keep what was opened from the row as the company's transaction sees it.

    :param LiveToken token: the token; it stands in no cache, and in no text.
    """
    if seen := _seen(company):
        mark = company.env.cr.cache[__name__] = _Mark()
        _opened[mark] = seen, token


def _seen(company):
    """:return: all that the token follows from; None where the ORM has forgotten a part of it."""
    env = company.env
    try:
        row = company._fields["ups_connection_id"]._get_cache(env)[company.id]
        columns = env.registry["ups.connection"]._fields
        values = [columns[name]._get_cache(env)[row] for name in _OF_THE_ROW]
    except KeyError:
        return None
    variables = [os.environ.get(name) for name in _VARIABLES]
    # Odoo forgets its mark when any system parameter changes.
    parameters = env["ups.connection"]._mark_of_parameters()
    return company.id, row, values, variables, parameters
