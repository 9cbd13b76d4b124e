"""One of the Odoo servers: what a person's browser asks of it, and which processes it is."""

import contextlib
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

import psutil
import requests

LOGIN = {"login": "admin", "password": "admin"}
LONGEST_ANSWER = 300  # seconds; nothing in Odoo takes longer, and a soak must end


class Broken(Exception):
    """No answer, or not one of Odoo's making: what became of the request is unknown."""


class Refused(Exception):
    """Odoo's own refusal, in words. `kind` is the exception's name."""

    def __init__(self, kind: str, sentence: str):
        super().__init__(sentence)
        self.kind = kind


class OdooHost:
    """A server of several processes, asked as the administrator's web client does."""

    def __init__(self, url: str, database: str, master_pid: int):
        self.url, self._database = url, database
        self._master = psutil.Process(master_pid)
        self._cookies: dict[str, str] = {}
        self._signing_in = threading.Lock()

    def call(self, model: str, method: str, *args):
        """:raise Refused: with Odoo's words. :raise Broken: when no word came."""
        with self._signing_in:
            if not self._cookies:
                self._sign_in()
        params = {"model": model, "method": method, "args": args, "kwargs": {}}
        return self._ask(f"/web/dataset/call_kw/{model}/{method}", params).json()["result"]

    def come_back(self, address: str) -> str:
        """Follow UPS's redirect to this host, whichever it names. :return: where it leads to."""
        parts = urlsplit(address)
        url = f"{self.url}{parts.path}?{parts.query}"
        answer = self._send(
            "GET", url, cookies=self._cookies, allow_redirects=False, timeout=LONGEST_ANSWER
        )
        return answer.headers.get("Location", "")

    def _sign_in(self) -> None:
        answer = self._ask("/web/session/authenticate", {"db": self._database, **LOGIN})
        self._cookies = answer.cookies.get_dict()

    def _ask(self, path: str, params: dict) -> requests.Response:
        body = {"jsonrpc": "2.0", "method": "call", "params": params}
        answer = self._send(
            "POST", self.url + path, json=body, cookies=self._cookies, timeout=LONGEST_ANSWER
        )
        try:
            error = answer.json().get("error")
        except ValueError:
            raise Broken(f"HTTP {answer.status_code}") from None
        if error:
            raise _error(error.get("data") or {})
        return answer

    def _send(self, method: str, url: str, **options) -> requests.Response:
        try:
            answer = requests.request(method, url, **options)
        except requests.RequestException as error:
            raise Broken(type(error).__name__) from None
        if answer.status_code >= 500:
            raise Broken(f"HTTP {answer.status_code}")
        return answer

    # === ITS PROCESSES === #

    def processes(self) -> list[psutil.Process]:
        return self._master.children()

    def workers(self) -> Iterator[psutil.Process]:
        """Those that answer browsers; the others hold no door open."""
        port = urlsplit(self.url).port
        for process in self.processes():
            with contextlib.suppress(psutil.Error):  # it has just ended
                connections = process.net_connections("tcp")
                if any(each.laddr.port == port and not each.raddr for each in connections):
                    yield process


def _error(data: dict) -> Exception:
    kind = data.get("name", "").rpartition(".")[2]
    if kind in ("UserError", "AccessError", "RedirectWarning") or kind.startswith("Ups"):
        return Refused(kind, str(data.get("message", "")))
    return Broken(kind or "error")
