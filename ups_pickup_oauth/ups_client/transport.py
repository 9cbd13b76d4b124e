"""How does one request get to UPS, and its answer back, without leaking what was in them?"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import requests
import urllib3

from . import connections
from .errors import TryLater

_CHUNK = 64 * 1024  # bytes
TIMEOUTS = (requests.Timeout, urllib3.exceptions.TimeoutError, TimeoutError)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, whole."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


def ask(
    operation: str,
    method: str,
    url: str,
    *,
    form: Mapping[str, str] | None = None,
    auth: Callable[[requests.PreparedRequest], requests.PreparedRequest],
) -> Answer:
    """Send one request, once.

    :param operation: what to name in the error.
    :param form: sent as ``application/x-www-form-urlencoded``.
    :param auth: puts the Authorization header on; :func:`anonymous` for none. Without one, requests
        would look into the server's ``.netrc``.
    :raise TryLater: when no usable answer came. ``answer_lost`` is exact: it is False only when no
        byte was sent.
    """
    try:
        session = connections.shared_session()
        return _received(session.request(method, url, data=form, auth=auth, stream=True))
    except (OSError, urllib3.exceptions.HTTPError, ValueError) as error:
        # OSError: those of requests are. ValueError: http.client's for some malformed answers.
        reason = type(error).__name__
        timed_out = isinstance(error, TIMEOUTS)
    # Raised out here, so that the exception has no context: those of requests hold the request,
    # secrets and all.
    raise TryLater(
        f"No usable answer from UPS to {operation}: {reason}",
        operation=operation,
        answer_lost=connections.this_call.sent and method != "GET",  # a GET carries nothing out
        dropped=connections.this_call.sent and not timed_out,
        has_left=connections.this_call.sent,
    )


def anonymous(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Put no Authorization header on."""
    return request


class _UnusableError(ValueError):
    """The answer is too large, or packed in a way that cannot be undone."""


def _received(response: requests.Response) -> Answer:
    body = read_whole(response, connections.MAX_ANSWER)
    return Answer(response.status_code, response.headers, body)


def read_whole(response: requests.Response, most: int) -> bytes:
    """Return the body of an answer that was not read yet, unpacked.

    "identity" was asked for. If a gateway packs nevertheless, no refresh token is lost over it.

    :param most: bytes, unpacked.
    :raise ValueError: when it is larger, or packed in a way that cannot be undone.
    """
    # Read as it comes: urllib3 would unpack without a limit. Where it cannot read, it hangs up.
    packed = b"".join(response.raw.stream(_CHUNK, decode_content=False))
    encoding = response.headers.get("Content-Encoding", "")
    if not packed or encoding.lower() in ("", "identity"):
        return packed
    unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)  # 32: gzip or zlib, by its header
    try:
        body = unpacker.decompress(packed, most)
    except zlib.error:
        raise _UnusableError from None
    if not unpacker.eof:  # truncated, or larger than that
        raise _UnusableError
    return body
