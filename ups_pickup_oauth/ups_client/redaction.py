"""What of UPS's words may be logged and shown?"""

from __future__ import annotations

import re
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterable
from html import escape
from urllib.parse import quote, quote_plus

_LONGEST = 300  # characters; the longest message that UPS is known to send has about 60
_MARK = "[redacted]"
# A run this long is no word of a sentence: it is a token, or a part of one that UPS cut short.
_TOKEN_LIKE = r"[A-Za-z0-9_~+=-]{32,}"  # noqa: S105  a pattern


def redactor(secrets: Iterable[str | None]) -> Callable[[str], str]:
    """Return a function that makes a text fit to log: one printable line, bounded, no secret.

    :param secrets: every secret of the call. UPS, or a gateway before it, may echo what it was
        sent, as it is, percent-encoded, HTML-escaped or in base64.
    """
    forms = {form for secret in secrets if secret for form in _forms(secret)}
    longest_first = [re.escape(form) for form in sorted(forms, key=len, reverse=True)]
    pattern = re.compile("|".join([*longest_first, _TOKEN_LIKE]), re.IGNORECASE)
    return lambda text: pattern.sub(_MARK, _one_line(text)).strip()[:_LONGEST]


def _forms(secret: str) -> set[str]:
    octets = secret.encode("utf-8", "surrogatepass")
    base64 = {encode(octets).decode().rstrip("=") for encode in (b64encode, urlsafe_b64encode)}
    percent = {quote(octets), quote(octets, safe=""), quote_plus(octets)}
    return {secret, escape(secret)} | base64 | percent


def _one_line(text: str) -> str:
    # Control, format and direction characters can forge log lines or hide what a line says.
    return "".join(c if c.isprintable() else " " if c.isspace() else "" for c in text)
