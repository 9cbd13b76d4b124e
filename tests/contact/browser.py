"""How does one person's browser bring several codes back, with one sign-in?

It is opened on a page of ours, which sends it to UPS; each callback leads back to that page, which
waits for the next errand. So the process list shows our own address only, with no state in it.
"""

from __future__ import annotations

import hmac
import queue
import threading
from collections.abc import Callable
from urllib.parse import urlsplit

from ups_client import AskPersonAgain, AuthorizationRequest
from ups_client.authorization_response import AuthorizationResponse
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from tests.contact.settings import Settings

_HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
PATIENCE = 600  # seconds; UPS may send the person a code by mail


class Browser:
    """Listens on loopback for the person who comes back, inside a `with`.

    :param open_page: shows the person our address.
    """

    def __init__(self, asked: Settings, open_page: Callable[[str], object]):
        self._server = make_server(
            "localhost", asked.port, Request.application(self._answer),
            threaded=True, request_handler=_Silent,
        )  # fmt: skip
        self._open, self._callback = open_page, urlsplit(asked.redirect_uri).path
        self.address = f"http://localhost:{self._server.port}/"
        self._errand: AuthorizationRequest | None = None
        self._came: queue.Queue[AuthorizationResponse] = queue.Queue()
        self._changed = threading.Condition()
        self._is_open = self._is_over = False
        self._said_goodbye = threading.Event()

    def __enter__(self) -> Browser:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_exc) -> None:
        self._server.shutdown()
        self._server.server_close()

    def fetch(self, errand: AuthorizationRequest, patience: float = PATIENCE) -> str:
        """Return the code that the person brings back.

        :raise AskPersonAgain: UPS says no, or nobody comes.
        """
        self._change(errand)
        if not self._is_open:
            self._open(self.address)
        try:
            came = self._came.get(timeout=patience)
        except queue.Empty:
            self._errand, self._is_open = None, False
            raise AskPersonAgain("Nobody came back from UPS's page.") from None
        self._is_open = True
        if came.error or not came.code:
            raise AskPersonAgain("UPS sent no code.", ups_message=came.error or None)
        return came.code

    def let_go(self) -> None:
        """Tell the person that the browser is no longer needed."""
        self._change(None, is_over=True)
        if self._is_open:
            self._said_goodbye.wait(10)

    def _change(self, errand: AuthorizationRequest | None, is_over: bool = False) -> None:
        with self._changed:
            self._errand, self._is_over = errand, is_over
            self._changed.notify_all()

    def _answer(self, request: Request) -> Response:
        if request.path == "/":
            return self._onward()
        errand = self._errand
        if not errand or request.path != self._callback:
            return Response("There is nothing here.", 404)
        came = AuthorizationResponse.from_query(dict(request.args.lists()))
        if came.is_malformed or not hmac.compare_digest(came.state, errand.state):
            return Response("This answer belongs to no question of this run.", 400)
        self._errand = None
        self._came.put(came)
        return _redirect(self.address)

    def _onward(self) -> Response:
        with self._changed:
            self._changed.wait_for(lambda: self._errand or self._is_over)
            if self._errand:
                return _redirect(self._errand.url)
        goodbye = Response("Signed in. The terminal tells the rest.", 200, _HEADERS)
        goodbye.call_on_close(self._said_goodbye.set)
        return goodbye


class _Silent(WSGIRequestHandler):
    """Its log would hold codes."""

    def log(self, *_args) -> None:
        """Say nothing."""


def _redirect(url: str) -> Response:
    return Response("", 303, {**_HEADERS, "Location": url})
