"""A ``requests.Session`` for UPS's API: the address, the token, the headers, and when to repeat.

Who sends a POST must know whether it was carried out::

    try:
        answer = session.post(path, json=body)
    except UpsNeverLeft: ...     # not one byte was sent; so did any other exception but the next
    except UpsAnswerLost: ...    # UPS may have carried it out
    error = ups_error_in(answer)  # what UPS says in its envelope, or None
"""

from __future__ import annotations

import http.client
import time
import uuid
from collections.abc import Callable
from urllib.parse import urlsplit

import requests
import urllib3

from . import connections
from .complaints import complaint_in
from .connections import BoundedSession, UpsAdapter
from .errors import FixSettings, UpsAnswerLost, UpsApiError, UpsNeverLeft
from .hosts import checked_base_url
from .redaction import redactor
from .transport import TIMEOUTS, Answer, read_whole
from .verdict import seconds_to_wait

BAD_TOKEN_CODES = ("250002", "UJ0001")
"""UPS's codes for a token that it does not accept."""

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
"""Only these are repeated after an outage (RFC 9110, section 9.2.1): never a POST."""

OUTAGES = (429, 502, 503, 504)

MAX_ANSWER = 16 * 1024 * 1024
"""Bytes, also unpacked. The labels of a shipment with many packages are some megabytes."""

PAUSES = (0.5, 2)
"""Seconds before the second and the third try."""

LONGEST_PAUSE = 10
"""Seconds. When UPS asks for more, the caller gets the answer and decides."""


class UpsSession(BoundedSession):
    """Calls UPS's API for one company.

    Paths are joined to UPS's base URL; another host is refused, so that the token cannot leave.
    Every request gets a ``transId`` of its own and the ``transactionSrc``. Time-outs, verified TLS
    and connection reuse are those of ``connections``; redirects are never followed.

    :param base_url: see ``base_url_for``.
    :param get_token: returns a live access token; called as ``get_token(refused=token)`` after a
        401 of UPS's. None, or the refused one again, says that no other will come: it is seconds
        old, and ``250002`` also means that the application lacks the API product. The 401 is the
        answer then.
    :param transaction_src: names the calling application to UPS, at most 512 characters.
    """

    def __init__(
        self, base_url: str, get_token: Callable[..., str | None], transaction_src: str = "odoo"
    ) -> None:
        super().__init__()
        self.base_url = checked_base_url(base_url)
        self.headers["transactionSrc"] = transaction_src[:512]
        self._get_token = get_token
        self._refused_when_fresh = None  # its hash
        self._remember, self._redact = _memory()
        for scheme in tuple(self.adapters):
            self.mount(scheme, _WholeAnswers())

    def redact(self, text: str) -> str:
        """Make a text of UPS's fit to log and show: without the session's tokens."""
        return self._redact(text)

    def request(self, method, url, *args, **kwargs):
        """Send a request; as of ``requests.Session``, with ``url`` as path below the base URL.

        :raise FixSettings: when the URL leads to another host.
        """
        if url.startswith("//") or "://" in url.partition("?")[0]:
            self._check_host(url)
        else:
            url = f"{self.base_url}/{url.lstrip('/')}"
        return super().request(method, url, *args, **kwargs)

    def send(self, request, **kwargs):
        """Send, once more after an outage if that is safe, and once more with a fresh token.

        :raise UpsNeverLeft: no byte of the request was sent.
        :raise UpsAnswerLost: it was sent, and no whole answer came.
        """
        self._check_host(request.url)
        try:
            return self._send_with_tokens(request, kwargs)
        except (UpsNeverLeft, UpsAnswerLost) as error:
            lost = error.with_traceback(None)  # whose frames have tokens among their variables
        raise lost

    def _send_with_tokens(self, request, kwargs):
        token = self._get_token()
        response = self._send_through_outages(request, token, kwargs)
        # A token that was refused when it was fresh is not refreshed again and again.
        is_known = hash(token) == self._refused_when_fresh
        if _is_bad_token(response) and _can_repeat(request) and not is_known:
            fresh = self._get_token(refused=token)
            if fresh in (None, token):
                return response
            response.close()
            response = self._send_through_outages(request, fresh, kwargs)
            if _is_bad_token(response):
                self._refused_when_fresh = hash(fresh)
        return response

    def _check_host(self, url):
        if _origin(url) != _origin(self.base_url):
            raise FixSettings("This session talks to UPS only.", operation="api")

    def _send_through_outages(self, request, token, kwargs):
        for pause in PAUSES if request.method in SAFE_METHODS else ():
            try:
                response = self._send_once(request, token, kwargs)
            except (UpsNeverLeft, UpsAnswerLost):
                time.sleep(pause)
                continue
            if response.status_code not in OUTAGES:
                return response
            asked = seconds_to_wait(response.headers.get("Retry-After", ""))
            if asked is not None and asked > LONGEST_PAUSE:
                return response
            response.close()
            time.sleep(max(pause, asked or 0))
        return self._send_once(request, token, kwargs)

    def _send_once(self, request, token, kwargs):
        self._remember(token)
        request.headers["Authorization"] = f"Bearer {token}"
        request.headers["transId"] = uuid.uuid4().hex  # 32 characters, and never used twice
        connections.this_call.begin()
        try:
            with connections.bounds(max_answer=MAX_ANSWER):
                response = super().send(request, **kwargs)
            response.ups_redact = self.redact
            return response
        except (
            OSError,
            urllib3.exceptions.HTTPError,
            http.client.HTTPException,
            ValueError,
            MemoryError,
        ) as error:
            # OSError: those of requests are. ValueError: http.client's for malformed answers, and
            # read_whole's.
            reason = type(error).__name__
            timed_out = isinstance(error, TIMEOUTS)
        finally:
            request.headers.pop("Authorization", None)  # an answer or error carries its request
        # Out here without a context, which would hold the header.
        if not connections.this_call.sent:
            raise UpsNeverLeft(f"Nothing was sent to UPS: {reason}", request=request)
        lost = UpsAnswerLost(f"No whole answer from UPS: {reason}", request=request)
        lost.timed_out = timed_out
        raise lost

    def rebuild_auth(self, prepared_request, response):
        """Do nothing: no redirect is followed, and no ``.netrc`` is asked."""


class _WholeAnswers(UpsAdapter):
    """Reads what UPS answers within bounds, before anybody's hook does."""

    def send(self, request, **kwargs):
        response = super().send(request, **kwargs | {"stream": True})
        response._content = read_whole(response, MAX_ANSWER)
        response._content_consumed = True
        return response


def _memory() -> tuple[Callable, Callable]:
    """Return what remembers the last tokens, and what makes a text fit to show without them.

    No attribute leads to them: a template that is given a session reads attributes.
    """
    tokens: dict[str, None] = {}
    redact_known = redactor(())

    def remember(token: str) -> None:
        nonlocal redact_known
        if token in tokens:
            return
        tokens[token] = None
        while len(tokens) > 8:
            tokens.pop(next(iter(tokens)), None)
        redact_known = redactor(tuple(tokens))

    def redact(text: str) -> str:
        return redact_known(text)

    return remember, redact


def ups_error_in(response: requests.Response) -> UpsApiError | None:
    """Return what UPS complains about in an answer of an UpsSession's, whatever its status.

    :return: an error to read or raise, fit to log: all errors of UPS's envelope in one, without the
        token. None when there is none of UPS's own (a gateway's page, say), good answer or not.
    """
    redact = getattr(response, "ups_redact", None) or redactor(())
    answer = Answer(response.status_code, response.headers, response.content)
    complaint = complaint_in(answer, redact)
    return complaint and UpsApiError(
        f"UPS's answer: HTTP {response.status_code}, {complaint.in_words()}",
        operation="api",
        http_status=response.status_code,
        ups_code=complaint.code,
        ups_message=complaint.message,
    )


def _origin(url: str) -> tuple | None:
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname, parts.port
    except ValueError:  # for example a port that is none
        return None


def _can_repeat(request: requests.PreparedRequest) -> bool:
    """Whether the body is still there; that of a stream has been read."""
    return request.body is None or isinstance(request.body, (bytes, str))


def _is_bad_token(response: requests.Response) -> bool:
    if response.status_code != 401:
        return False
    error = ups_error_in(response)
    return bool(error and error.code in BAD_TOKEN_CODES)
