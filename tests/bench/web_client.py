"""What a browser does at Odoo, without the browser: sign in, press a button, come back from UPS."""

from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry


class WebClient:
    """One person's session at Odoo."""

    def __init__(self, odoo_url: str, database: str, login: str, password: str) -> None:
        self._url, self._http = odoo_url, requests.Session()
        self._http.trust_env = False  # neither a proxy nor a .netrc
        # Odoo's two workers queue sixteen connections and drop more: one connects again.
        again = Retry(total=8, status=0, backoff_factor=0.1, allowed_methods=None)
        self._http.mount("http://", HTTPAdapter(max_retries=again))
        credentials = {"db": database, "login": login, "password": password}
        self._rpc("/web/session/authenticate", **credentials)

    def button(self, model: str, record: int, method: str) -> dict:
        """:return: the action that the button's method answers."""
        return self._rpc(
            f"/web/dataset/call_button/{model}/{method}",
            model=model,
            method=method,
            args=[[record]],
            kwargs={},
        )

    def visit(self, url: str) -> tuple[int, str]:
        """:return: the status, and where it redirects to; the redirect is not followed."""
        answer = self._http.get(url, allow_redirects=False, timeout=120)
        location = answer.headers.get("Location", "")
        return answer.status_code, urlsplit(location).path

    def _rpc(self, path: str, **params):
        body = {"jsonrpc": "2.0", "method": "call", "params": params}
        answer = self._http.post(self._url + path, json=body, timeout=120).json()
        if "error" in answer:
            raise RuntimeError(answer["error"]["data"]["message"])
        return answer["result"]
