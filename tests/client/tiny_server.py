"""A server that misbehaves below HTTP, where the simulator, which speaks HTTP, cannot."""

import json
import os
import socket
import ssl
import threading
from contextlib import suppress
from dataclasses import dataclass

TOKENS = {
    "status": "approved",
    "refresh_token_status": "approved",
    "token_type": "Bearer",
    "issued_at": "1706710138962",
    "access_token": "new-access-token",
    "refresh_token": "new-refresh-token",
    "expires_in": "14399",
    "refresh_token_expires_in": "5183999",
}


def answer(body=TOKENS, *, status="200 OK", **headers):
    """A well-formed HTTP answer that keeps the connection open."""
    if not isinstance(body, bytes):
        body = json.dumps(body).encode()
    lines = {"Content-Length": len(body), **{n.replace("_", "-"): v for n, v in headers.items()}}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body


def always(data=answer()):  # noqa: B008  the same bytes each time
    """A script: the same answer to every request."""

    def script(peer):
        for _request in peer.requests():
            peer.send(data)

    return script


@dataclass
class Request:
    line: str
    headers: dict  # names in lower case
    body: bytes


class Peer:
    """The server's end of one connection."""

    def __init__(self, server, sock):
        self._server, self._sock = server, sock
        self._file = sock.makefile("rb")

    def read_request(self):
        """The next request; None when the client hangs up."""
        line = self._file.readline().decode("ascii").strip()
        if not line:
            return None
        headers = {}
        while header := self._file.readline().decode("latin-1").strip():
            name, _, value = header.partition(":")
            headers[name.lower()] = value.strip()
        body = self._file.read(int(headers.get("content-length", 0)))
        request = Request(line, headers, body)
        self._server.requests.append(request)
        return request

    def requests(self):
        return iter(self.read_request, None)

    def send(self, data):
        self._sock.sendall(data)

    def send_for_ever(self, data):
        """Until the client has had enough: the sending fails then, which ends the script."""
        while True:
            self._sock.sendall(data)

    def say_nothing(self):
        """Until the test ends."""
        self._server.ended.wait()

    def start_tls(self, certificate):
        self._sock = _server_context(certificate).wrap_socket(self._sock, server_side=True)
        self._file = self._sock.makefile("rb")

    def send_below_tls(self, data):
        with socket.socket(fileno=os.dup(self._sock.fileno())) as plain:
            plain.sendall(data)

    def close(self):
        with suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)
        self._file.close()
        self._sock.close()

    def break_off(self):
        """Close with a TCP reset, below TLS and without its farewell."""
        off = b"\1\0\0\0\0\0\0\0"  # struct linger: on, 0 seconds
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, off)
        os.close(self._sock.detach())


class TinyServer:
    """:param script: called with the Peer of each connection, in a thread of its own."""

    def __init__(self, script, certificate=None):
        self.requests, self.connections = [], 0
        self.ended = threading.Event()
        self.hung_up = threading.Semaphore(0)  # released once for each connection that ended
        self._script = script
        self._context = certificate and _server_context(certificate)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.base_url = f"http{'s' if certificate else ''}://localhost:{self.port}"
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def _accept(self):
        with suppress(OSError):  # closed by stop
            while not self.ended.is_set():
                sock, _address = self._listener.accept()
                self.connections += 1
                thread = threading.Thread(target=self._serve, args=(sock,), daemon=True)
                self._threads.append(thread)
                thread.start()

    def _serve(self, sock):
        peer = None
        with suppress(OSError, ValueError):  # the client had enough: what many tests are about
            if self._context:
                sock = self._context.wrap_socket(sock, server_side=True)
            peer = Peer(self, sock)
            self._script(peer)
        with suppress(OSError, ValueError):
            (peer or sock).close()
        self.hung_up.release()

    def stop(self):
        self.ended.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


def _server_context(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    return context
