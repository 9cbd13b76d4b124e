"""What can a connection to UPS never do? Hang, flood, follow, repeat, or trust a wrong certificate.

All that is set below ``requests.Session``: whatever is sent through an :class:`UpsAdapter` has it,
and no argument, environment variable or careless ``verify=False`` takes it away. It works with the
requests and urllib3 that Odoo 19 pins (2.25 and 1.26 on Python 3.10, 2.31 and 1.26 or 2.0 later),
and with today's.
"""

from __future__ import annotations

import functools
import http.client
import io
import os
import threading
import time
from http.cookiejar import DefaultCookiePolicy

import requests
from requests.adapters import HTTPAdapter
from requests.cookies import RequestsCookieJar

CONNECT_TIMEOUT = 5  # seconds, for each address of UPS's host; it covers TLS too
READ_TIMEOUT = 30  # seconds between two bytes of the answer
ANSWER_DEADLINE = 45  # seconds from the request to the end of the answer, however steadily it drips
REUSE_WITHIN = 4  # seconds of idleness; the common servers close idle connections after 5 or more
MAX_ANSWER = 1024 * 1024  # bytes on the wire, headers included; UPS's answers have about 4,000
_USER_AGENT = "ups_pickup_oauth (Odoo addon)"

# .sent: whether anything of the request has left. A thread makes one call at a time.
this_call = threading.local()


# === READING === #


class _BoundedReader(io.RawIOBase):
    """The receiving end of a socket: an error when too much of an answer comes, or too slowly.

    This far down it bounds all that urllib3 and http.client read without one limit or the other:
    headers, interim answers, the sizes of chunks, and a body that drips a byte within each read
    time-out.
    """

    def __init__(self, raw: io.RawIOBase, sock) -> None:
        self._raw = raw
        self._sock = sock
        self._read_timeout = sock.gettimeout()
        self._deadline = time.monotonic() + ANSWER_DEADLINE
        self._left = getattr(this_call, "max_answer", MAX_ANSWER)

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
    """Mixed into urllib3's connections: answers are bounded, and what was sent is known."""

    response_class = _Response
    idle_since = None  # time.monotonic(), None before the first use

    def endheaders(self, *args, **kwargs) -> None:
        if self.sock is None:
            self.connect()  # http.client would do it below, and nobody could tell what failed
        this_call.sent = True
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
    """Return the pool class with the mixins. A SOCKS proxy has pool classes of its own."""
    if issubclass(pool_class, _Pool):
        return pool_class
    connection_class = type("UpsConnection", (_Connection, pool_class.ConnectionCls), {})
    return type("UpsPool", (_Pool, pool_class), {"ConnectionCls": connection_class})


def _bound(manager):
    classes = manager.pool_classes_by_scheme
    manager.pool_classes_by_scheme = {scheme: _bounded(classes[scheme]) for scheme in classes}
    return manager


class UpsAdapter(HTTPAdapter):
    """An adapter with verified TLS, time-outs and limits that cannot be left out."""

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
        verify = verify if isinstance(verify, str) else True  # one's own CA bundle, never False
        if request.url.startswith("http:"):
            proxies = None  # loopback (see hosts): a proxy would carry secrets off in clear
        return super().send(request, stream, timeout, verify, cert, proxies)


class BoundedSession(requests.Session):
    """Keeps nothing between calls but its connections, and follows no redirect."""

    def __init__(self) -> None:
        super().__init__()
        # Companies share it, and must never share a login at UPS.
        self.cookies = RequestsCookieJar(policy=DefaultCookiePolicy(allowed_domains=[]))
        for scheme in ("https://", "http://"):
            self.mount(scheme, UpsAdapter())
        self.headers.update(
            {"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": _USER_AGENT}
        )

    def get_redirect_target(self, resp) -> None:
        """Return None: no redirect is ever followed, nor its body read ahead without a limit."""


_shared: dict[str, requests.Session] = {}  # empty, or this process's session
if hasattr(os, "register_at_fork"):  # Windows has no fork
    # Odoo forks its workers: two processes on one TLS connection would read each other's tokens.
    os.register_at_fork(after_in_child=_shared.clear)


def shared_session() -> requests.Session:
    """Return this process's session, whose connections all clients use again."""
    # Made at the first call. Should two threads make one at once, setdefault (atomic) keeps the
    # first; the other has no connection yet.
    return _shared.get("session") or _shared.setdefault("session", BoundedSession())
