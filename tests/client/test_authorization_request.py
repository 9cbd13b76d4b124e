"""What is a person sent to UPS with?"""

import dataclasses
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ups_client import AuthorizationRequest, FixSettings, OAuthClient, pkce

BASE_URL = "https://wwwcie.ups.com"
REDIRECT_URI = "https://odoo.example.com/ups_pickup_oauth/callback?db=a b"
CLIENT = OAuthClient(BASE_URL, "app id", "secret")


def test_the_url_is_upss_with_every_parameter_percent_encoded():
    request = AuthorizationRequest(
        base_url=BASE_URL,
        client_id="app id",
        redirect_uri=REDIRECT_URI,
        state="st-_~",
        code_verifier="dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
        scope="read write",
    )
    assert request.url == (
        "https://wwwcie.ups.com/security/v1/oauth/authorize"
        "?client_id=app%20id"
        "&redirect_uri=https%3A%2F%2Fodoo.example.com%2Fups_pickup_oauth%2Fcallback%3Fdb%3Da%20b"
        "&response_type=code"
        "&scope=read%20write"
        "&state=st-_~"
        "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"  # RFC 7636 appendix B
    )


def test_an_attempt_has_a_fresh_state_and_verifier():
    attempts = [CLIENT.begin(REDIRECT_URI) for _ in range(50)]
    assert len({attempt.state for attempt in attempts}) == 50
    assert len({attempt.code_verifier for attempt in attempts}) == 50
    for attempt in attempts:
        assert re.fullmatch(r"[A-Za-z0-9_-]{43,}", attempt.state)  # 6 bits each: 256 at least
        assert re.fullmatch(r"[A-Za-z0-9._~-]{43,128}", attempt.code_verifier)
        assert attempt.code_challenge == pkce.challenge_for(attempt.code_verifier)


@pytest.mark.parametrize("scope", [None, ""])
def test_a_scope_is_sent_only_when_there_is_one(scope):
    assert CLIENT.begin(REDIRECT_URI, scope).scope is None
    assert "scope" not in CLIENT.begin(REDIRECT_URI, scope).url
    assert "&scope=read&" in CLIENT.begin(REDIRECT_URI, scope="read").url


@given(redirect_uri=st.text(min_size=1), scope=st.text(min_size=1), client_id=st.text(min_size=1))
def test_whatever_goes_in_comes_out_at_ups(redirect_uri, scope, client_id):
    request = AuthorizationRequest(BASE_URL, client_id, redirect_uri, "state", scope=scope)
    parts = urlsplit(request.url)
    assert request.url.isascii()
    assert "+" not in request.url
    assert parse_qs(parts.query, strict_parsing=True, keep_blank_values=True) == {
        "client_id": [client_id],
        "redirect_uri": [redirect_uri],
        "response_type": ["code"],
        "scope": [scope],
        "state": ["state"],
    }


@pytest.mark.parametrize("redirect_uri", ["", None, False, "https://odoo\r\nHost: evil", "\ud800"])
def test_a_redirect_uri_that_cannot_be_registered_is_refused(redirect_uri):
    with pytest.raises(FixSettings) as caught:
        CLIENT.begin(redirect_uri)
    assert caught.value.setting == "redirect_uri"


def test_a_request_shows_no_secret_and_does_not_change():
    request = CLIENT.begin(REDIRECT_URI)
    assert request.state not in repr(request)
    assert request.code_verifier not in repr(request)
    assert REDIRECT_URI in repr(request)
    with pytest.raises(dataclasses.FrozenInstanceError):
        request.state = "mine"
    assert not hasattr(request, "__dict__")
