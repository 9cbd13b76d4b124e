"""The simulator keeps UPS's rules: what is spent is spent, and what differs by a letter differs.

What its faults do, tests/pickup_api and tests/client say; what it records, tests/attack and
tests/soak; that it answers as UPS describes, the file beside this one.
"""

import pytest
from raw_ups import CHALLENGE, CLIENT, REDIRECT_URI, error_of

REFRESH = "/security/v1/oauth/refresh"
BAD_CLIENT = (401, "10401", "ClientId is Invalid")
BAD_REFRESH = (401, "10401", "Invalid Refresh Token")
BAD_BEARER = (401, "250002", "Invalid Authentication Information.")


def bad(message):
    return (400, "10400", message)


BAD_CODE = bad("Invalid authorization code")
BAD_VERIFIER = bad("Invalid code_verifier")
BAD_REDIRECT = bad("Invalid Redirect URL")
NO_BASIC = bad("Invalid/Missing Authorization Header")
# Not the registered one, though by a letter only.
OTHER_URIS = (
    REDIRECT_URI + "/", REDIRECT_URI + "?x=1", REDIRECT_URI + "%20", REDIRECT_URI.upper(),
    REDIRECT_URI.replace("http:", "https:"), REDIRECT_URI.replace(":8069", ""),
    REDIRECT_URI.replace("127.0.0.1", "localhost"),
)  # fmt: skip


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
    *((lambda sim, ups, u=uri: ups.authorize(redirect_uri=u), BAD_REDIRECT) for uri in OTHER_URIS),
    *((lambda sim, ups, u=uri: ups.exchange(sim.issue_code(), redirect_uri=u), BAD_REDIRECT)
      for uri in OTHER_URIS),
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


def test_a_trans_id_is_unique_also_after_a_bad_bearer(sim, ups):
    token = sim.issue_tokens()["access_token"]
    assert error_of(ups.countries("expired", transId="x" * 32)) == BAD_BEARER
    assert error_of(ups.countries(token, transId="x" * 32)) == bad("transId was used before")
    assert ups.countries(token, transId="y" * 32).status_code == 200
