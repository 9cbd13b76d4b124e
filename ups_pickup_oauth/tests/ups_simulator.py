"""A stand-in for UPS with a memory: its pages for a person, its OAuth endpoints, one API call.

It is as strict as UPS's own description (OAuthAuthCode.yaml, Pickup.yaml), and stricter where that
shows a client's bug: what the description does not name is refused. Where UPS's behaviour is not
published, the comment says "inferred", and no client may rely on it.

In a test::

    with UpsSimulator(client_id="id", client_secret="secret", redirect_uris=[uri]) as sim:
        callback = sim.person_agrees(authorize_url)
        sim.queue_fault("refresh", "drop", when="after")

On its own, steered from other processes through ``SimulatorControl(base_url)``::

    python ups_simulator.py --port 8080 --client-id id --client-secret secret --redirect-uri URI

The person's pages are at /login/<transaction>/<step>: ``username`` (fields ``username`` and
``agreement``), ``password`` (field ``password``), ``consent``. Their buttons are named ``action``,
with the values ``continue``, ``allow`` and ``cancel``. It listens on loopback only.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import contextlib
import hashlib
import inspect
import json
import os
import re
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from urllib.parse import urlencode, urlsplit

from werkzeug.datastructures import MultiDict

if __package__:
    from . import ups_simulator_http as http
    from .ups_simulator_control import SimulatorControl, Vocabulary, request_to_json
    from .ups_simulator_faults import Fault, Weather, check_route, is_duration
    from .ups_simulator_http import Answer, Call, RecordedRequest, Refused, bad_request, check
    from .ups_simulator_login import LoginPages
    from .ups_simulator_memory import Grant, Issued, Memory
    from .ups_simulator_pages import PASSWORD, USERNAME
else:  # run as a script, or loaded by its path
    sys.path.append(os.path.dirname(os.path.abspath(__file__)))
    import ups_simulator_http as http
    from ups_simulator_control import SimulatorControl, Vocabulary, request_to_json
    from ups_simulator_faults import Fault, Weather, check_route, is_duration
    from ups_simulator_http import Answer, Call, RecordedRequest, Refused, bad_request, check
    from ups_simulator_login import LoginPages
    from ups_simulator_memory import Grant, Issued, Memory
    from ups_simulator_pages import PASSWORD, USERNAME

__all__ = ["PASSWORD", "USERNAME", "RecordedRequest", "SimulatorControl", "UpsSimulator"]

AUTHORIZE = "/security/v1/oauth/authorize"
TOKEN = "/security/v1/oauth/token"
REFRESH = "/security/v1/oauth/refresh"
COUNTRIES = re.compile(r"/api/pickup/v2409/countries/([^/]+)")

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


class UpsSimulator(Vocabulary):
    """UPS on this machine. A context manager; `start` and `stop` do the same by hand."""

    def __init__(
        self,
        client_id: str,
        client_secret: str,
        redirect_uris: Iterable[str],
        host: str = "localhost",
        port: int = 0,
        access_token_lifetime: int = 14399,
        refresh_token_lifetime: int = 5183999,
        app_name: str = "Your Odoo",
        tls: tuple[str, str] | None = None,
        verbose: bool = False,
    ):
        """
        :param port: 0 takes a free one at the first start, and keeps it.
        :param access_token_lifetime: seconds; may be changed at any time, as UPS does.
        :param tls: paths of a certificate and its key, for a simulator that speaks https.
        """
        check(http.is_loopback(host), f"The simulator listens on loopback only, not on {host}")
        self.client_id, self.client_secret = client_id, client_secret
        self.redirect_uris = set(redirect_uris)
        self.host, self.port, self.tls, self.verbose = host, port, tls, verbose
        self.cafile = tls[0] if tls else None
        self.access_token_lifetime = access_token_lifetime
        self.refresh_token_lifetime = refresh_token_lifetime
        self.app_name = app_name
        self._first_redirect_uris = set(self.redirect_uris)
        self._first_lifetimes = (access_token_lifetime, refresh_token_lifetime)
        self._memory = Memory()
        self._lock = self._memory.lock
        self._pages = LoginPages(self._memory, app_name)
        self._weather = Weather()
        self._requests: list[RecordedRequest] = []
        self._server: http.SimulatorServer | None = None

    # === LIFE === #

    def __enter__(self) -> UpsSimulator:
        return self.start()

    def __exit__(self, *_exc) -> None:
        self.stop()

    def start(self) -> UpsSimulator:
        """:raise OSError: when the port is taken."""
        self._weather.stop(False)
        self._server = http.SimulatorServer(
            self.host, self.port, self.handle, self.tls, self.verbose
        )
        self.port = self._server.server_address[1]
        return self

    def stop(self) -> None:
        """End every connection. What UPS remembers stays: `start` again, and it was an outage."""
        self._weather.stop(True)
        server, self._server = self._server, None
        if server:
            server.end()

    @property
    def base_url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http{'s' if self.tls else ''}://{host}:{self.port}"

    # === CONTROLS === #

    def issue_code(self, redirect_uri: str | None = None, code_challenge: str | None = None) -> str:
        """A code as if a person had agreed, for tests without pages."""
        if redirect_uri is None:
            check(bool(self.redirect_uris), "No redirect URI is registered")
            redirect_uri = min(self.redirect_uris)
        texts = all(isinstance(text, str | None) for text in (redirect_uri, code_challenge))
        check(texts, "redirect_uri and code_challenge are texts")
        with self._lock:
            return self._memory.issue_code(Grant(), redirect_uri, code_challenge)

    def issue_tokens(self) -> dict[str, str]:
        """A live pair of tokens, as UPS would answer."""
        with self._lock:
            return self._issue_pair(Grant())

    def queue_fault(self, route, kind, *, status=None, body=None, headers=None, when="before",
                    seconds=None, times=1):  # fmt: skip
        """Let one of the next requests go wrong, first queued first served.

        :param route: authorize, token, refresh, countries, or * for any of them.
        :param kind: `status` answers that status (with `body`, or UPS's envelope for it);
            `drop` closes the connection; `hang` holds the answer until `release`, `seconds` or
            `stop`; `truncated` does the work and cuts the answer; `html` is a gateway's page
            (502 unless `status` says other); `oversized` is over 1 MiB; `error_page` is
            authorize's way of saying unavailable.
        :param when: `before` UPS does the work (so it never happens; after a hang it happens only
            if the client still waits) or `after` it (the code is spent, the token rotated).
        :raise ValueError: with a sentence, for anything else.
        """
        self._weather.queue(Fault(route, kind, status, body, headers, when, seconds, times))

    def release(self) -> None:
        """Let hanging answers go."""
        self._weather.release()

    def set_latency(self, seconds: float, route: str = "*") -> None:
        """Answer that much later; on one route, or on all and no longer otherwise on any."""
        check_route(route)
        check(is_duration(seconds), "seconds is a number from 0 on")
        self._weather.set_latency(seconds, route)

    def set_denial(self, kind: str) -> None:
        """What Cancel sends back, as UPS does not say: error, nothing, or both error and code."""
        check(kind in ("error", "nothing", "both"), "kind is error, nothing or both")
        self._pages.denial = kind

    def set_lifetimes(self, access: int | None = None, refresh: int | None = None) -> None:
        """Seconds that tokens issued from now on live."""
        good = all(value is None or type(value) is int for value in (access, refresh))
        check(good, "access and refresh are whole seconds")
        self.access_token_lifetime = self.access_token_lifetime if access is None else access
        self.refresh_token_lifetime = self.refresh_token_lifetime if refresh is None else refresh

    def advance_clock(self, seconds: float) -> None:
        """Move UPS's clock, and so every expiry and `issued_at`; negative goes back."""
        check(type(seconds) in (int, float) and abs(seconds) < 1e9, "seconds is a number")
        with self._lock:
            self._memory.offset += seconds

    def register_redirect_uri(self, redirect_uri: str) -> None:
        """The same as `redirect_uris.add`, for other processes."""
        good = isinstance(redirect_uri, str) and redirect_uri.isascii() and urlsplit(redirect_uri)
        check(good and good.scheme and good.netloc, "redirect_uri is an absolute URL in ASCII")
        with self._lock:
            self.redirect_uris.add(redirect_uri)

    def expire_access_tokens(self) -> None:
        with self._lock:
            for held in self._memory.access.values():
                held.expires_at = 0

    def kill_refresh_tokens(self) -> None:
        with self._lock:
            for held in self._memory.refresh.values():
                held.spent = True

    def kill_grants(self, token: str | None = None) -> None:
        """As after a password change at ups.com: every token is void (UPS-API #112).

        :param token: any token of the one grant to end; all of them without it.
        """
        with self._lock:
            memory = self._memory
            for store in (memory.codes, memory.access, memory.refresh):
                for secret, held in store.items():
                    if token in (None, secret):
                        held.grant.alive = False

    def reset(self) -> None:
        """As new, but `issued_secrets` stays: the logs it is searched in outlive a reset."""
        self._weather.clear()
        with self._lock:
            self._memory.forget()
            self._requests.clear()
            self._pages.denial = "error"
            self.redirect_uris.clear()
            self.redirect_uris.update(self._first_redirect_uris)
            self.access_token_lifetime, self.refresh_token_lifetime = self._first_lifetimes

    # === READING BACK === #

    @property
    def requests(self) -> list[RecordedRequest]:
        """Every request to UPS's endpoints, oldest first; not the pages, not the controls."""
        with self._lock:
            return [replace(request) for request in self._requests]

    def forget_requests(self) -> None:
        with self._lock:
            self._requests.clear()

    def calls(self, route: str = "*") -> int:
        """How many requests UPS has seen, answered or not."""
        with self._lock:
            return sum(route in ("*", request.route) for request in self._requests)

    def is_live_access_token(self, token: str) -> bool:
        with self._lock:
            return self._memory.is_live(self._memory.access, token)

    def is_live_refresh_token(self, token: str) -> bool:
        with self._lock:
            return self._memory.is_live(self._memory.refresh, token)

    def issued_secrets(self) -> set[str]:
        """Every code and token ever issued (not the client secret, which was given)."""
        with self._lock:
            return set(self._memory.issued)

    def grants(self) -> list[dict]:
        """Each agreement of a person: whether it is `alive`, and its `codes`, `access` and
        `refresh` tokens, oldest first. This tells whose a token is, spent or not.
        """
        with self._lock:
            memory, found = self._memory, {}
            for kind in ("codes", "access", "refresh"):
                for secret, held in getattr(memory, kind).items():
                    empty = {"codes": [], "access": [], "refresh": []}
                    found.setdefault(id(held.grant), {"alive": held.grant.alive, **empty})
                    found[id(held.grant)][kind].append(secret)
            return list(found.values())

    # === ONE REQUEST === #

    def handle(self, call: Call) -> Answer | None:
        """Answer one request; None closes the connection without a word."""
        if not http.is_loopback(http.host_name(call.headers.get("Host", ""))):
            # A web page whose name points to 127.0.0.1 must not get in (DNS rebinding).
            return Answer(421, b"The simulator answers to loopback names only.\n")
        try:
            if call.path.startswith("/_control/"):
                return self._control(call)
            if call.path == "/" or call.path.startswith("/login"):
                return self._pages.answer(call)
            return self._as_ups(call)
        except Refused as refused:
            return refused.answer()

    def _as_ups(self, call: Call) -> Answer | None:
        route, method, work = self._route(call.path)
        if not route:
            raise Refused(404, "10404", "Not Found")
        seen = self._weather.releases()  # before the record: who sees the request may release it
        record = self._record(call, route)
        if not self._weather.linger(route):
            return None
        if call.method == method:
            answer = self._through_weather(call, record, work, seen)
        else:
            answer = Refused(405, "10405", "Method Not Allowed").answer()
            answer.headers["Allow"] = method
        with self._lock:
            record.status = answer.status if answer else None
        return answer

    def _route(self, path: str) -> tuple[str, str, Callable[[Call], Answer] | None]:
        exact = {
            AUTHORIZE: ("authorize", "GET", self._authorize),
            TOKEN: ("token", "POST", self._token),
            REFRESH: ("refresh", "POST", self._refresh),
        }
        if COUNTRIES.fullmatch(path):
            return "countries", "GET", self._countries
        return exact.get(path, ("", "", None))

    def _record(self, call: Call, route: str) -> RecordedRequest:
        record = RecordedRequest(
            call.method, call.path, route, MultiDict(), MultiDict(), call.headers, None,
            time.time(), call.port,
        )  # fmt: skip
        with contextlib.suppress(Refused):  # malformed: that is for the endpoint to say
            record.query, record.form = call.query, call.form
        with self._lock:
            self._requests.append(record)
        return record

    def _through_weather(
        self, call: Call, record: RecordedRequest, work: Callable, seen: int
    ) -> Answer | None:
        def do() -> Answer:
            answer = http.ask(work, call)
            record.done = answer.status
            return answer

        fault = self._weather.take(record.route)
        if fault is None:
            return do()
        record.fault = fault.kind
        done = do() if fault.does_the_work else None
        if fault.kind != "hang":
            return fault.disguise(done, record.route)
        goes_on = self._weather.hold(seen, fault.seconds)
        if not goes_on or call.client_gone():
            return None
        return done or do()

    # === UPS'S ENDPOINTS === #

    def _authorize(self, call: Call) -> Answer:
        try:
            query = self._authorize_query(call)
        except Refused as refused:
            answer = refused.answer()
            answer.headers.update(errorcode=refused.code, errordescription=refused.message)
            return answer
        with self._lock:
            transaction = self._memory.begin_login(query)
        documented = ("client_id", "redirect_uri", "response_type", "scope", "state")
        location = {name: query.get(name, "") for name in documented}
        location |= {"type": "ups_com_api", "transaction": transaction}
        scheme = self.base_url.partition(":")[0]
        return Answer(302, headers={
            "Location": f"{scheme}://{call.headers['Host']}/login?{urlencode(location)}",
            "appname": "ups-simulator",
            "displayname": self.app_name,
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
        with self._lock:
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
        with self._lock:
            self._check_redirect_uri(form["redirect_uri"])
            # Any try by the right client uses the code up, so that a client which tries again with
            # something else is found out. (Inferred: UPS does not say.)
            code = self._memory.spend(self._memory.codes, form["code"])
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
        with self._lock:
            # UPS-API #90: "the used refresh token cannot be used again".
            held = self._memory.spend(self._memory.refresh, values["refresh_token"])
            if held is None:
                raise Refused(401, "10401", "Invalid Refresh Token")
            held.grant.refresh_count += 1
            return http.json_answer(self._issue_pair(held.grant))

    def _check_client(self, basic: tuple[str, str]) -> None:
        if basic != (self.client_id, self.client_secret):
            raise Refused(401, "10401", "ClientId is Invalid")

    def _countries(self, call: Call) -> Answer:
        self._check_transaction(call)
        self._check_bearer(call)
        http.parameters(call.query, set())
        divisions = DIVISIONS.get(COUNTRIES.fullmatch(call.path)[1])
        if divisions is None:
            raise Refused(400, "9510113", "Invalid Country Code")  # the number is inferred
        answer = {"Response": {"ResponseStatus": {"Code": "1", "Description": "Success"}}}
        if divisions:
            answer["PoliticalDivision1"] = divisions.split()
        return http.json_answer({"PickupGetPoliticalDivision1ListResponse": answer})

    def _check_bearer(self, call: Call) -> None:
        scheme, _, token = call.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not self.is_live_access_token(token.strip()):
            raise Refused(401, "250002", "Invalid Authentication Information.")

    def _check_transaction(self, call: Call) -> None:
        """Pickup.yaml: transId is unique to the request, Length 32; transactionSrc, Length 512.

        Checked before the bearer, so that a retry with the same transId is found out.
        """
        trans_id = call.headers.get("transId", "")
        source = call.headers.get("transactionSrc", "")
        if not 1 <= len(trans_id) <= 32:
            raise bad_request("Invalid transId")
        if not 1 <= len(source) <= 512:
            raise bad_request("Invalid transactionSrc")
        with self._lock:
            if trans_id in self._memory.trans_ids:
                raise bad_request("transId was used before")
            self._memory.trans_ids.add(trans_id)

    def _issue_pair(self, grant: Grant) -> dict[str, str]:
        """Every number is a string, as in UPS's description. The caller holds the lock.

        UPS's access tokens are long, so these are too: a short column or header would show.
        """
        memory = self._memory
        access_life, refresh_life = self.access_token_lifetime, self.refresh_token_lifetime
        access = memory.issue(memory.access, "access", grant, access_life, size=900)
        refresh = memory.issue(memory.refresh, "refresh", grant, refresh_life)
        issued_at = str(int(memory.now() * 1000))
        # "scope and refresh_count may be missing" (UPS.md): a scope that nobody asked for is.
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

    # === THE CONTROLS OVER HTTP === #

    def _control(self, call: Call) -> Answer:
        name = call.path.removeprefix("/_control/")
        if call.method == "POST":
            return self._command(name, call)
        reading = {
            ("GET", "requests"): lambda: [request_to_json(request) for request in self.requests],
            ("DELETE", "requests"): self.forget_requests,
            ("GET", "secrets"): lambda: sorted(self.issued_secrets()),
            ("GET", "redirect-uris"): lambda: sorted(self.redirect_uris),
            ("GET", "grants"): self.grants,
        }.get((call.method, name))
        if reading is None:
            return http.json_answer({"error": f"There is no control {call.method} {name!a}."}, 404)
        return http.json_answer(reading())

    def _command(self, name: str, call: Call) -> Answer:
        method = COMMANDS.get(name)
        if method is None:
            return http.json_answer({"error": f"There is no control POST {name!a}."}, 404)
        # A page elsewhere cannot send this type without asking first, and gets no answer to that.
        if call.mimetype != "application/json":
            return http.json_answer({"error": "Send JSON, as application/json."}, 400)
        function = getattr(self, method)
        try:
            arguments = json.loads(call.body or b"{}")
            check(isinstance(arguments, dict), "The body is a JSON object")
            inspect.signature(function).bind(**arguments)
            return http.json_answer(function(**arguments))
        except (TypeError, ValueError, RecursionError) as error:
            return http.json_answer({"error": str(error)}, 400)


# What POST /_control/<name> calls; its JSON body is the method's keyword arguments.
COMMANDS = {
    "faults": "queue_fault",
    "latency": "set_latency",
    "denial": "set_denial",
    "lifetimes": "set_lifetimes",
    "clock": "advance_clock",
    "redirect-uris": "register_redirect_uri",
    "codes": "issue_code",
    "tokens": "issue_tokens",
    "tokens/expire": "expire_access_tokens",
    "tokens/kill": "kill_refresh_tokens",
    "grants/kill": "kill_grants",
    "tokens/is-live-access": "is_live_access_token",
    "tokens/is-live-refresh": "is_live_refresh_token",
    "calls": "calls",
    "release": "release",
    "reset": "reset",
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


def main() -> int:
    """:return: the exit status; 1 with one sentence when it cannot listen."""
    options = _options()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        simulator = UpsSimulator(**options).start()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        sys.stderr.write(f"Cannot listen on {options['host']}:{options['port']}: {reason}\n")
        return 1
    print(f"listening on {simulator.base_url}", flush=True)
    stop.wait()
    simulator.stop()
    return 0


def _options() -> dict:
    parser = argparse.ArgumentParser(description="A stand-in for UPS on this machine.")
    parser.add_argument("--host", default="localhost")
    parser.add_argument("--port", type=int, default=0, help="0: any free one")
    parser.add_argument("--client-id", required=True)
    parser.add_argument(
        "--client-secret", default=os.environ.get("UPS_SIMULATOR_CLIENT_SECRET"),
        help="better in UPS_SIMULATOR_CLIENT_SECRET, where no process list shows it",
    )  # fmt: skip
    parser.add_argument("--redirect-uri", action="append", default=[], dest="redirect_uris")
    parser.add_argument("--access-token-lifetime", type=int, default=14399, help="seconds")
    parser.add_argument("--refresh-token-lifetime", type=int, default=5183999, help="seconds")
    parser.add_argument("--tls", nargs=2, metavar=("CERTIFICATE", "KEY"))
    parser.add_argument("--verbose", action="store_true", help="a line for each request")
    options = vars(parser.parse_args())
    if not options["client_secret"]:
        parser.error("give --client-secret, or UPS_SIMULATOR_CLIENT_SECRET in the environment")
    return options


if __name__ == "__main__":
    sys.exit(main())
