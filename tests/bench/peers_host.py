"""A stand-in for the two hosts that Odoo's own connectors talk to; a process of its own.

It does what Odoo's proxies do, as far as the peers' code can see: Mercado Pago's spends a refresh
token by use and answers in JSON-RPC, Gmail's keeps its refresh token. Run as
``python peers_host.py PORT SECONDS``, which is how late each answer is.
"""

import json
import secrets
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

YEAR = 365 * 24 * 3600  # seconds; the peer takes 31 days off


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_GET(self):
        if self.path == "/_calls":
            self._answer(self.server.calls)
        else:  # /api/mail_oauth/1/gmail_access_token
            self._count()
            self._answer([secrets.token_urlsafe(600), int(time.time()) + 3600])

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["params"]
        is_spent = self._count(asked.get("refresh_token") or asked["authorization_code"])
        refused = {"code": 200, "message": "Refused", "data": {"message": "invalid_grant"}}
        outcome = {"error": refused} if is_spent else {"result": _tokens()}
        self._answer({"jsonrpc": "2.0", "id": None} | outcome)

    def _count(self, secret: str | None = None) -> bool:
        """:return: whether the secret was spent before."""
        with self.server.lock:
            self.server.calls += 1
            is_spent = secret in self.server.spent
            self.server.spent.add(secret)
        time.sleep(self.server.seconds)
        return is_spent

    def _answer(self, value) -> None:
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args):
        """Nothing: its log would be as slow as what is measured."""


def _tokens() -> dict:
    return {
        "access_token": secrets.token_urlsafe(600),
        "refresh_token": secrets.token_urlsafe(48),
        "public_key": secrets.token_urlsafe(16),
        "expires_in": YEAR,
    }


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 512


if __name__ == "__main__":
    peers = _Server(("127.0.0.1", int(sys.argv[1])), _Handler)
    peers.seconds, peers.calls, peers.spent = float(sys.argv[2]), 0, set()
    peers.lock = threading.Lock()
    peers.serve_forever()
