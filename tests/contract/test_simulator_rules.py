"""The simulator keeps UPS's rules: what is spent is spent, and what differs by a letter differs."""

import contextlib
import socket

import pytest
import requests
from raw_ups import CHALLENGE, CLIENT, REDIRECT_URI, VERIFIER, error_of
from ups_simulator import SimulatorControl, challenge_of

AUTHORIZE, REFRESH = "/security/v1/oauth/authorize", "/security/v1/oauth/refresh"
BAD_CLIENT = (401, "10401", "ClientId is Invalid")
BAD_REFRESH = (401, "10401", "Invalid Refresh Token")
BAD_BEARER = (401, "250002", "Invalid Authentication Information.")


def bad(message):
    return (400, "10400", message)


BAD_CODE = bad("Invalid authorization code")
BAD_VERIFIER = bad("Invalid code_verifier")
BAD_REDIRECT = bad("Invalid Redirect URL")
NO_BASIC = bad("Invalid/Missing Authorization Header")


# === WHAT IS REFUSED === #


def _posted(sim, ups, header):
    form = {"grant_type": "refresh_token", "refresh_token": sim.issue_tokens()["refresh_token"]}
    return ups.request("POST", REFRESH, data=form, headers={"Authorization": header})


def _twice(sim, ups):
    token = sim.issue_tokens()["refresh_token"]
    form = [("grant_type", "refresh_token"), ("refresh_token", token), ("refresh_token", token)]
    return ups.request("POST", REFRESH, data=form, auth=CLIENT)


def _bound_elsewhere(sim, ups):
    sim.redirect_uris.add("https://other.example/")
    return ups.exchange(sim.issue_code("https://other.example/"))


def _pkce(sim, ups, **changes):
    return ups.exchange_pkce(sim.issue_code(code_challenge=CHALLENGE), **changes)


# A call, and what UPS says to it. A value None leaves the parameter out.
REFUSED = [
    *((lambda sim, ups, c=challenge: ups.authorize(code_challenge=c), bad("Invalid code_challenge"))
      for challenge in ("", "x" * 42, "x" * 44, "x" * 42 + "=", "x" * 42 + "+")),
    *((lambda sim, ups, t=kind: ups.authorize(response_type=t), bad("Invalid response_type"))
      for kind in ("token", "", "code token", "CODE")),
    (lambda sim, ups: ups.authorize(code_challenge=CHALLENGE, code_challenge_method="S256"),
     bad("Undocumented parameter 'code_challenge_method'")),
    *((lambda sim, ups, n=name: ups.session.get(
        f"{ups.authorize_url(state='s', code_challenge=CHALLENGE)}&{n}=x", allow_redirects=False,
        timeout=20), bad(f"Parameter {name} is repeated"))
      for name in ("client_id", "redirect_uri", "state", "code_challenge")),
    # Basic, or PKCE, and never both or half of it.
    (lambda sim, ups: ups.exchange(sim.issue_code(), auth=None), NO_BASIC),
    (lambda sim, ups: _pkce(sim, ups, auth=CLIENT), bad("Undocumented parameter 'client_id'")),
    (lambda sim, ups: _pkce(sim, ups, auth=CLIENT, client_id=None),
     bad("Undocumented parameter 'code_verifier'")),
    *((lambda sim, ups, n=name: _pkce(sim, ups, **{n: None}), bad(f"Missing parameter {name}"))
      for name in ("client_id", "code_verifier")),
    (lambda sim, ups: ups.exchange(sim.issue_code(code_challenge=CHALLENGE)), BAD_VERIFIER),
    (lambda sim, ups: ups.exchange_pkce(sim.issue_code()), BAD_VERIFIER),
    *((lambda sim, ups, v=verifier: _pkce(sim, ups, code_verifier=v), BAD_VERIFIER)
      for verifier in ("v" * 42, "v" * 129, "v" * 42 + "=", "ü" * 43, "w" * 43)),
    (lambda sim, ups: _pkce(sim, ups, client_id="nobody"), BAD_CLIENT),
    *((lambda sim, ups, h=header: _posted(sim, ups, h), NO_BASIC)
      for header in ("Basic", "Basic !!!", "Basic dGhlLWNsaWVudA==", "Bearer x", "Digest a=b")),
    # Forms and codes.
    (lambda sim, ups: ups.exchange(sim.issue_code(), grant_type="client_credentials"),
     bad("Invalid grant_type")),
    (lambda sim, ups: ups.request("POST", f"{REFRESH}?refresh_token=x", data={}, auth=CLIENT,
        headers={"Content-Type": "application/x-www-form-urlencoded"}),
     bad("Parameters belong into the body")),
    (_twice, bad("Parameter refresh_token is repeated")),
    (_bound_elsewhere, BAD_REDIRECT),
    # The API call.
    *((lambda sim, ups, h=header: ups.countries(None, Authorization=h), BAD_BEARER)
      for header in (None, "Bearer", "Bearer x", "Basic dGhlLWNsaWVudDp4")),
    (lambda sim, ups: ups.countries(sim.issue_tokens()["refresh_token"]), BAD_BEARER),
    (lambda sim, ups: ups.countries("x", transId="x" * 33), bad("Invalid transId")),
    (lambda sim, ups: ups.countries("x", transactionSrc="x" * 513), bad("Invalid transactionSrc")),
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(REFUSED)), ids=lambda n: f"{n}-{REFUSED[n][1][2]}")
def test_what_ups_refuses(sim, ups, number):
    call, expected = REFUSED[number]
    assert error_of(call(sim, ups)) == expected


@pytest.mark.parametrize(
    "redirect_uri",
    [
        REDIRECT_URI + "/",
        REDIRECT_URI + "?x=1",
        REDIRECT_URI.replace("http:", "https:"),
        REDIRECT_URI.replace(":8069", ""),
        REDIRECT_URI.replace("127.0.0.1", "localhost"),
        REDIRECT_URI.upper(),
        REDIRECT_URI + "%20",
    ],
)
def test_a_redirect_uri_matches_to_the_letter(sim, ups, redirect_uri):
    assert error_of(ups.authorize(redirect_uri=redirect_uri)) == BAD_REDIRECT
    assert error_of(ups.exchange(sim.issue_code(), redirect_uri=redirect_uri)) == BAD_REDIRECT


def test_authorize_says_what_is_wrong_in_headers_too(ups):
    answer = ups.authorize(client_id="nobody")
    assert error_of(answer) == BAD_CLIENT
    assert answer.headers["errorcode"] == "10401"
    assert answer.headers["errordescription"] == "ClientId is Invalid"


@pytest.mark.parametrize("query", ["a=%ff", "a&b", "=", "x=%0d%0aSet-Cookie:%20a=b"])
def test_nonsense_in_a_query_is_refused_and_put_into_no_header(sim, ups, query):
    answer = ups.request("GET", f"{AUTHORIZE}?{query}")
    assert answer.status_code in (400, 401)
    assert "Set-Cookie" not in answer.headers
    assert sim.requests[-1].status == answer.status_code


def test_the_challenge_is_the_one_of_rfc_7636():
    """Appendix B has an example to calculate by."""
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert challenge_of(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


# === WHAT IS SPENT === #


def test_a_code_is_spent_by_its_use_also_a_wrong_one_but_not_by_a_stranger(sim, ups):
    code = sim.issue_code()
    assert error_of(ups.exchange(code, auth=("the-client", "guessed"))) == BAD_CLIENT
    assert ups.exchange(code).status_code == 200
    assert error_of(ups.exchange(code)) == BAD_CODE

    code = sim.issue_code(code_challenge=CHALLENGE)
    assert error_of(ups.exchange_pkce(code, code_verifier="w" * 43)) == BAD_VERIFIER
    assert error_of(ups.exchange_pkce(code)) == BAD_CODE


def test_a_refresh_token_is_spent_by_its_use_and_counts(sim, ups):
    tokens = first = sim.issue_tokens()
    assert error_of(ups.refresh(first["refresh_token"], auth=None)) == NO_BASIC
    assert error_of(ups.refresh(first["refresh_token"], auth=("the-client", "no"))) == BAD_CLIENT
    assert sim.is_live_refresh_token(first["refresh_token"]), "a settings problem spends nothing"
    seen = {tokens["access_token"], tokens["refresh_token"]}
    for number in ("1", "2", "3"):
        tokens = ups.refresh(tokens["refresh_token"]).json()
        assert tokens["refresh_count"] == number
        assert seen.isdisjoint({tokens["access_token"], tokens["refresh_token"]})
        seen |= {tokens["access_token"], tokens["refresh_token"]}
    assert error_of(ups.refresh(first["refresh_token"])) == BAD_REFRESH
    assert not sim.is_live_refresh_token(first["refresh_token"])
    assert sim.is_live_refresh_token(tokens["refresh_token"])
    assert ups.countries(first["access_token"]).status_code == 200, "it lives on"


@pytest.mark.parametrize(
    ("kind", "age", "is_live"),
    [
        ("code", 599, True), ("code", 601, False),
        ("access", 14398, True), ("access", 14400, False),
        ("refresh", 5183998, True), ("refresh", 5184000, False),
    ],
)  # fmt: skip
def test_what_expires(sim, ups, kind, age, is_live):
    tokens, code = sim.issue_tokens(), sim.issue_code()
    sim.advance_clock(age)
    call, refusal = {
        "code": (lambda: ups.exchange(code), BAD_CODE),
        "access": (lambda: ups.countries(tokens["access_token"]), BAD_BEARER),
        "refresh": (lambda: ups.refresh(tokens["refresh_token"]), BAD_REFRESH),
    }[kind]
    answer = call()
    assert answer.status_code == 200 if is_live else error_of(answer) == refusal


def test_numbers_are_strings_and_lifetimes_the_configured_ones(sim, ups):
    sim.access_token_lifetime, sim.refresh_token_lifetime = 3599, 604799
    tokens = ups.exchange(sim.issue_code()).json()

    assert all(isinstance(value, str) for value in tokens.values())
    assert (tokens["expires_in"], tokens["refresh_token_expires_in"]) == ("3599", "604799")
    assert (tokens["status"], tokens["refresh_token_status"]) == ("approved", "approved")
    assert len(tokens["issued_at"]) == 13, "milliseconds"


def test_expired_and_killed_tokens(sim, ups):
    tokens = sim.issue_tokens()
    sim.expire_access_tokens()
    assert error_of(ups.countries(tokens["access_token"])) == BAD_BEARER
    assert sim.is_live_refresh_token(tokens["refresh_token"])

    tokens = sim.issue_tokens()
    sim.kill_refresh_tokens()
    assert error_of(ups.refresh(tokens["refresh_token"])) == BAD_REFRESH
    assert sim.is_live_access_token(tokens["access_token"])


def test_a_password_change_voids_everything_of_one_grant_or_of_all(sim, ups):
    mine, other, code = sim.issue_tokens(), sim.issue_tokens(), sim.issue_code()
    renewed = ups.refresh(mine["refresh_token"]).json()
    sim.kill_grants(mine["refresh_token"])  # spent, but it still says which grant
    assert error_of(ups.countries(mine["access_token"])) == BAD_BEARER
    assert error_of(ups.refresh(renewed["refresh_token"])) == BAD_REFRESH
    assert sim.is_live_access_token(other["access_token"])

    sim.kill_grants()
    assert not sim.is_live_access_token(other["access_token"])
    assert error_of(ups.exchange(code)) == BAD_CODE


# === THE API CALL === #


def test_countries_lists_the_political_divisions(sim, ups):
    token = sim.issue_tokens()["access_token"]
    answer = ups.countries(token).json()["PickupGetPoliticalDivision1ListResponse"]

    assert answer["Response"]["ResponseStatus"] == {"Code": "1", "Description": "Success"}
    assert {"NY", "CA"} <= set(answer["PoliticalDivision1"])
    german = ups.countries(token, "DE").json()["PickupGetPoliticalDivision1ListResponse"]
    assert "PoliticalDivision1" not in german


def test_a_trans_id_is_unique_also_after_a_bad_bearer(sim, ups):
    token = sim.issue_tokens()["access_token"]
    assert error_of(ups.countries("expired", transId="x" * 32)) == BAD_BEARER
    assert error_of(ups.countries(token, transId="x" * 32)) == bad("transId was used before")
    assert ups.countries(token, transId="y" * 32).status_code == 200


# === WHAT IS RECORDED === #


def test_every_request_is_recorded_as_it_came(sim, ups):
    ups.authorize(state="a b")
    ups.exchange_pkce("no-such-code", code_verifier=VERIFIER)
    ups.request("DELETE", REFRESH)
    ups.request("GET", "/")  # a page for persons is no request to UPS
    with socket.create_connection((sim.host, sim.port)) as connection:
        connection.sendall(f"GET {AUTHORIZE} HTTP/1.0\r\nHost: localhost\r\n\r\n".encode())
        while connection.recv(4096):
            pass
        port = connection.getsockname()[1]
    first, second, third, fourth = sim.requests

    assert (first.method, first.route, first.status) == ("GET", "authorize", 302)
    assert first.query["state"] == "a b"
    assert (second.form["code_verifier"], second.status) == (VERIFIER, 400)
    assert second.headers["content-type"] == "application/x-www-form-urlencoded"
    assert (third.method, third.route, third.status) == ("DELETE", "refresh", 405)
    assert first.at <= second.at <= third.at
    assert (sim.calls("token"), sim.calls("countries"), sim.calls()) == (1, 0, 4)
    assert fourth.port == port, "it tells which process it was"


@pytest.mark.parametrize(
    ("fault", "status", "done"),
    [
        ({}, 200, 200),
        ({"kind": "status", "status": 503}, 503, None),
        ({"kind": "status", "status": 503, "when": "after"}, 503, 200),
        ({"kind": "truncated"}, 200, 200),
        ({"kind": "drop"}, None, None),
        ({"kind": "drop", "when": "after"}, None, 200),
        ({"kind": "hang", "seconds": 0}, 200, 200),
    ],
)
def test_the_record_tells_ups_s_work_from_what_the_client_got(sim, ups, fault, status, done):
    if fault:
        sim.queue_fault("refresh", **fault)
    with contextlib.suppress(requests.RequestException):
        ups.refresh(sim.issue_tokens()["refresh_token"])
    (record,) = sim.requests
    assert (record.status, record.done, record.fault) == (status, done, fault.get("kind"))


def test_secrets_lead_back_to_their_agreement_and_are_known_after_a_reset(sim, ups):
    codes = [sim.issue_code(), sim.issue_code()]
    pairs = [ups.exchange(code).json() for code in codes]
    renewed = ups.refresh(pairs[0]["refresh_token"]).json()
    sim.kill_grants(codes[1])

    def of(kind, *tokens):
        return [each[f"{kind}_token"] for each in tokens]

    grants = [
        {
            "alive": alive,
            "codes": [code],
            "access": of("access", *own),
            "refresh": of("refresh", *own),
        }
        for alive, code, own in (
            (True, codes[0], [pairs[0], renewed]),
            (False, codes[1], [pairs[1]]),
        )
    ]
    assert sim.grants() == SimulatorControl(sim.base_url).grants() == grants
    sim.reset()
    tokens = {each[f"{kind}_token"] for each in (*pairs, renewed) for kind in ("access", "refresh")}
    assert sim.issued_secrets() == tokens | set(codes)
    assert not sim.requests
    assert error_of(ups.refresh(renewed["refresh_token"])) == BAD_REFRESH
