"""Requests, answers and the sockets under them, for the simulator.

Not werkzeug's own server: that one closes the connection after each answer, so nobody could see
whether a client keeps its connections, nor cut an answer in the middle.
"""

from __future__ import annotations

import contextlib
import ipaddress
import json
import socket
import socketserver
import sys
import threading
import traceback
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field, is_dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, unquote, urlsplit

from werkzeug.datastructures import Headers, MultiDict


@dataclass
class Call:
    """A request that has been read completely."""

    method: str
    path: str
    query_string: str
    headers: Headers
    body: bytes
    port: int = 0
    client_gone: Callable[[], bool] = lambda: False

    @property
    def mimetype(self) -> str:
        return self.headers.get("Content-Type", "").partition(";")[0].strip().lower()

    @property
    def query(self) -> MultiDict:
        """:raise Refused: when it is malformed."""
        return _pairs(self.query_string)

    @property
    def form(self) -> MultiDict:
        """:raise Refused: when it is malformed."""
        is_form = self.mimetype == "application/x-www-form-urlencoded"
        return _pairs(self.body.decode("latin-1")) if is_form else MultiDict()

    @property
    def json(self) -> object:
        """None where none was sent. :raise Refused: when it is malformed."""
        if self.mimetype != "application/json":
            return None
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            raise bad_request("Malformed JSON") from None


@dataclass
class RecordedRequest:
    """One request as UPS saw it."""

    method: str
    path: str
    route: str  # its name in the simulator's table
    query: MultiDict
    form: MultiDict
    headers: Headers
    status: int | None  # None while it is being answered, and after a drop
    at: float  # seconds since 1970, by this machine's clock
    port: int  # the client's end of the connection: tells which process it was
    done: int | None = None  # the status that UPS's work ended with; None where it was not done
    fault: str | None = None  # the kind of the fault that befell it
    json: object = None  # the body, where that is JSON

    def to_json(self) -> dict:
        """Query and form as {name: [values]}, headers as pairs: all may repeat a name."""
        lists = {name: dict(getattr(self, name).lists()) for name in ("query", "form")}
        return {**vars(self), **lists, "headers": list(self.headers)}

    @classmethod
    def from_json(cls, request: dict) -> RecordedRequest:
        lists = {name: MultiDict(request[name]) for name in ("query", "form")}
        return cls(**{**request, **lists, "headers": Headers(request["headers"])})


@dataclass
class Answer:
    """A response; `cut` sends half the body under the full Content-Length."""

    status: int
    body: bytes = b""
    headers: Headers | dict[str, str] = field(default_factory=Headers)
    cut: bool = False

    def __post_init__(self):
        self.headers = Headers(self.headers)


class Refused(Exception):
    """UPS says no, in its envelope."""

    def __init__(self, status: int, code: str, message: str):
        super().__init__(message)
        self.status, self.code, self.message = status, code, message

    def answer(self) -> Answer:
        errors = [{"code": self.code, "message": self.message}]
        return json_answer({"response": {"errors": errors}}, self.status)


def check(condition: object, sentence: str) -> None:
    """For whoever steers the simulator. :raise ValueError: with the sentence."""
    if not condition:
        raise ValueError(f"{sentence}.")


def bad_request(message: str) -> Refused:
    return Refused(400, "10400", message)


def json_answer(value, status: int = 200) -> Answer:
    body = json.dumps(value, default=_plain).encode()
    return Answer(status, body, {"Content-Type": "application/json"})


def _plain(value):
    """What a control returns, as JSON has it."""
    if isinstance(value, RecordedRequest):
        return value.to_json()
    if isinstance(value, set):
        return sorted(value)
    return asdict(value) if is_dataclass(value) else str(value)


def ask(work: Callable[..., Answer], call: Call, arguments: dict[str, str]) -> Answer:
    """What `work` answers, be it yes or no."""
    try:
        return work(call, **arguments)
    except Refused as refused:
        return refused.answer()


def parameters(values: MultiDict, required: set[str], optional: Iterable[str] = ()) -> dict:
    """Each parameter at most once (RFC 6749 section 3.1), none missing, none undocumented.

    The RFC lets a server ignore what it does not know. Here that would hide a client's mistake:
    `code_challenge_method`, for one, does not exist at UPS.
    """
    for name, all_values in values.lists():
        if name not in {*required, *optional}:
            raise bad_request(f"Undocumented parameter {name[:40]!a}")
        if len(all_values) > 1:
            raise bad_request(f"Parameter {name} is repeated")
    missing = sorted(name for name in required if not values.get(name))
    if missing:
        raise bad_request(f"Missing parameter {missing[0]}")
    return values.to_dict()


def _pairs(text: str) -> MultiDict:
    if not text:
        return MultiDict()
    try:
        pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=True, errors="strict")
    except ValueError:
        raise bad_request("Malformed parameters") from None
    return MultiDict(pairs)


def is_loopback(host: str) -> bool:
    """True for localhost, names below it (RFC 6761 section 6.3), 127.0.0.0/8 and ::1."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def host_name(header: str) -> str:
    """The name in a Host header, without port and brackets; empty when it makes no sense."""
    try:
        return urlsplit(f"//{header}").hostname or ""
    except ValueError:
        return ""


# === SOCKETS === #


class SimulatorServer(ThreadingHTTPServer):
    """A thread for each connection; it knows them all, so that its end is the end of all."""

    daemon_threads = True
    request_queue_size = 512  # hundreds may come at once
    handle: Callable[[Call], Answer | None]

    def __init__(self, host: str, port: int, handle, verbose: bool = False):
        """:raise OSError: when the port is taken."""
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.handle, self.verbose = handle, verbose
        self.open_connections: set[socket.socket] = set()
        self.lock = threading.Lock()
        self._has_ended = False
        super().__init__((host, port), _Handler)
        threading.Thread(target=self._accept, name="ups_simulator", daemon=True).start()

    def _accept(self) -> None:
        # Not serve_forever, which looks for its end now and then only: tests end many of these.
        while not self._has_ended:
            with contextlib.suppress(OSError):  # the client has gone, or `end` was called
                self.process_request(*self.get_request())

    def server_bind(self):
        # Not HTTPServer's, which asks the resolver for this machine's full name.
        socketserver.TCPServer.server_bind(self)

    def end(self) -> None:
        """Stop listening and close what is open, idle connections included."""
        self._has_ended = True
        _shut(self.socket)
        self.server_close()
        with self.lock:
            connections = list(self.open_connections)
        for connection in connections:
            _shut(connection)

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], OSError):  # a client that went away is no news
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # connections are kept
    server_version, sys_version = "UpsSimulator", ""
    disable_nagle_algorithm = True
    wbufsize = -1  # one packet an answer
    server: SimulatorServer

    def setup(self):
        super().setup()
        with self.server.lock:
            self.server.open_connections.add(self.connection)

    def finish(self):
        with self.server.lock:
            self.server.open_connections.discard(self.connection)
        super().finish()

    def _serve(self):
        try:
            answer = self.server.handle(self._read_call())
        except Exception:  # a fault of the simulator's own must not look like one of UPS's
            traceback.print_exc()
            answer = Answer(500, b"The simulator has failed; its standard error says how.\n")
        if answer is None:
            self.close_connection = True
            _shut(self.connection)
        else:
            self._write(answer)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _serve  # noqa: N815

    def _read_call(self) -> Call:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        path, _, query = self.path.partition("?")
        headers = Headers(self.headers.items())
        port = self.client_address[1]
        return Call(self.command, unquote(path), query, headers, body, port, self._client_gone)

    def _client_gone(self) -> bool:
        try:
            return not self.connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        except BlockingIOError:
            return False
        except OSError:
            return True

    def _write(self, answer: Answer) -> None:
        body = answer.body[: len(answer.body) // 2] if answer.cut else answer.body
        self.close_connection = self.close_connection or answer.cut
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_request(self, code="-", size="-"):
        if self.server.verbose:  # the path alone: a query carries codes, a page's address a sign-in
            path = "/login/..." if self.path.startswith("/login") else self.path.partition("?")[0]
            print(f"{self.command} {path!a} {int(code)}", file=sys.stderr, flush=True)

    def log_error(self, *_args):
        """Clients that send nonsense or go away are what this program is for."""


def _shut(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):  # it may have gone away by itself
        connection.shutdown(socket.SHUT_RDWR)
