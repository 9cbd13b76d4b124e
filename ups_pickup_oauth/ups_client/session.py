"""A ``requests.Session`` for UPS's API: the address, the token, the headers, and when to repeat."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from urllib.parse import urlsplit

import requests

from .complaints import complaint_in
from .connections import BoundedSession, this_call
from .errors import FixSettings
from .hosts import checked_base_url
from .transport import Answer
from .verdict import seconds_to_wait

BAD_TOKEN_CODES = ("250002", "UJ0001")
"""UPS's codes for a token that it does not accept."""

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
"""Only these are repeated after an outage (RFC 9110, section 9.2.1): never a POST."""

OUTAGES = (429, 502, 503, 504)

MAX_ANSWER = 16 * 1024 * 1024
"""Bytes. The labels of a shipment with many packages are some megabytes."""

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
    :param get_token: returns a live access token; called with the refused one after UPS's 401.
    :param transaction_src: names the calling application to UPS, at most 512 characters.
    """

    def __init__(
        self, base_url: str, get_token: Callable[..., str], transaction_src: str = "odoo"
    ) -> None:
        super().__init__()
        self.base_url = checked_base_url(base_url)
        self.headers["transactionSrc"] = transaction_src[:512]
        self._get_token = get_token
        self._refused_when_fresh = None

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
        """Send, once more after an outage if that is safe, and once more with a fresh token."""
        self._check_host(request.url)
        token = self._get_token()
        response = self._send_through_outages(request, token, kwargs)
        # 250002 also means that the application lacks the API product: a token that was refused
        # when it was fresh is not refreshed again and again.
        if _is_bad_token(response) and _can_repeat(request) and token != self._refused_when_fresh:
            response.close()
            fresh = self._get_token(refused=token)
            response = self._send_through_outages(request, fresh, kwargs)
            if _is_bad_token(response):
                self._refused_when_fresh = fresh
        return response

    def _check_host(self, url):
        if _origin(url) != _origin(self.base_url):
            raise FixSettings("This session talks to UPS only.", operation="api")

    def _send_through_outages(self, request, token, kwargs):
        for pause in PAUSES if request.method in SAFE_METHODS else ():
            try:
                response = self._send_once(request, token, kwargs)
            except (requests.ConnectionError, requests.Timeout):
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
        request.headers["Authorization"] = f"Bearer {token}"
        request.headers["transId"] = uuid.uuid4().hex  # 32 characters, and never used twice
        this_call.max_answer = MAX_ANSWER
        try:
            return super().send(request, **kwargs)
        finally:
            del this_call.max_answer
            request.headers.pop("Authorization", None)  # an answer or error carries its request

    def rebuild_auth(self, prepared_request, response):
        """Do nothing: no redirect is followed, and no ``.netrc`` is asked."""


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
    answer = Answer(response.status_code, response.headers, response.content)
    complaint = complaint_in(answer, str)
    return bool(complaint and complaint.code in BAD_TOKEN_CODES)
