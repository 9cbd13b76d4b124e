"""What can a connection to UPS never do? Hang, flood, follow, repeat, or trust a wrong certificate.

All that is set below ``requests.Session``: whatever is sent through an :class:`UpsAdapter` has it,
and no argument, environment variable or careless ``verify=False`` takes it away. It works with the
requests and urllib3 that Odoo 19 pins (2.25 and 1.26 on Python 3.10, 2.31 and 1.26 or 2.0 later),
and with today's.
"""

from __future__ import annotations

import contextlib
import functools
import http.client
import io
import os
import socket
import threading
import time
from http.cookiejar import DefaultCookiePolicy

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.cookies import RequestsCookieJar

CONNECT_TIMEOUT = 5  # seconds, for all addresses of UPS's host together, TLS included
READ_TIMEOUT = 30  # seconds between two bytes of the answer
ANSWER_DEADLINE = 45  # seconds from the request to the end of the answer, however steadily it drips
LONGEST_CALL = CONNECT_TIMEOUT + ANSWER_DEADLINE
"""Seconds that one call lasts at the most, after the name of UPS's host was resolved: how long that
takes is the operating system's affair (resolv.conf), and no time-out of Python's reaches it."""
REUSE_WITHIN = 4  # seconds of idleness; the common servers close idle connections after 5 or more
MAX_ANSWER = 1024 * 1024  # bytes on the wire, headers included; UPS's answers have about 4,000
_USER_AGENT = "ups_pickup_oauth (Odoo addon)"


class _ThisCall(threading.local):
    """What is known of the thread's call, and what it may take. A thread makes one at a time."""

    sent = False
    """Whether anything of the request has left."""
    ends_at = float("inf")
    """``time.monotonic()``."""
    longest = None
    """Seconds; None for LONGEST_CALL."""
    max_answer = None
    """Bytes; None for MAX_ANSWER."""

    def begin(self) -> None:
        self.sent = False
        self.ends_at = time.monotonic() + (LONGEST_CALL if self.longest is None else self.longest)

    def seconds_left(self, at_most: float) -> float:
        """:raise TimeoutError: when there are none."""
        seconds = min(at_most, self.ends_at - time.monotonic())
        if seconds <= 0:
            raise TimeoutError("the call takes too long")
        return seconds


this_call = _ThisCall()


@contextlib.contextmanager
def bounds(longest: float | None = None, max_answer: int | None = None):
    """Give the calls made within other bounds.

    :param longest: seconds for all of one call.
    :param max_answer: bytes of one answer.
    """
    this_call.longest, this_call.max_answer = longest, max_answer
    try:
        yield
    finally:
        this_call.longest = this_call.max_answer = None


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
        self._deadline = min(time.monotonic() + ANSWER_DEADLINE, this_call.ends_at)
        self._left = MAX_ANSWER if this_call.max_answer is None else this_call.max_answer

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
        this_call.seconds_left(READ_TIMEOUT)  # with none left, nothing is sent
        this_call.sent = True
        super().endheaders(*args, **kwargs)

    def _new_conn(self):
        """Connect to the first address that answers, all within one time-out. urllib3 would give
        each the whole."""
        if hasattr(self, "_socks_options"):  # the proxy resolves the name
            return super()._new_conn()
        host, timeout = self._dns_host, self.timeout
        ends_at = time.monotonic() + this_call.seconds_left(timeout or CONNECT_TIMEOUT)
        addresses = _addresses(self, host)
        try:
            for address in addresses:
                self._dns_host, self.timeout = address, max(ends_at - time.monotonic(), 0.001)
                try:
                    sock = super()._new_conn()
                except urllib3.exceptions.HTTPError:
                    if address == addresses[-1] or time.monotonic() >= ends_at:
                        raise
                else:
                    sock.settimeout(max(ends_at - time.monotonic(), 0.001))  # what is left, for TLS
                    return sock
        finally:
            self._dns_host, self.timeout = host, timeout


def _addresses(connection, host: str) -> list[str]:
    family = urllib3.util.connection.allowed_gai_family()
    try:
        found = socket.getaddrinfo(host.strip("[]"), connection.port, family, socket.SOCK_STREAM)
    except OSError as error:
        raise urllib3.exceptions.NewConnectionError(connection, str(error)) from error
    return list(dict.fromkeys(entry[4][0] for entry in found))


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
        this_call.begin()
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
