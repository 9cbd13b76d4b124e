"""The simulator keeps UPS's rules: what is spent is spent, and what differs by a letter differs."""

import contextlib
import socket

import pytest
import requests
from raw_ups import CHALLENGE, CLIENT, REDIRECT_URI, VERIFIER, error_of
from ups_simulator import SimulatorControl

BAD_CODE = (400, "10400", "Invalid authorization code")
BAD_VERIFIER = (400, "10400", "Invalid code_verifier")
BAD_REDIRECT = (400, "10400", "Invalid Redirect URL")
BAD_CLIENT = (401, "10401", "ClientId is Invalid")
BAD_REFRESH = (401, "10401", "Invalid Refresh Token")
NO_BASIC = (400, "10400", "Invalid/Missing Authorization Header")
BAD_BEARER = (401, "250002", "Invalid Authentication Information.")


# === AUTHORIZE === #


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


def test_a_redirect_uri_registered_later_is_good(sim, ups):
    sim.redirect_uris.add("https://new.example/callback")
    assert ups.authorize(redirect_uri="https://new.example/callback").status_code == 302


def test_authorize_says_what_is_wrong_in_headers_too(ups):
    answer = ups.authorize(client_id="nobody")

    assert error_of(answer) == BAD_CLIENT
    assert answer.headers["errorcode"] == "10401"
    assert answer.headers["errordescription"] == "ClientId is Invalid"


@pytest.mark.parametrize("challenge", ["", "x" * 42, "x" * 44, "x" * 42 + "=", "x" * 42 + "+"])
def test_a_challenge_looks_like_a_sha256(ups, challenge):
    answer = ups.authorize(code_challenge=challenge)
    assert error_of(answer) == (400, "10400", "Invalid code_challenge")


@pytest.mark.parametrize("response_type", ["token", "", "code token", "CODE"])
def test_the_response_type_is_code(ups, response_type):
    answer = ups.authorize(response_type=response_type)
    assert error_of(answer) == (400, "10400", "Invalid response_type")


def test_there_is_no_challenge_method_at_ups(ups):
    answer = ups.authorize(code_challenge=CHALLENGE, code_challenge_method="S256")
    assert error_of(answer)[2] == "Undocumented parameter 'code_challenge_method'"


@pytest.mark.parametrize("name", ["client_id", "redirect_uri", "state", "code_challenge"])
def test_no_parameter_comes_twice(ups, name):
    url = ups.authorize_url(state="s", code_challenge=CHALLENGE)
    answer = ups.session.get(f"{url}&{name}=x", allow_redirects=False, timeout=20)
    assert error_of(answer) == (400, "10400", f"Parameter {name} is repeated")


@pytest.mark.parametrize("query", ["a=%ff", "a&b", "=", "x=%0d%0aSet-Cookie:%20a=b"])
def test_nonsense_in_a_query_is_refused_and_put_into_no_header(sim, ups, query):
    answer = ups.request("GET", f"/security/v1/oauth/authorize?{query}")

    assert answer.status_code in (400, 401)
    assert "Set-Cookie" not in answer.headers
    assert sim.requests[-1].status == answer.status_code


# === THE CODE === #


def test_a_code_is_spent_by_its_use(sim, ups):
    code = sim.issue_code()

    assert ups.exchange(code).status_code == 200
    assert error_of(ups.exchange(code)) == BAD_CODE


def test_a_code_is_spent_by_a_wrong_use_as_well(sim, ups):
    code = sim.issue_code(code_challenge=CHALLENGE)

    assert error_of(ups.exchange_pkce(code, code_verifier="w" * 43)) == BAD_VERIFIER
    assert error_of(ups.exchange_pkce(code)) == BAD_CODE


def test_a_code_is_not_spent_by_a_stranger(sim, ups):
    code = sim.issue_code()

    assert error_of(ups.exchange(code, auth=("the-client", "guessed"))) == BAD_CLIENT
    assert ups.exchange(code).status_code == 200


def test_a_code_is_bound_to_its_redirect_uri(sim, ups):
    sim.redirect_uris.add("https://other.example/")
    code = sim.issue_code("https://other.example/")

    assert error_of(ups.exchange(code)) == BAD_REDIRECT


@pytest.mark.parametrize(("age", "status"), [(599, 200), (601, 400)])
def test_a_code_lives_for_ten_minutes(sim, ups, age, status):
    code = sim.issue_code()
    sim.advance_clock(age)

    assert ups.exchange(code).status_code == status


def test_only_this_grant_type(sim, ups):
    answer = ups.exchange(sim.issue_code(), grant_type="client_credentials")
    assert error_of(answer) == (400, "10400", "Invalid grant_type")


# === BASIC OR PKCE === #


def test_basic_alone(sim, ups):
    assert ups.exchange(sim.issue_code()).status_code == 200


def test_pkce_alone(sim, ups):
    assert ups.exchange_pkce(sim.issue_code(code_challenge=CHALLENGE)).status_code == 200


def test_the_challenge_is_the_one_of_rfc_7636(ups):
    """Appendix B has an example to calculate by."""
    from ups_simulator import challenge_of

    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert challenge_of(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_neither_basic_nor_pkce(sim, ups):
    assert error_of(ups.exchange(sim.issue_code(), auth=None)) == NO_BASIC


@pytest.mark.parametrize("left_out", [None, "client_id", "code_verifier"])
def test_both_basic_and_pkce(sim, ups, left_out):
    changes = {left_out: None} if left_out else {}
    code = sim.issue_code(code_challenge=CHALLENGE)
    status, _code, message = error_of(ups.exchange_pkce(code, auth=CLIENT, **changes))

    assert status == 400
    assert message.startswith("Undocumented parameter 'c")


@pytest.mark.parametrize("left_out", ["client_id", "code_verifier"])
def test_half_of_pkce(sim, ups, left_out):
    answer = ups.exchange_pkce(sim.issue_code(code_challenge=CHALLENGE), **{left_out: None})
    assert error_of(answer) == (400, "10400", f"Missing parameter {left_out}")


def test_a_code_with_a_challenge_needs_its_verifier(sim, ups):
    assert error_of(ups.exchange(sim.issue_code(code_challenge=CHALLENGE))) == BAD_VERIFIER


def test_a_code_without_a_challenge_must_not_get_a_verifier(sim, ups):
    assert error_of(ups.exchange_pkce(sim.issue_code())) == BAD_VERIFIER


@pytest.mark.parametrize("verifier", ["v" * 42, "v" * 129, "v" * 42 + "=", "ü" * 43])
def test_a_verifier_has_the_characters_of_rfc_7636(sim, ups, verifier):
    code = sim.issue_code(code_challenge=CHALLENGE)
    assert error_of(ups.exchange_pkce(code, code_verifier=verifier)) == BAD_VERIFIER


def test_pkce_of_another_client(sim, ups):
    code = sim.issue_code(code_challenge=CHALLENGE)
    assert error_of(ups.exchange_pkce(code, client_id="nobody")) == BAD_CLIENT


@pytest.mark.parametrize(
    "header", ["Basic", "Basic !!!", "Basic dGhlLWNsaWVudA==", "Bearer x", "Digest a=b"]
)
def test_an_authorization_header_that_is_no_basic(sim, ups, header):
    form = {"grant_type": "refresh_token", "refresh_token": sim.issue_tokens()["refresh_token"]}
    answer = ups.request(
        "POST", "/security/v1/oauth/refresh", data=form, headers={"Authorization": header}
    )
    assert error_of(answer) == NO_BASIC


def test_secrets_do_not_belong_into_the_address(sim, ups):
    answer = ups.request(
        "POST",
        f"/security/v1/oauth/refresh?refresh_token={sim.issue_tokens()['refresh_token']}",
        data={"grant_type": "refresh_token"},
        auth=CLIENT,
    )
    assert error_of(answer) == (400, "10400", "Parameters belong into the body")


def test_a_form_field_comes_once(sim, ups):
    token = sim.issue_tokens()["refresh_token"]
    form = [("grant_type", "refresh_token"), ("refresh_token", token), ("refresh_token", token)]
    answer = ups.request("POST", "/security/v1/oauth/refresh", data=form, auth=CLIENT)
    assert error_of(answer) == (400, "10400", "Parameter refresh_token is repeated")


# === TOKENS === #


def test_numbers_are_strings_and_lifetimes_the_configured_ones(sim, ups):
    sim.access_token_lifetime, sim.refresh_token_lifetime = 3599, 604799
    tokens = ups.exchange(sim.issue_code()).json()

    assert all(isinstance(value, str) for value in tokens.values())
    assert (tokens["expires_in"], tokens["refresh_token_expires_in"]) == ("3599", "604799")
    assert (tokens["status"], tokens["refresh_token_status"]) == ("approved", "approved")
    assert len(tokens["issued_at"]) == 13, "milliseconds"


def test_a_refresh_token_is_spent_by_its_use(sim, ups):
    first = sim.issue_tokens()
    second = ups.refresh(first["refresh_token"]).json()

    assert error_of(ups.refresh(first["refresh_token"])) == BAD_REFRESH
    assert not sim.is_live_refresh_token(first["refresh_token"])
    assert sim.is_live_refresh_token(second["refresh_token"])


def test_a_refresh_counts_and_brings_new_tokens(sim, ups):
    tokens = sim.issue_tokens()
    seen = {tokens["access_token"], tokens["refresh_token"]}
    for count in ("1", "2", "3"):
        tokens = ups.refresh(tokens["refresh_token"]).json()
        assert tokens["refresh_count"] == count
        assert seen.isdisjoint({tokens["access_token"], tokens["refresh_token"]})
        seen |= {tokens["access_token"], tokens["refresh_token"]}


def test_the_old_access_token_lives_on_after_a_refresh(sim, ups):
    tokens = sim.issue_tokens()
    ups.refresh(tokens["refresh_token"])

    assert sim.is_live_access_token(tokens["access_token"])
    assert ups.countries(tokens["access_token"]).status_code == 200


def test_a_refresh_needs_basic(sim, ups):
    token = sim.issue_tokens()["refresh_token"]

    assert error_of(ups.refresh(token, auth=None)) == NO_BASIC
    assert error_of(ups.refresh(token, auth=("the-client", "wrong"))) == BAD_CLIENT
    assert sim.is_live_refresh_token(token), "a settings problem spends nothing"


@pytest.mark.parametrize(("age", "live"), [(14398, True), (14400, False)])
def test_an_access_token_expires(sim, ups, age, live):
    tokens = sim.issue_tokens()
    sim.advance_clock(age)
    answer = ups.countries(tokens["access_token"])

    assert sim.is_live_access_token(tokens["access_token"]) == live
    assert answer.status_code == 200 if live else error_of(answer) == BAD_BEARER


@pytest.mark.parametrize(("age", "live"), [(5183998, True), (5184000, False)])
def test_a_refresh_token_expires(sim, ups, age, live):
    tokens = sim.issue_tokens()
    sim.advance_clock(age)
    answer = ups.refresh(tokens["refresh_token"])

    assert answer.status_code == 200 if live else error_of(answer) == BAD_REFRESH


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


@pytest.mark.parametrize("header", [None, "Bearer", "Bearer x", "Basic dGhlLWNsaWVudDp4"])
def test_countries_wants_a_live_bearer(ups, header):
    assert error_of(ups.countries(None, Authorization=header)) == BAD_BEARER


def test_a_refresh_token_is_no_bearer(sim, ups):
    assert error_of(ups.countries(sim.issue_tokens()["refresh_token"])) == BAD_BEARER


def test_a_trans_id_is_unique_and_at_most_32_long(sim, ups):
    token = sim.issue_tokens()["access_token"]

    assert ups.countries(token, transId="x" * 32).status_code == 200
    assert error_of(ups.countries(token, transId="x" * 32))[2] == "transId was used before"
    assert error_of(ups.countries(token, transId="x" * 33))[2] == "Invalid transId"
    assert error_of(ups.countries(token, transactionSrc="x" * 513))[2] == "Invalid transactionSrc"


def test_a_retry_after_a_bad_bearer_needs_a_trans_id_of_its_own(sim, ups):
    ups.countries("expired", transId="one")
    answer = ups.countries(sim.issue_tokens()["access_token"], transId="one")
    assert error_of(answer)[2] == "transId was used before"


# === WHAT IS RECORDED === #


def test_every_request_is_recorded_as_it_came(sim, ups):
    ups.authorize(state="a b")
    ups.exchange_pkce("no-such-code", code_verifier=VERIFIER)
    ups.request("DELETE", "/security/v1/oauth/refresh")
    first, second, third = sim.requests

    assert (first.method, first.route, first.status) == ("GET", "authorize", 302)
    assert first.query["state"] == "a b"
    assert (second.form["code_verifier"], second.status) == (VERIFIER, 400)
    assert second.headers["content-type"] == "application/x-www-form-urlencoded"
    assert (third.method, third.route, third.status) == ("DELETE", "refresh", 405)
    assert first.at <= second.at <= third.at
    assert (sim.calls("token"), sim.calls("countries"), sim.calls()) == (1, 0, 3)


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


def test_the_record_names_the_client_s_port(sim):
    with socket.create_connection((sim.host, sim.port)) as connection:
        connection.sendall(b"GET /security/v1/oauth/authorize HTTP/1.0\r\nHost: localhost\r\n\r\n")
        while connection.recv(4096):
            pass
        assert sim.requests[0].port == connection.getsockname()[1]


def test_a_token_leads_back_to_the_agreement_it_came_from(sim, ups):
    codes = [sim.issue_code(), sim.issue_code()]
    pairs = [ups.exchange(code).json() for code in codes]
    renewed = ups.refresh(pairs[0]["refresh_token"]).json()
    sim.kill_grants(codes[1])

    assert sim.grants() == [
        {
            "alive": True,
            "codes": [codes[0]],
            "access": [pairs[0]["access_token"], renewed["access_token"]],
            "refresh": [pairs[0]["refresh_token"], renewed["refresh_token"]],
        },
        {
            "alive": False,
            "codes": [codes[1]],
            "access": [pairs[1]["access_token"]],
            "refresh": [pairs[1]["refresh_token"]],
        },
    ]
    assert SimulatorControl(sim.base_url).grants() == sim.grants()


def test_every_secret_is_known_even_after_a_reset(sim, ups):
    code = sim.issue_code()
    first = ups.exchange(code).json()
    second = ups.refresh(first["refresh_token"]).json()
    sim.reset()

    tokens = {each[name] for each in (first, second) for name in ("access_token", "refresh_token")}
    assert sim.issued_secrets() == tokens | {code}
    assert not sim.requests
    assert error_of(ups.refresh(second["refresh_token"])) == BAD_REFRESH
