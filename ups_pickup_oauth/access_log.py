"""Keeps the authorization code out of the server's access log.

Odoo's HTTP server logs the request line, and with it the callback's whole query string
(odoo/service/server.py, ``CommonRequestHandler``).
"""

import contextlib
import logging
import re

from . import const

# To the end of the request line, whatever the query holds: werkzeug logs it decoded. Also where
# the route is the value of another parameter, as in /web/login?redirect=…
_QUERY = re.compile(
    const.CALLBACK_ROUTE.replace("/", "(?:/|%2F)") + r"(?:\?|%3F).*?(?= HTTP/\d|$)",
    re.IGNORECASE | re.DOTALL,
)


class HideCallbackQuery(logging.Filter):
    """Drops the callback's query string from a record; lets every record through."""

    def filter(self, record):
        with contextlib.suppress(TypeError, ValueError):  # not a message that can be formatted
            message = record.getMessage()
            hidden = _QUERY.sub(f"{const.CALLBACK_ROUTE}?[hidden]", message)
            if hidden != message:
                record.msg, record.args = hidden, ()
        return True


def install():
    """Put the filter on werkzeug's logger, once however often the addon is imported."""
    logger = logging.getLogger("werkzeug")
    if not any(isinstance(each, HideCallbackQuery) for each in logger.filters):
        logger.addFilter(HideCallbackQuery())
