"""How does one person's browser bring several codes back, with one sign-in?

It is opened on a page of ours, which sends it to UPS; from each callback it goes on to UPS with the
next errand. Only our own address stands in the process list, where the browser's command shows.
"""

from __future__ import annotations

import contextlib
import hmac
import queue
from collections.abc import Callable

from ups_client import AskPersonAgain, AuthorizationRequest
from ups_client.authorization_response import AuthorizationResponse
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

_HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
PATIENCE = 600  # seconds; UPS may send the person a code by mail


class Browser:
    """Listens on loopback for the person who comes back.

    :param open_page: shows the person our address.
    """

    def __init__(self, port: int, open_page: Callable[[str], object], callback: str):
        self._server = make_server(
            "localhost", port, Request.application(self._answer),
            threaded=True, request_handler=_Silent,
        )  # fmt: skip
        self._open, self._callback = open_page, callback
        self.address = f"http://localhost:{self._server.port}/"
        self._errand: AuthorizationRequest | None = None
        self._is_waiting = False  # whether a browser stands at our callback
        self._came: queue.Queue[AuthorizationResponse] = queue.Queue()
        self._onward: queue.Queue[str] = queue.Queue()
        self._said_goodbye: queue.Queue[bool] = queue.Queue()

    def serve(self) -> None:
        """For a thread of its own."""
        self._server.serve_forever(poll_interval=0.05)

    def fetch(self, errand: AuthorizationRequest, patience: float = PATIENCE) -> str:
        """Return the code that the person brings back.

        :raise AskPersonAgain: UPS says no, or nobody comes.
        """
        self._errand = errand
        if self._is_waiting:
            self._onward.put(errand.url)
        else:
            self._open(self.address)
        try:
            came = self._came.get(timeout=patience)
        except queue.Empty:
            self._errand, self._is_waiting = None, False
            raise AskPersonAgain("Nobody came back from UPS's page.") from None
        if came.error or not came.code:
            raise AskPersonAgain("UPS sent no code.", ups_message=came.error or None)
        return came.code

    def let_go(self) -> None:
        """Tell the person that the browser is no longer needed."""
        self._errand = None
        if self._is_waiting:
            self._onward.put("")
            with contextlib.suppress(queue.Empty):
                self._said_goodbye.get(timeout=10)
            self._is_waiting = False

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, request: Request) -> Response:
        errand = self._errand
        if errand and request.path == "/":
            return _redirect(errand.url)
        if not errand or request.path != self._callback:
            return Response("There is nothing here.", 404)
        came = AuthorizationResponse.from_query(dict(request.args.lists()))
        if came.is_malformed or not hmac.compare_digest(came.state, errand.state):
            return Response("This answer belongs to no question of this run.", 400)
        self._errand, self._is_waiting = None, True
        self._came.put(came)
        onward = self._onward.get()
        if onward:
            return _redirect(onward)
        goodbye = Response("Signed in. The terminal tells the rest.", 200, _HEADERS)
        goodbye.call_on_close(lambda: self._said_goodbye.put(True))
        return goodbye


class _Silent(WSGIRequestHandler):
    """Its log would hold codes."""

    def log(self, *_args) -> None:
        """Say nothing."""


def _redirect(url: str) -> Response:
    return Response("", 303, {**_HEADERS, "Location": url})
