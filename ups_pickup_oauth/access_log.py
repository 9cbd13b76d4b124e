"""Keeps the authorization code out of the server's access log.

Odoo's HTTP server logs the request line, and with it the callback's whole query string
(odoo/service/server.py, ``CommonRequestHandler``).
"""

import logging
import re

from . import const

# Also where the route is the value of another parameter, as in /web/login?redirect=…
_QUERY = re.compile(
    const.CALLBACK_ROUTE.replace("/", "(?:/|%2F)") + r"(?:\?|%3F)[^\s\"']*", re.IGNORECASE
)


class HideCallbackQuery(logging.Filter):
    """Drops the callback's query string from a record; lets every record through."""

    def filter(self, record):
        if isinstance(record.args, tuple):
            record.args = tuple(map(_hide, record.args))
        record.msg = _hide(record.msg)
        return True


def _hide(value):
    if not isinstance(value, str):
        return value
    return _QUERY.sub(f"{const.CALLBACK_ROUTE}?[hidden]", value)


def install():
    """Put the filter on werkzeug's logger, once however often the addon is imported."""
    logger = logging.getLogger("werkzeug")
    if not any(isinstance(each, HideCallbackQuery) for each in logger.filters):
        logger.addFilter(HideCallbackQuery())
