"""Where does a secret show, in whichever way it is written?"""

import html
import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus

from devenv import server

# Each encoding of it is another text: in an address, in JSON, in HTML, in Python.
CLIENT_SECRET = "Odd secret+/of=the%41 \"attack\" & 'tests' <1>"

# Of a token that was cut: so many characters are no chance.
_PART = 40


def sightings(secrets: Iterable[str], places: Iterable[tuple[str, str]]) -> list[str]:
    """Search each text for each secret in each form.

    :param places: names and texts.
    :return: the name of each place with the surroundings of what was found there.
    """
    forms = {form for secret in secrets for form in _forms(secret)}
    return [f"{name}: …{_around(text, form)}…" for name, text in places for form in forms
            if form in text]  # fmt: skip


def _around(text: str, form: str) -> str:
    start = text.index(form)
    return text[max(0, start - 200) : start + 60]


def _forms(secret: str) -> Iterator[str]:
    yield from _written(secret)
    yield from (form.replace("%", "%25") for form in _percent(secret))
    yield from _base64(secret.encode())
    # As an HTTP client sends it. Longer than the secret itself, so that base64's alignment differs.
    yield from _base64(f"{server.SIMULATOR_CLIENT_ID}:{secret}".encode())
    if len(secret) > _PART:
        yield secret[:_PART]
        yield secret[-_PART:]


def _written(secret: str) -> Iterator[str]:
    yield from (secret, html.escape(secret), html.escape(secret, quote=False))
    yield from (json.dumps(secret)[1:-1], repr(secret)[1:-1], secret.replace("'", "''"))
    yield from _percent(secret)


def _percent(secret: str) -> Iterator[str]:
    for form in (quote(secret), quote(secret, safe=""), quote_plus(secret)):
        yield from (form, form.lower() if "%" in form else form)


def _base64(octets: bytes) -> Iterator[str]:
    """At each of the three places that it may have within something longer."""
    for shift in range(3):
        whole = len(octets[shift:]) // 3 * 3
        aligned = octets[shift : shift + whole]
        yield from (b64encode(aligned).decode(), urlsafe_b64encode(aligned).decode())
