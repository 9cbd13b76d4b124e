"""How do bytes get to UPS and back, with no secret leaked, nothing hanging, nothing sent twice?

Time-outs, limits and TLS are set below ``requests.Session``: whatever is sent through an
:class:`UpsAdapter` has them, and no argument, environment variable or careless ``verify=False``
takes them away. Works with the requests and urllib3 that Odoo 19 pins (2.25 and 1.26 on Python
3.10, 2.31 and 1.26 or 2.0 later) and with today's.
"""

from __future__ import annotations

import functools
import http.client
import io
import os
import threading
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.cookies import RequestsCookieJar

from .errors import TryLater

CONNECT_TIMEOUT = 5  # seconds, for each address of UPS's host; it covers TLS too
READ_TIMEOUT = 30  # seconds between two bytes of the answer
ANSWER_DEADLINE = 45  # seconds from the request to the end of the answer, however steadily it drips
REUSE_WITHIN = 4  # seconds of idleness; the common servers close idle connections after 5 or more
# bytes, headers included, on the wire as well as unpacked; UPS's answers have about 4,000
MAX_ANSWER = 1024 * 1024
_CHUNK = 64 * 1024
_USER_AGENT = "ups_pickup_oauth (Odoo addon)"

# .sent: whether anything of the request has left; one call at a time in a thread
_this_call = threading.local()


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
    _this_call.sent = False
    try:
        response = _session().request(method, url, data=form, auth=auth, stream=True)
        return _received(response)
    except (OSError, urllib3.exceptions.HTTPError, ValueError) as error:
        # OSError: those of requests are. ValueError: http.client's for some malformed answers.
        reason = type(error).__name__
    # Raised out here, so that the exception has no context: those of requests hold the request,
    # secrets and all.
    raise TryLater(
        f"No usable answer from UPS to {operation}: {reason}",
        operation=operation,
        answer_lost=_this_call.sent and method != "GET",  # a GET carries nothing out
    )


def anonymous(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Put no Authorization header on."""
    return request


# === READING === #


class _UnusableError(ValueError):
    """The answer is too large, or packed in a way that cannot be undone."""


def _received(response: requests.Response) -> Answer:
    # Read as it comes: urllib3 would unpack without a limit. Where it cannot read, it hangs up.
    packed = b"".join(response.raw.stream(_CHUNK, decode_content=False))
    body = _unpacked(packed, response.headers.get("Content-Encoding", ""))
    return Answer(response.status_code, response.headers, body)


def _unpacked(packed: bytes, encoding: str) -> bytes:
    # "identity" was asked for. A gateway may pack nevertheless, and a refresh token is too precious
    # to be fussy.
    if not packed or encoding.lower() in ("", "identity"):
        return packed
    unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)  # 32: gzip or zlib, by its header
    try:
        body = unpacker.decompress(packed, MAX_ANSWER)
    except zlib.error:
        raise _UnusableError from None
    if not unpacker.eof:  # truncated, or larger than that
        raise _UnusableError
    return body


class _BoundedReader(io.RawIOBase):
    """The receiving end of a socket for one answer, which ends in an error when too much comes or
    too slowly.

    This far down it bounds all that urllib3 and http.client read without one limit or the other:
    headers, interim answers, the sizes of chunks, and a body that drips a byte within each read
    time-out.
    """

    def __init__(self, raw: io.RawIOBase, sock) -> None:
        self._raw = raw
        self._sock = sock
        self._read_timeout = sock.gettimeout()
        self._deadline = time.monotonic() + ANSWER_DEADLINE
        self._left = MAX_ANSWER

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        seconds_left = self._deadline - time.monotonic()
        if seconds_left <= 0:
            raise TimeoutError("the answer takes too long")
        self._sock.settimeout(min(seconds_left, self._read_timeout or seconds_left))
        try:
            count = self._raw.readinto(buffer)
        finally:
            self._sock.settimeout(self._read_timeout)  # the next request may reuse the socket
        self._left -= count
        if self._left < 0:
            raise OSError("the answer is too large")
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


# === CONNECTIONS === #


class _Response(http.client.HTTPResponse):
    def __init__(self, sock, *args, **kwargs) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp = io.BufferedReader(_BoundedReader(self.fp.detach(), sock))


class _Connection:
    """Mixed into urllib3's connections: bounded answers, and knowing whether a request has begun to
    leave."""

    response_class = _Response
    idle_since = None  # time.monotonic(), None before the first use

    def endheaders(self, *args, **kwargs) -> None:
        # http.client would connect within the same call: too late to tell the two apart
        if self.sock is None:
            self.connect()
        _this_call.sent = True
        super().endheaders(*args, **kwargs)


class _Pool:
    """Mixed into urllib3's pools: a connection that has been idle for long is not trusted.

    urllib3 notices a connection that UPS has closed, and replaces it. It cannot notice one that is
    being closed just now, or that a firewall has forgotten: the request would be lost on it, and a
    POST must not be sent again.
    """

    def _get_conn(self, timeout=None):
        connection = super()._get_conn(timeout)
        idle_since = connection.idle_since
        if idle_since is not None and time.monotonic() - idle_since > REUSE_WITHIN:
            connection.close()  # it connects anew on its own
        return connection

    def _put_conn(self, connection) -> None:
        if connection is not None:
            connection.idle_since = time.monotonic()
        super()._put_conn(connection)


@functools.cache
def _bounded(pool_class: type) -> type:
    """Return the pool class with the mixins; generic, because a SOCKS proxy has classes of its
    own."""
    if issubclass(pool_class, _Pool):
        return pool_class
    connection_class = type("UpsConnection", (_Connection, pool_class.ConnectionCls), {})
    return type("UpsPool", (_Pool, pool_class), {"ConnectionCls": connection_class})


def _bound(manager):
    classes = manager.pool_classes_by_scheme
    manager.pool_classes_by_scheme = {scheme: _bounded(classes[scheme]) for scheme in classes}
    return manager


class UpsAdapter(HTTPAdapter):
    """An adapter with verified TLS, time-outs, a deadline and a size limit that cannot be left
    out."""

    def __init__(self) -> None:
        # Zero retries: only the caller knows whether a code or a refresh token may be sent once
        # more. 32 connections are kept, more are opened and closed as needed.
        super().__init__(pool_maxsize=32, max_retries=0)

    def init_poolmanager(self, *args, **kwargs) -> None:
        super().init_poolmanager(*args, **kwargs)
        _bound(self.poolmanager)

    def proxy_manager_for(self, *args, **kwargs):
        return _bound(super().proxy_manager_for(*args, **kwargs))

    def send(self, request, stream=False, timeout=None, verify=True, cert=None, proxies=None):
        # Set here and not in Session.request: Odoo's test suite wraps Session.send and compares
        # `timeout` with a number (odoo/tests/common.py, BaseCase._request_handler).
        timeout = CONNECT_TIMEOUT, READ_TIMEOUT
        # a CA bundle of one's own, but never False
        verify = verify if isinstance(verify, str) else True
        if request.url.startswith("http:"):
            # loopback only (see hosts): through a proxy, secrets would leave the machine in clear
            proxies = None
        return super().send(request, stream, timeout, verify, cert, proxies)


class _Session(requests.Session):
    def get_redirect_target(self, resp) -> None:
        """Return None: no redirect is ever followed, nor its body read ahead without a limit."""


def new_session() -> requests.Session:
    """Return a session that holds no state between calls but its connections: no cookie, no
    credentials."""
    session = _Session()
    # Companies share it, and must never share a login at UPS.
    session.cookies = RequestsCookieJar(policy=DefaultCookiePolicy(allowed_domains=[]))
    for scheme in ("https://", "http://"):
        session.mount(scheme, UpsAdapter())
    session.headers.update(
        {"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": _USER_AGENT}
    )
    return session


_shared: dict[str, requests.Session] = {}  # empty, or this process's session
if hasattr(os, "register_at_fork"):  # Windows has no fork
    # Odoo forks its workers: two processes on one TLS connection would read each other's tokens.
    os.register_at_fork(after_in_child=_shared.clear)


def _session() -> requests.Session:
    # Made at the first call. Should two threads make one at once, setdefault (atomic) keeps the
    # first; the other has no connection yet.
    return _shared.get("session") or _shared.setdefault("session", new_session())
