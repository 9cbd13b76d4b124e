"""What of UPS's words may be logged and shown?"""

from __future__ import annotations

import re
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterable
from functools import cache
from html import escape
from urllib.parse import quote, quote_plus

_LONGEST = 300  # characters; the longest message that UPS is known to send has about 60
_MARK = "[redacted]"
_PERCENT = re.compile("%[0-9A-Fa-f]{2}")
# A run this long is no word of a sentence: it is a token, or a part of one that UPS cut short.
_TOKEN_LIKE = re.compile(r"[A-Za-z0-9_~+=-]{32,}")


def readable(text: str) -> str:
    """Return the text as one printable line, bounded. What is secret in it stays."""
    return _one_line(text).strip()[:_LONGEST]


def redactor(secrets: Iterable[str]) -> Callable[[str], str]:
    """Return a function that makes a text fit to log: one printable line, bounded, no secret.

    :param secrets: every secret of the call. UPS, or a gateway before it, may echo what it was
        sent, as it is, percent-encoded, HTML-escaped or in base64.
    """
    known = tuple(filter(None, secrets))

    @cache
    def forms() -> list[str]:
        found = {form for secret in known for form in _forms(secret)}
        return sorted(found, key=len, reverse=True)  # what holds another one goes first

    def redact(text: str) -> str:
        line = _PERCENT.sub(_lower, _one_line(text))  # %C3 and %c3 are the same
        for form in forms():
            line = line.replace(form, _MARK)
        return _TOKEN_LIKE.sub(_MARK, line).strip()[:_LONGEST]

    return redact


def _forms(secret: str) -> set[str]:
    octets = secret.encode()
    base64 = {encode(octets).decode().rstrip("=") for encode in (b64encode, urlsafe_b64encode)}
    percent = {quote(octets), quote(octets, safe=""), quote_plus(octets)}
    return {_PERCENT.sub(_lower, form) for form in {secret, escape(secret)} | base64 | percent}


def _lower(match: re.Match) -> str:
    return match[0].lower()


def _one_line(text: str) -> str:
    # Control, format and direction characters can forge log lines or hide what a line says.
    return "".join(c if c.isprintable() else " " if c.isspace() else "" for c in text)
