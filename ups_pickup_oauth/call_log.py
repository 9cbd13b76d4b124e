"""Keeps a client secret out of the server's log while somebody saves it in General Settings.

At level debug Odoo logs the parameters of each call (odoo/service/model.py, ``call_kw``).
"""

import contextlib
import logging
import re

# As Python shows a dictionary: the text ends at its own, unescaped quote.
_SECRET = re.compile(r"""('ups_client_secret': )(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")""")


# In a call of load(), say, its name and its value stand in two lists.
_ELSEWHERE = re.compile(r"""ups_client_secret\b(?!': (?:\[hidden\]|\{|False|None))""")


class HideClientSecret(logging.Filter):
    """Drops the secret from a record; lets every record through."""

    def filter(self, record):
        with contextlib.suppress(TypeError, ValueError):  # not a message that can be formatted
            message = record.getMessage()
            hidden = _SECRET.sub(r"\1[hidden]", message)
            if _ELSEWHERE.search(hidden):
                hidden = f"{hidden.partition('(')[0]}([hidden])"
            if hidden != message:
                record.msg, record.args = hidden, ()
        return True


def install():
    """Put the filter on the logger of calls, once however often the addon is imported."""
    logger = logging.getLogger("odoo.service.model")
    if not any(isinstance(each, HideClientSecret) for each in logger.filters):
        logger.addFilter(HideClientSecret())
