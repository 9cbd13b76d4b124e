"""What goes to UPS in each call, and what comes back? Against the simulator, which is as strict."""

from base64 import b64encode
from datetime import datetime, timedelta, timezone

import pytest
from tiny_server import answer
from ups_client import AskPersonAgain, FixSettings, OAuthClient


def last(ups, route):
    return [request for request in ups.requests if request.route == route][-1]


@pytest.fixture(params=[True, False], ids=["pkce", "basic"])
def flow(request, ups, app):
    """A client of each of UPS's two flows."""
    return OAuthClient(ups.base_url, app.id, app.secret, use_pkce=request.param)


@pytest.fixture
def tokens(flow, ups, app):
    request = flow.begin(app.redirect_uri)
    code = ups.issue_code(app.redirect_uri, request.code_challenge)
    return flow.exchange_code(code, app.redirect_uri, request.code_verifier)


# === AUTHORIZE === #


def test_preflight_sends_what_ups_checks_and_nothing_of_the_attempt(flow, ups, app):
    request = flow.begin(app.redirect_uri, scope="read")
    flow.preflight(request)
    sent = last(ups, "authorize")
    challenge = sent.query.get("code_challenge")
    assert (challenge is None) == (request.code_challenge is None)
    assert challenge is None or challenge != request.code_challenge
    assert "Authorization" not in sent.headers
    assert {name: value for name, value in sent.query.items() if name != "code_challenge"} == {
        "client_id": app.id,
        "redirect_uri": app.redirect_uri,
        "response_type": "code",
        "scope": "read",
    }


# === TOKEN AND REFRESH === #


@pytest.mark.parametrize("use_pkce", [True, False])
def test_what_is_sent_is_the_form_and_one_proof(ups, app, use_pkce):
    """The verifier or the secret for the exchange, the secret for a refresh in both flows."""
    flow = OAuthClient(ups.base_url, app.id, app.secret, use_pkce=use_pkce)
    request = flow.begin(app.redirect_uri)
    code = ups.issue_code(app.redirect_uri, request.code_challenge)
    tokens = flow.exchange_code(code, app.redirect_uri, request.code_verifier)
    flow.refresh(tokens.refresh_token)
    basic = "Basic " + b64encode(f"{app.id}:{app.secret}".encode()).decode()
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": app.redirect_uri}
    pkce = {"client_id": app.id, "code_verifier": request.code_verifier}
    renewal = {"grant_type": "refresh_token", "refresh_token": tokens.refresh_token}
    for route, proof, sent in (
        ("token", None if use_pkce else basic, form | (pkce if use_pkce else {})),
        ("refresh", basic, renewal),
    ):
        asked = last(ups, route)
        assert asked.headers.get("Authorization") == proof
        assert asked.form.to_dict(flat=False) == {name: [value] for name, value in sent.items()}


def test_every_request_names_the_addon_and_asks_for_plain_json(flow, ups, app, tokens):
    flow.preflight(flow.begin(app.redirect_uri))
    flow.refresh(tokens.refresh_token)
    assert {request.route for request in ups.requests} == {"authorize", "token", "refresh"}
    for request in ups.requests:
        assert request.headers["User-Agent"].startswith("ups_pickup_oauth")
        assert request.headers["Accept"] == "application/json"
        assert request.headers["Accept-Encoding"] == "identity"
        assert "Cookie" not in request.headers
        if request.method == "POST":
            assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"


# === TIME === #


def test_expiries_count_from_before_ups_was_asked(client_of, tiny):
    before, came_in = datetime.now(timezone.utc), []

    def script(peer):
        for _request in peer.requests():
            came_in.append(datetime.now(timezone.utc))
            peer.send(answer())

    tokens = client_of(tiny(script)).refresh("refresh-token")
    assert before <= tokens.access_token_expires_at - timedelta(seconds=14399) <= came_in[0]


# === WHAT IS NEVER SENT === #


@pytest.mark.parametrize("odd", ["a b", "a\r\nb\0", "ä%&=+", "a" * 4096])
def test_which_characters_a_code_has_is_ups_s_affair(flow, ups, app, odd):
    verifier = flow.begin(app.redirect_uri).code_verifier
    with pytest.raises(AskPersonAgain) as caught:
        flow.exchange_code(odd, app.redirect_uri, verifier)
    assert last(ups, "token").form["code"] == odd
    assert caught.value.ups_message == "Invalid authorization code"


@pytest.mark.parametrize("damaged", ["", "\ud800", "a" * 16385, "ä" * 9000, None, False])
def test_a_damaged_code_or_token_is_not_sent(client, ups, app, damaged):
    for operation, call in (
        ("token", lambda: client.exchange_code(damaged, app.redirect_uri)),
        ("token", lambda: client.exchange_code(damaged, app.redirect_uri, "v" * 43)),
        ("refresh", lambda: client.refresh(damaged)),
    ):
        with pytest.raises(AskPersonAgain) as caught:
            call()
        assert caught.value.operation == operation
        assert caught.value.http_status is None
    assert not ups.requests


@pytest.mark.parametrize("damaged", ["", "\ud800", False])
def test_a_lost_verifier_is_no_way_around_pkce(client, ups, app, damaged):
    with pytest.raises(AskPersonAgain):
        client.exchange_code(ups.issue_code(app.redirect_uri), app.redirect_uri, damaged)
    assert not ups.requests


@pytest.mark.parametrize(
    ("client_id", "client_secret", "setting"),
    [
        *((bad, "secret", "client_id")
          for bad in ("", None, b"id", False, "id\n", "i:d", " id", "i\ud800d")),
        *(("id", bad, "client_secret")
          for bad in ("", False, "hunter2\u00a0", "hunter2\r\nX-Evil: 1", "hunter2\0")),
    ],
)  # fmt: skip
def test_a_setting_that_cannot_be_sent_is_named(client_id, client_secret, setting):
    with pytest.raises(FixSettings) as caught:
        OAuthClient("https://wwwcie.ups.com", client_id, client_secret)
    assert caught.value.setting == setting
    assert setting in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_a_client_shows_no_secret_and_does_not_change(client, app):
    assert app.secret not in repr(client)
    assert app.id in repr(client)
    with pytest.raises(AttributeError):
        client.client_secret = "mine"
