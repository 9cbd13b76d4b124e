"""A stand-in for UPS with a memory: its pages for a person, its OAuth endpoints, one API call.

It is as strict as UPS's own description (OAuthAuthCode.yaml, Pickup.yaml), and stricter where that
shows a client's bug: what the description does not name is refused. Where UPS's behaviour is not
published, the comment says "inferred", and no client may rely on it.

In a test::

    with UpsSimulator(client_id="id", client_secret="secret", redirect_uris=[uri]) as sim:
        callback = sim.person_agrees(authorize_url)
        sim.queue_fault("refresh", "drop", when="after")

On its own, steered from other processes through ``SimulatorControl(base_url)``::

    UPS_SIMULATOR_CLIENT_SECRET=secret python ups_simulator.py --client-id id --redirect-uri URI

The person's pages are at /login/<transaction>/<step>: ``username`` (fields ``username`` and
``agreement``), ``password`` (field ``password``), ``consent``. Their buttons are named ``action``,
with the values ``continue``, ``allow`` and ``cancel``. It listens on loopback only.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import os
import re
import signal
import sys
import threading
from collections.abc import Iterable
from urllib.parse import parse_qs, urlencode, urlsplit

from werkzeug.datastructures import Headers, MultiDict

# By their bare names, in Odoo too, so that there is one set of classes for all.
sys.path.append(os.path.dirname(os.path.abspath(__file__)))

import ups_simulator_http as http
from ups_simulator_base import Route, Simulator, control
from ups_simulator_http import Answer, Call, Refused, bad_request, check
from ups_simulator_login import APP_NAME, LoginPages
from ups_simulator_memory import Grant, Issued

CODE_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")  # RFC 7636 section 4.2: base64url of a SHA-256
CODE_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")  # RFC 7636 section 4.1

# Countries without political divisions answer without the list, as the description allows.
DIVISIONS = {
    "US": "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV"
    " NH NJ NM NY NC ND OH OK OR PA PR RI SC SD TN TX UT VT VA WA WV WI WY",
    "CA": "AB BC MB NB NL NS NT NU ON PE QC SK YT",
    "AT": "", "BE": "", "CH": "", "CZ": "", "DE": "", "DK": "", "ES": "", "FI": "", "FR": "",
    "GB": "", "HU": "", "IT": "", "LU": "", "NL": "", "NO": "", "PL": "", "PT": "", "SE": "",
}  # fmt: skip


# === THE SIMULATOR === #


class UpsSimulator(Simulator):
    """UPS on this machine: its login pages, its OAuth endpoints, and one call of its API."""

    ROUTES = (
        Route("", "*", "/|/login.*", "_person"),
        Route("authorize", "GET", "/security/v1/oauth/authorize", "_authorize"),
        Route("token", "POST", "/security/v1/oauth/token", "_token",
              {400: ("10400", "Invalid authorization code")}),
        Route("refresh", "POST", "/security/v1/oauth/refresh", "_refresh",
              {401: ("10401", "Invalid Refresh Token")}),
        Route("countries", "GET", "/api/pickup/v2409/countries/(?P<country>[^/]+)", "_countries",
              {401: ("250002", "Invalid Authentication Information.")}),
    )  # fmt: skip

    def __init__(
        self,
        client_id: str,
        client_secret: str,
        redirect_uris: Iterable[str],
        access_token_lifetime: int = 14399,
        refresh_token_lifetime: int = 5183999,
        **server,
    ):
        """
        :param access_token_lifetime: seconds; may be changed at any time, as UPS does.
        :param server: see `Simulator`.
        """
        super().__init__(**server)
        self.client_id, self.client_secret = client_id, client_secret
        self._first = (set(redirect_uris), access_token_lifetime, refresh_token_lifetime)
        self._pages = LoginPages(self.memory)
        self._as_given()

    def _as_given(self) -> None:
        uris, self.access_token_lifetime, self.refresh_token_lifetime = self._first
        self.redirect_uris = set(uris)
        self._pages.denial = "error"

    # === CONTROLS === #

    @control
    def person_agrees(self, authorize_url: str) -> str:
        """As a browser at UPS, past the pages. :return: the URL that it is sent back to."""
        return self._pages.person_ends(self._begun(authorize_url), "allow")

    @control
    def person_cancels(self, authorize_url: str) -> str:
        """The same, with Cancel."""
        return self._pages.person_ends(self._begun(authorize_url), "cancel")

    def _begun(self, authorize_url: str) -> str:
        """:return: the transaction. :raise ValueError: when UPS refuses the authorize URL."""
        url = urlsplit(authorize_url)
        answer = self.handle(Call("GET", url.path, url.query, Headers({"Host": url.netloc}), b""))
        check(answer, "UPS answered nothing")
        where = parse_qs(urlsplit(answer.headers.get("Location", "")).query)
        check("transaction" in where, f"UPS answered {answer.status}: {answer.body[:500]!a}")
        return where["transaction"][0]

    @control
    def issue_code(self, redirect_uri: str | None = None, code_challenge: str | None = None) -> str:
        """A code as if a person had agreed, for tests without pages."""
        if redirect_uri is None:
            check(bool(self.redirect_uris), "No redirect URI is registered")
            redirect_uri = min(self.redirect_uris)
        texts = all(isinstance(text, str | None) for text in (redirect_uri, code_challenge))
        check(texts, "redirect_uri and code_challenge are texts")
        with self.memory.lock:
            return self.memory.issue_code(Grant(), redirect_uri, code_challenge)

    @control
    def issue_tokens(self) -> dict[str, str]:
        """A live pair of tokens, as UPS would answer."""
        with self.memory.lock:
            return self._issue_pair(Grant())

    @control
    def set_denial(self, kind: str) -> None:
        """What Cancel sends back, as UPS does not say: error, nothing, or both error and code."""
        check(kind in ("error", "nothing", "both"), "kind is error, nothing or both")
        self._pages.denial = kind

    @control
    def register_redirect_uri(self, redirect_uri: str) -> None:
        """The same as `redirect_uris.add`, for other processes."""
        good = isinstance(redirect_uri, str) and redirect_uri.isascii() and urlsplit(redirect_uri)
        check(good and good.scheme and good.netloc, "redirect_uri is an absolute URL in ASCII")
        with self.memory.lock:
            self.redirect_uris.add(redirect_uri)

    @control
    def expire_access_tokens(self) -> None:
        with self.memory.lock:
            for held in self.memory.access.values():
                held.expires_at = 0

    @control
    def kill_grants(self, token: str | None = None) -> None:
        """As after a password change at ups.com: every token is void (UPS-API #112).

        :param token: any token of the one grant to end; all of them without it.
        """
        with self.memory.lock:
            memory = self.memory
            for store in (memory.codes, memory.access, memory.refresh):
                for secret, held in store.items():
                    if token in (None, secret):
                        held.grant.alive = False

    @control
    def reset(self) -> None:
        super().reset()
        self._as_given()

    # === READING BACK === #

    @control
    def is_live_access_token(self, token: str) -> bool:
        with self.memory.lock:
            return self.memory.is_live(self.memory.access, token)

    @control
    def is_live_refresh_token(self, token: str) -> bool:
        with self.memory.lock:
            return self.memory.is_live(self.memory.refresh, token)

    @control
    def issued_secrets(self) -> set[str]:
        """Every code and token ever issued (not the client secret, which was given)."""
        with self.memory.lock:
            return set(self.memory.issued)

    @control
    def grants(self) -> list[dict]:
        """Each agreement of a person: whether it is `alive`, and its `codes`, `access` and
        `refresh` tokens, oldest first. This tells whose a token is, spent or not.
        """
        with self.memory.lock:
            memory, found = self.memory, {}
            for kind in ("codes", "access", "refresh"):
                for secret, held in getattr(memory, kind).items():
                    empty = {"codes": [], "access": [], "refresh": []}
                    found.setdefault(id(held.grant), {"alive": held.grant.alive, **empty})
                    found[id(held.grant)][kind].append(secret)
            return list(found.values())

    # === UPS'S ENDPOINTS === #

    def _person(self, call: Call) -> Answer:
        return self._pages.answer(call)

    def _authorize(self, call: Call) -> Answer:
        try:
            query = self._authorize_query(call)
        except Refused as refused:
            answer = refused.answer()
            answer.headers.update(errorcode=refused.code, errordescription=refused.message)
            return answer
        with self.memory.lock:
            transaction = self.memory.begin_login(query)
        documented = ("client_id", "redirect_uri", "response_type", "scope", "state")
        location = {name: query.get(name, "") for name in documented}
        location |= {"type": "ups_com_api", "transaction": transaction}
        return Answer(302, headers={
            "Location": f"http://{call.headers['Host']}/login?{urlencode(location)}",
            "appname": "ups-simulator",
            "displayname": APP_NAME,
        })  # fmt: skip

    def _authorize_query(self, call: Call) -> dict[str, str]:
        query = http.parameters(
            call.query, set(),
            ("client_id", "redirect_uri", "response_type", "state", "scope", "code_challenge"),
        )  # fmt: skip
        if query.get("client_id") != self.client_id:
            raise Refused(401, "10401", "ClientId is Invalid")
        self._check_redirect_uri(query.get("redirect_uri"))
        if query.get("response_type") != "code":
            raise bad_request("Invalid response_type")
        challenge = query.get("code_challenge")
        if challenge is not None and not CODE_CHALLENGE.fullmatch(challenge):
            raise bad_request("Invalid code_challenge")
        return query

    def _check_redirect_uri(self, redirect_uri: str | None) -> None:
        """To the letter, scheme, port and query included (RFC 9700 section 2.1)."""
        with self.memory.lock:
            if redirect_uri not in self.redirect_uris:
                raise bad_request("Invalid Redirect URL")

    def _token(self, call: Call) -> Answer:
        basic, form = _post(call)
        if basic is None:
            form = self._pkce_form(form)
        else:
            # UPS: "the BASIC Authorization header should not be included" with PKCE. So client_id
            # and code_verifier beside it are undocumented, and refused.
            form = http.parameters(form, {"grant_type", "code", "redirect_uri"})
            self._check_client(basic)
        _check_grant_type(form, "authorization_code")
        with self.memory.lock:
            self._check_redirect_uri(form["redirect_uri"])
            # Any try by the right client uses the code up, so that a client which tries again with
            # something else is found out. (Inferred: UPS does not say.)
            code = self.memory.spend(self.memory.codes, form["code"])
            self._check_code(code, form)
            return http.json_answer(self._issue_pair(code.grant))

    def _pkce_form(self, form: MultiDict) -> dict[str, str]:
        if "client_id" not in form and "code_verifier" not in form:
            raise bad_request("Invalid/Missing Authorization Header")
        names = {"grant_type", "code", "redirect_uri", "client_id", "code_verifier"}
        values = http.parameters(form, names)
        if values["client_id"] != self.client_id:
            raise Refused(401, "10401", "ClientId is Invalid")
        if not CODE_VERIFIER.fullmatch(values["code_verifier"]):
            raise bad_request("Invalid code_verifier")
        return values

    def _check_code(self, code: Issued | None, form: dict[str, str]) -> None:
        if code is None:
            raise bad_request("Invalid authorization code")
        if code.redirect_uri != form["redirect_uri"]:
            raise bad_request("Invalid Redirect URL")
        verifier = form.get("code_verifier")
        # RFC 9700 section 2.1.1: a verifier goes with a challenge, and neither comes alone.
        if (verifier is None) != (code.code_challenge is None):
            raise bad_request("Invalid code_verifier")
        if verifier is not None and challenge_of(verifier) != code.code_challenge:
            raise bad_request("Invalid code_verifier")

    def _refresh(self, call: Call) -> Answer:
        basic, form = _post(call)
        if basic is None:
            raise bad_request("Invalid/Missing Authorization Header")
        values = http.parameters(form, {"grant_type", "refresh_token"})
        self._check_client(basic)
        _check_grant_type(values, "refresh_token")
        with self.memory.lock:
            # UPS-API #90: "the used refresh token cannot be used again".
            held = self.memory.spend(self.memory.refresh, values["refresh_token"])
            if held is None:
                raise Refused(401, "10401", "Invalid Refresh Token")
            held.grant.refresh_count += 1
            return http.json_answer(self._issue_pair(held.grant))

    def _check_client(self, basic: tuple[str, str]) -> None:
        if basic != (self.client_id, self.client_secret):
            raise Refused(401, "10401", "ClientId is Invalid")

    def _countries(self, call: Call, country: str) -> Answer:
        self.check_transaction(call)
        self.check_bearer(call)
        http.parameters(call.query, set())
        divisions = DIVISIONS.get(country)
        if divisions is None:
            raise Refused(400, "9510113", "Invalid Country Code")  # the number is inferred
        answer = {"Response": {"ResponseStatus": {"Code": "1", "Description": "Success"}}}
        if divisions:
            answer["PoliticalDivision1"] = divisions.split()
        return http.json_answer({"PickupGetPoliticalDivision1ListResponse": answer})

    def check_bearer(self, call: Call) -> Grant:
        """:return: the agreement behind the token: who is it that asks?"""
        scheme, _, token = call.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not self.is_live_access_token(token.strip()):
            raise Refused(401, "250002", "Invalid Authentication Information.")
        with self.memory.lock:
            return self.memory.access[token.strip()].grant

    def check_transaction(self, call: Call) -> None:
        """Pickup.yaml: transId is unique to the request, Length 32; transactionSrc, Length 512.

        Checked before the bearer, so that a retry with the same transId is found out.
        """
        trans_id = call.headers.get("transId", "")
        source = call.headers.get("transactionSrc", "")
        if not 1 <= len(trans_id) <= 32:
            raise bad_request("Invalid transId")
        if not 1 <= len(source) <= 512:
            raise bad_request("Invalid transactionSrc")
        with self.memory.lock:
            if trans_id in self.memory.trans_ids:
                raise bad_request("transId was used before")
            self.memory.trans_ids.add(trans_id)

    def _issue_pair(self, grant: Grant) -> dict[str, str]:
        """Every number is a string, as in UPS's description. The caller holds the lock.

        UPS's access tokens are long, so these are too: a short column or header would show.
        """
        memory = self.memory
        access_life, refresh_life = self.access_token_lifetime, self.refresh_token_lifetime
        access = memory.issue(memory.access, "access", grant, access_life, size=900)
        refresh = memory.issue(memory.refresh, "refresh", grant, refresh_life)
        issued_at = str(int(memory.now() * 1000))
        # UPS's answers may lack the scope: one that nobody asked for is left out here.
        scope = {"scope": grant.scope} if grant.scope else {}
        return {
            "refresh_token_expires_in": str(refresh_life),
            "refresh_token_status": "approved",
            "token_type": "Bearer",
            "issued_at": issued_at,
            "client_id": self.client_id,
            "access_token": access,
            "refresh_token": refresh,
            **scope,
            "refresh_token_issued_at": issued_at,
            "expires_in": str(access_life),
            "refresh_count": str(grant.refresh_count),
            "status": "approved",
        }


# === SMALL THINGS === #


def challenge_of(verifier: str) -> str:
    """RFC 7636 section 4.6; UPS knows no other method than S256."""
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _post(call: Call) -> tuple[tuple[str, str] | None, MultiDict]:
    """The Basic credentials, if any, and the form of a call to token or refresh."""
    if call.mimetype != "application/x-www-form-urlencoded":
        raise bad_request("Invalid Content-Type")
    if call.query_string:  # RFC 6749 section 2.3.1: not in the request URI
        raise bad_request("Parameters belong into the body")
    return _basic(call), call.form


def _basic(call: Call) -> tuple[str, str] | None:
    headers = call.headers.getlist("Authorization")
    if not headers:
        return None
    scheme, _, encoded = headers[0].partition(" ")
    try:
        decoded = base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, ValueError):
        decoded = ""
    if len(headers) > 1 or scheme.lower() != "basic" or ":" not in decoded:
        raise bad_request("Invalid/Missing Authorization Header")
    user, _, password = decoded.partition(":")
    return user, password


def _check_grant_type(form: dict[str, str], expected: str) -> None:
    if form["grant_type"] != expected:
        raise bad_request("Invalid grant_type")


# === ON ITS OWN === #


def main(simulator_class: type[UpsSimulator] = UpsSimulator) -> int:
    """:return: the exit status; 1 with one sentence when it cannot listen."""
    options = _options()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        simulator = simulator_class(**options).start()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        sys.stderr.write(f"Cannot listen on {options['host']}:{options['port']}: {reason}\n")
        return 1
    print(f"listening on {simulator.base_url}", flush=True)
    stop.wait()
    simulator.stop()
    return 0


def _options() -> dict:
    parser = argparse.ArgumentParser(
        description="A stand-in for UPS on this machine.",
        epilog="UPS_SIMULATOR_CLIENT_SECRET holds the client secret, so that no process list does.",
    )
    parser.add_argument("--host", default="localhost")
    parser.add_argument("--port", type=int, default=0, help="0: any free one")
    parser.add_argument("--client-id", required=True)
    parser.add_argument("--redirect-uri", action="append", default=[], dest="redirect_uris")
    parser.add_argument("--verbose", action="store_true", help="a line for each request")
    options = vars(parser.parse_args())
    secret = os.environ.get("UPS_SIMULATOR_CLIENT_SECRET")
    if not secret:
        parser.error("UPS_SIMULATOR_CLIENT_SECRET is missing in the environment")
    return options | {"client_secret": secret}


if __name__ == "__main__":
    sys.exit(main())
