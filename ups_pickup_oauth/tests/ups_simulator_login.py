"""What a click on the simulator's pages does, from authorize to the way back.

Where a person stands is kept here under an unguessable transaction, which the addresses carry; the
code is made by the last click.
"""

from __future__ import annotations

from urllib.parse import parse_qs, urlencode, urlsplit

import ups_simulator_pages as pages
from ups_simulator_http import Answer, Call
from ups_simulator_memory import Grant, Login, Memory
from werkzeug.datastructures import MultiDict

APP_NAME = "Your Odoo"
PAGE_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:;"
    " base-uri 'none'; frame-ancestors 'none'",
}


class LoginPages:
    """The person's side of UPS."""

    def __init__(self, memory: Memory):
        self._memory = memory
        self.denial = "error"  # see UpsSimulator.set_denial

    def answer(self, call: Call) -> Answer:
        if call.method not in ("GET", "POST"):
            return html_page(pages.ended_page(), 405)
        if call.path == "/":
            return html_page(pages.home_page())
        with self._memory.lock:
            return self._login_page(call)

    def person_ends(self, transaction: str, action: str) -> str:
        """The last click, without the pages. :return: where the browser is sent back to."""
        with self._memory.lock:
            login = self._memory.logins[transaction]
            result = {"code": self._agreed(login)} if action == "allow" else self._denied(login)
            return self._end_login(transaction, login, result).headers["Location"]

    def _login_page(self, call: Call) -> Answer:
        transaction, step = self._login_address(call)
        login = self._memory.logins.get(transaction)
        if not login or login.expires_at < self._memory.now():
            return html_page(pages.ended_page(), 410)
        if step != login.step:  # the browser's Back, or an address typed by hand
            return _see_other(f"/login/{transaction}/{login.step}")
        if call.method == "GET":
            return html_page(self._render(login))
        form = call.form
        if form.get("action") == "cancel":
            return self._end_login(transaction, login, self._denied(login))
        error = getattr(self, f"_enter_{step}")(login, form)
        if error:
            return html_page(self._render(login, error), 422)
        if step == "consent":
            return self._end_login(transaction, login, {"code": self._agreed(login)})
        return _see_other(f"/login/{transaction}/{login.step}")

    def _login_address(self, call: Call) -> tuple[str, str]:
        if call.path == "/login":  # as authorize sent it, in the form that UPS documents
            return parse_qs(call.query_string).get("transaction", [""])[0], ""
        _, _, transaction, step = [*call.path.split("/"), "", ""][:4]
        return transaction, step

    def _render(self, login: Login, error: str = "") -> str:
        if login.step == "username":
            return pages.username_page(APP_NAME, login.username, error)
        if login.step == "password":
            return pages.password_page(login.username, error)
        return pages.consent_page(APP_NAME, login.query["redirect_uri"], error)

    def _enter_username(self, login: Login, form: MultiDict) -> str:
        login.username = form.get("username", "").strip()
        if login.username != pages.USERNAME:
            return f"The simulator knows one user name: {pages.USERNAME}."
        if not form.get("agreement"):
            return "Tick the agreement box to go on."
        login.step = "password"
        return ""

    def _enter_password(self, login: Login, form: MultiDict) -> str:
        if form.get("password") != pages.PASSWORD:
            return f"That is not the password. It is: {pages.PASSWORD}"
        login.step = "consent"
        return ""

    def _enter_consent(self, _login: Login, form: MultiDict) -> str:
        return "" if form.get("action") == "allow" else "Press Allow or Cancel."

    def _agreed(self, login: Login) -> str:
        query = login.query
        grant = Grant(scope=query.get("scope"))
        return self._memory.issue_code(grant, query["redirect_uri"], query.get("code_challenge"))

    def _denied(self, login: Login) -> dict[str, str]:
        error = {"error": "access_denied"}  # RFC 6749 section 4.1.2.1
        if self.denial == "both":
            return {**error, "code": self._agreed(login)}
        return error if self.denial == "error" else {}

    def _end_login(self, transaction: str, login: Login, result: dict[str, str]) -> Answer:
        del self._memory.logins[transaction]
        if "state" in login.query:
            result = {**result, "state": login.query["state"]}
        redirect_uri = login.query["redirect_uri"]
        if not result:
            return _see_other(redirect_uri)
        # RFC 6749 section 3.1.2: a query that the redirect URI already has is kept.
        joint = "&" if urlsplit(redirect_uri).query else "" if redirect_uri[-1] == "?" else "?"
        return _see_other(f"{redirect_uri}{joint}{urlencode(result)}")


def html_page(text: str, status: int = 200) -> Answer:
    return Answer(status, text.encode(), PAGE_HEADERS)


def _see_other(location: str) -> Answer:
    """RFC 9700 section 4.12: 303, so that no form is posted on."""
    return Answer(303, headers={**PAGE_HEADERS, "Location": location})
