"""What the client sends is what UPS describes, and no more."""

import base64
from urllib.parse import parse_qs, urlsplit

import pytest
from raw_ups import CLIENT, REDIRECT_URI
from ups_client import AskPersonAgain, FixSettings, OAuthClient

BASIC = "Basic " + base64.b64encode(":".join(CLIENT).encode()).decode()


@pytest.fixture(params=[True, False], ids=["pkce", "basic"])
def client(request, sim):
    return OAuthClient(sim.base_url, *CLIENT, use_pkce=request.param)


def _opt_in(sim, client):
    attempt = client.begin(REDIRECT_URI)
    client.preflight(attempt)
    callback = parse_qs(urlsplit(sim.person_agrees(attempt.url)).query)
    assert callback["state"] == [attempt.state]
    return client.exchange_code(callback["code"][0], REDIRECT_URI, attempt.code_verifier)


def test_a_whole_opt_in_and_a_refresh_are_as_described(sim, client, description):
    tokens = client.refresh(_opt_in(sim, client).refresh_token)

    assert sim.is_live_access_token(tokens.access_token)
    assert sim.is_live_refresh_token(tokens.refresh_token)
    # The browser's authorize, walked by person_agrees, is the second.
    assert [each.route for each in sim.requests] == ["authorize", "authorize", "token", "refresh"]
    for recorded in sim.requests:
        description.check_request(recorded)
        assert recorded.status in (200, 302)


def test_authorize_carries_a_challenge_with_pkce_only(sim, client):
    _opt_in(sim, client)

    for recorded in sim.requests[:2]:
        assert ("code_challenge" in recorded.query) == client.use_pkce
        assert "Authorization" not in recorded.headers


def test_the_exchange_is_basic_or_pkce_and_never_both(sim, client):
    _opt_in(sim, client)
    recorded = sim.requests[-1]
    form = {"grant_type", "code", "redirect_uri"}

    if client.use_pkce:
        assert "Authorization" not in recorded.headers
        assert set(recorded.form) == form | {"client_id", "code_verifier"}
    else:
        assert recorded.headers["Authorization"] == BASIC
        assert set(recorded.form) == form
    assert not recorded.query


def test_a_refresh_is_basic_always(sim, client):
    client.refresh(sim.issue_tokens()["refresh_token"])
    recorded = sim.requests[-1]

    assert recorded.headers["Authorization"] == BASIC
    assert set(recorded.form) == {"grant_type", "refresh_token"}
    assert not recorded.query


def test_requests_that_ups_refuses_are_as_described_too(sim, client, description):
    with pytest.raises(AskPersonAgain):
        client.refresh("no-such-token")
    with pytest.raises(AskPersonAgain):
        client.exchange_code("no-such-code", REDIRECT_URI)
    with pytest.raises(FixSettings):
        client.preflight(client.begin("https://elsewhere.example/callback"))

    for recorded in sim.requests:
        description.check_request(recorded)
        assert recorded.status in (400, 401)


def test_a_configured_scope_is_sent_as_described(sim, client, description):
    callback = sim.person_agrees(client.begin(REDIRECT_URI, scope="one two").url)

    assert "code=" in callback
    description.check_request(sim.requests[0])
    assert sim.requests[0].query["scope"] == "one two"
