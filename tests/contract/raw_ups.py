"""UPS's endpoints as anyone can call them: right by default, wrong where a test says so."""

from __future__ import annotations

import base64
import hashlib
import itertools
from contextlib import AbstractContextManager

import requests

REDIRECT_URI = "http://127.0.0.1:8069/ups_pickup_oauth/callback"
CLIENT = ("the-client", "the-secret")
VERIFIER = "v" * 43
# Written out rather than taken from the simulator, which it judges.
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode()[:-1]


class RawUps(AbstractContextManager):
    """None as a value leaves the parameter or header out."""

    def __init__(self, base_url: str):
        self.base_url = base_url
        self.session = requests.Session()
        self.session.trust_env = False  # no .netrc and no proxy
        self._numbers = itertools.count(1)

    def __exit__(self, *_exc):
        self.session.close()

    def request(self, method: str, path: str, **options) -> requests.Response:
        options.setdefault("timeout", 20)
        options.setdefault("allow_redirects", False)
        return self.session.request(method, self.base_url + path, **options)

    def authorize_url(self, **changes) -> str:
        query = {"client_id": CLIENT[0], "redirect_uri": REDIRECT_URI, "response_type": "code"}
        request = requests.Request(
            "GET", f"{self.base_url}/security/v1/oauth/authorize", params={**query, **changes}
        )
        return request.prepare().url

    def authorize(self, **changes) -> requests.Response:
        return self.session.get(self.authorize_url(**changes), allow_redirects=False, timeout=20)

    def exchange(self, code: str | None, *, auth=CLIENT, **changes) -> requests.Response:
        """Without PKCE."""
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT_URI}
        return self.request("POST", "/security/v1/oauth/token", data={**form, **changes}, auth=auth)

    def exchange_pkce(self, code: str, *, auth=None, **changes) -> requests.Response:
        pkce = {"client_id": CLIENT[0], "code_verifier": VERIFIER}
        return self.exchange(code, auth=auth, **{**pkce, **changes})

    def refresh(self, refresh_token: str | None, *, auth=CLIENT, **changes) -> requests.Response:
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token, **changes}
        return self.request("POST", "/security/v1/oauth/refresh", data=form, auth=auth)

    def countries(self, token: str | None, country: str = "US", **headers) -> requests.Response:
        given = {
            "Authorization": token and f"Bearer {token}",
            "transId": f"test-{next(self._numbers)}",
            "transactionSrc": "contract tests",
            **headers,
        }
        return self.request("GET", f"/api/pickup/v2409/countries/{country}", headers=given)


def error_of(answer: requests.Response) -> tuple[int, str, str]:
    """Status, code and message of UPS's envelope."""
    (error,) = answer.json()["response"]["errors"]
    return answer.status_code, error["code"], error["message"]
