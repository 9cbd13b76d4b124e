"""What the client sends is what UPS describes, and no more. What is in it, tests/client says."""

from urllib.parse import parse_qs, urlsplit

import pytest
from raw_ups import CLIENT, REDIRECT_URI
from ups_client import AskPersonAgain, FixSettings, OAuthClient

from tests.ups_description import check_request


@pytest.mark.parametrize("use_pkce", [True, False])
def test_a_whole_authorization_granted_and_refused(sim, use_pkce):
    client = OAuthClient(sim.base_url, *CLIENT, use_pkce=use_pkce)
    attempt = client.begin(REDIRECT_URI, scope="one two")
    client.preflight(attempt)
    callback = parse_qs(urlsplit(sim.person_agrees(attempt.url)).query)
    assert callback["state"] == [attempt.state]
    first = client.exchange_code(callback["code"][0], REDIRECT_URI, attempt.code_verifier)
    tokens = client.refresh(first.refresh_token)
    assert sim.is_live_access_token(tokens.access_token)
    assert sim.is_live_refresh_token(tokens.refresh_token)

    with pytest.raises(AskPersonAgain):
        client.refresh(first.refresh_token)
    with pytest.raises(AskPersonAgain):
        client.exchange_code("no-such-code", REDIRECT_URI, attempt.code_verifier)
    with pytest.raises(FixSettings):
        client.preflight(client.begin("https://elsewhere.example/callback"))
    # The browser's authorize, walked by person_agrees, is the second.
    assert [(each.route, each.status) for each in sim.requests] == [
        ("authorize", 302), ("authorize", 302), ("token", 200), ("refresh", 200),
        ("refresh", 401), ("token", 400), ("authorize", 400),
    ]  # fmt: skip
    for recorded in sim.requests:
        check_request(recorded)
