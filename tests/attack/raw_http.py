"""Requests as an attacker sends them: byte by byte, on sockets of their own."""

import contextlib
import http.client
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

# Only against a test that hangs for ever.
PATIENCE = 120


@dataclass(frozen=True)
class Answer:
    """What came back; `status` is 0 for bytes that are no HTTP answer, or none at all."""

    status: int
    headers: http.client.HTTPMessage
    body: str

    @property
    def location(self) -> str:
        return self.headers.get("Location", "")

    @property
    def whole(self) -> str:
        return f"{self.headers.as_string()}{self.body}"


def get(url: str, target: str | bytes, cookie: str = "", headers: bytes = b"") -> Answer:
    """Send `GET <target>`, in Latin-1 if it is text, and read to the end.

    :param url: of Odoo, which decides where to connect to and the Host header.
    :param cookie: the session to be signed in with.
    :param headers: whole lines; a Host that comes first replaces the true one.
    """
    target = target.encode("latin-1") if isinstance(target, str) else target
    host = urlsplit(url).netloc.encode()
    lines = b"" if headers.startswith(b"Host:") else b"Host: %s\r\n" % host
    lines += b"Cookie: session_id=%s\r\n" % cookie.encode() if cookie else b""
    return send(url, b"GET %s HTTP/1.1\r\n%s%s\r\n" % (target, lines, headers))


def send(url: str, request: bytes) -> Answer:
    address = urlsplit(url)
    with _connection(address.hostname, address.port) as connection:
        try:
            connection.sendall(request)
            return _read(connection)
        except (ConnectionError, http.client.HTTPException):
            # It answered and closed before it had read all, or answered as HTTP/0.9.
            return Answer(0, http.client.HTTPMessage(), "")


def _connection(host: str, port: int) -> socket.socket:
    """Where the server's queue is full, the kernel would knock at ever longer intervals."""
    for _try in range(4 * PATIENCE):
        with contextlib.suppress(TimeoutError):
            connection = socket.create_connection((host, port), timeout=0.25)
            connection.settimeout(PATIENCE)
            return connection
    raise TimeoutError(f"{host}:{port} takes no connection")


def _read(connection: socket.socket) -> Answer:
    with http.client.HTTPResponse(connection) as response:
        response.begin()
        return Answer(response.status, response.headers, response.read().decode(errors="replace"))
