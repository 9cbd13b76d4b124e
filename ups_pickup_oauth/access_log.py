"""Keeps the authorization code out of the server's log, which shows requests with their query.

Odoo's HTTP servers log each request line (odoo/service/server.py), and whoever looks at what hangs
gets the address that each worker is busy with (odoo/tools/misc.py, ``dumpstacks``).
"""

import contextlib
import logging
import re

_LOGGERS = ("werkzeug", "longpolling", "odoo.tools.misc")


def _encoded(text):
    """:return: a pattern for the text, with any of it percent-encoded, once or more often."""
    return "".join(f"(?:{re.escape(each)}|%(?:25)*{ord(each):02x})" for each in text)


# Whatever else stands in the path, and also where the address is the value of another parameter,
# as in /web/login?redirect=… To the end of the request line, whatever the query holds: werkzeug
# logs it decoded. A request line may hold line ends, other lines end there.
# A word without a query is matched too, so that nobody reads it again from its middle: a stranger's
# address that names the addon 4,000 times would keep the server busy for seconds.
_QUERY = re.compile(
    rf"({_encoded('ups_pickup_oauth')}\S*?)"
    rf"(?:({_encoded('?')})(?:.*(?= HTTP/\d)|[^\n]*)|(?!\S))",
    re.IGNORECASE | re.DOTALL,
)


def _without_query(match):
    return f"{match[1]}?[hidden]" if match[2] else match[0]


class HideCallbackQuery(logging.Filter):
    """Drops the query of this addon's addresses from a record; lets every record through."""

    def filter(self, record):
        with contextlib.suppress(TypeError, ValueError):  # not a message that can be formatted
            message = record.getMessage()
            hidden = _QUERY.sub(_without_query, message)
            if hidden != message:
                record.msg, record.args = hidden, ()
        return True


def install():
    """Put the filter on each logger, once however often the addon is imported."""
    for logger in map(logging.getLogger, _LOGGERS):
        if not any(isinstance(each, HideCallbackQuery) for each in logger.filters):
            logger.addFilter(HideCallbackQuery())
