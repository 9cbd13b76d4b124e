"""Every status that UPS documents is provoked, and its answer held against the description."""

import pytest
from openapi_core.exceptions import OpenAPIError
from openapi_descriptions import operations
from raw_ups import CHALLENGE, CLIENT, error_of

OPERATIONS = {operation.name: operation for operation in operations()}
AUTHORIZE, TOKEN, REFRESH = "AuthorizeClient", "GenerateToken", "RefreshToken"
COUNTRIES = "Pickup Get Political Division1 List"
ROUTES = {AUTHORIZE: "authorize", TOKEN: "token", REFRESH: "refresh", COUNTRIES: "countries"}


def _good(sim, ups, name):
    """A call that UPS grants."""
    return {
        AUTHORIZE: lambda: ups.authorize(code_challenge=CHALLENGE, state="s", scope="x y"),
        TOKEN: lambda: ups.exchange(sim.issue_code()),
        REFRESH: lambda: ups.refresh(sim.issue_tokens()["refresh_token"]),
        COUNTRIES: lambda: ups.countries(sim.issue_tokens()["access_token"]),
    }[name]()


def _provoke(sim, ups, name, status):
    """A call that UPS answers with `status`; blocked merchants and busy times need a fault."""
    bad = {
        (AUTHORIZE, 400): lambda: ups.authorize(redirect_uri="https://elsewhere.example/"),
        (AUTHORIZE, 401): lambda: ups.authorize(client_id="nobody"),
        (TOKEN, 400): lambda: ups.exchange("no such code"),
        (TOKEN, 401): lambda: ups.exchange(sim.issue_code(), auth=(CLIENT[0], "wrong")),
        (REFRESH, 400): lambda: ups.refresh(None),
        (REFRESH, 401): lambda: ups.refresh("no such token"),
        (COUNTRIES, 400): lambda: ups.countries(sim.issue_tokens()["access_token"], "XX"),
        (COUNTRIES, 401): lambda: ups.countries("no such token"),
    }
    if status in (403, 429):
        sim.queue_fault(ROUTES[name], "status", status=status)
    return bad[name, status]() if (name, status) in bad else _good(sim, ups, name)


@pytest.mark.parametrize(
    ("name", "status"),
    [(name, status) for name, operation in OPERATIONS.items() for status in operation.statuses],
)
def test_every_documented_status_is_answered_as_described(sim, ups, description, name, status):
    answer = _provoke(sim, ups, name, status)

    assert answer.status_code == status
    description.check_answer(answer)
    if status >= 400:
        assert error_of(answer)[0] == status


@pytest.mark.parametrize("name", OPERATIONS)
def test_what_these_tests_send_when_it_is_right_is_right(sim, ups, description, name):
    assert _good(sim, ups, name).status_code in (200, 302)
    description.check_request(sim.requests[-1])


def test_the_pkce_form_is_described_too(sim, ups, description):
    answer = ups.exchange_pkce(sim.issue_code(code_challenge=CHALLENGE))

    assert answer.status_code == 200
    description.check_answer(answer)
    description.check_request(sim.requests[-1])


@pytest.mark.parametrize("status", [400, 401, 403, 429])
@pytest.mark.parametrize("name", OPERATIONS)
def test_the_default_body_of_a_queued_status_is_described(sim, ups, description, name, status):
    sim.queue_fault(ROUTES[name], "status", status=status)
    answer = _good(sim, ups, name)

    assert answer.status_code == status
    description.check_answer(answer)
    assert error_of(answer)


@pytest.mark.parametrize("name", OPERATIONS)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_only_the_documented_method_is_served(ups, name, method):
    operation = OPERATIONS[name]
    answer = ups.request(method, operation.url_path)

    if method == operation.method:
        assert answer.status_code in (400, 401)
    else:
        assert answer.status_code == 405
        assert answer.headers["Allow"] == operation.method


@pytest.mark.parametrize(
    "path",
    ["/security/v1/oauth/revoke", "/security/v1/oauth/token/", "/api/pickup/v1/countries/US",
     "/security/v2/oauth/authorize", "/api/pickup/v2409/countries/US/CA"],
)  # fmt: skip
def test_what_is_not_described_is_not_there(ups, path):
    assert error_of(ups.request("GET", path))[0] == 404


# === PARAMETERS === #


@pytest.mark.parametrize("missing", sorted(OPERATIONS[AUTHORIZE].parameters("query", True)))
def test_authorize_needs_every_required_parameter(ups, description, missing):
    answer = ups.authorize(**{missing: None})

    assert answer.status_code == (401 if missing == "client_id" else 400)
    description.check_answer(answer)


@pytest.mark.parametrize(
    ("name", "missing"),
    [(name, field) for name in (TOKEN, REFRESH) for field in OPERATIONS[name].form["required"]],
)
def test_a_form_needs_every_required_field(sim, ups, description, name, missing):
    call = ups.exchange if name == TOKEN else ups.refresh
    secret = sim.issue_code() if name == TOKEN else sim.issue_tokens()["refresh_token"]
    positional = "code" if name == TOKEN else "refresh_token"
    answer = call(None) if missing == positional else call(secret, **{missing: None})

    assert error_of(answer) == (400, "10400", f"Missing parameter {missing}")
    description.check_answer(answer)


@pytest.mark.parametrize("missing", sorted(OPERATIONS[COUNTRIES].parameters("header", True)))
def test_countries_needs_every_required_header(sim, ups, description, missing):
    answer = ups.countries(sim.issue_tokens()["access_token"], **{missing: None})

    assert error_of(answer) == (400, "10400", f"Invalid {missing}")
    description.check_answer(answer)


@pytest.mark.parametrize("name", [TOKEN, REFRESH])
@pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data", None])
def test_a_form_is_a_form(ups, description, name, kind):
    answer = ups.request(
        "POST", OPERATIONS[name].url_path, data=b"grant_type=x", auth=CLIENT,
        headers={"Content-Type": kind},
    )  # fmt: skip

    assert error_of(answer) == (400, "10400", "Invalid Content-Type")
    description.check_answer(answer)


def test_every_documented_parameter_is_understood(ups):
    """The simulator refuses what it does not know, so nothing documented may be unknown to it."""
    given = {"state": "s", "scope": "x", "code_challenge": CHALLENGE}
    answer = ups.authorize(**given)

    known = {"client_id", "redirect_uri", "response_type", *given}
    assert known == OPERATIONS[AUTHORIZE].parameters("query")
    assert answer.status_code == 302


def test_the_login_page_is_addressed_in_the_documented_format(ups):
    """https://{UPS_domain_URL}?client_id=…&redirect_uri=…&response_type=code&scope=…&state=…"""
    location = ups.authorize(state="a state", scope="x y").headers["Location"]

    for part in ("client_id=the-client", "response_type=code", "scope=x+y", "state=a+state",
                 "type=ups_com_api", "redirect_uri=http%3A%2F%2F127.0.0.1%3A8069%2F"):  # fmt: skip
        assert part in location


# === THE JUDGE ITSELF === #


def _swapped(answer, text):
    answer._content = text.encode()
    return answer


@pytest.mark.parametrize(
    "body",
    [
        '{"expires_in": 14399}',  # a number
        '{"id_token": "x"}',  # not in the description
        '["access_token"]',
        '{"access_token": null}',
        "<html></html>",
        "",
    ],
)
def test_the_judge_refuses_other_token_answers(sim, ups, description, body):
    answer = _good(sim, ups, TOKEN)
    description.check_answer(answer)

    with pytest.raises((OpenAPIError, AssertionError)):
        description.check_answer(_swapped(answer, body))


@pytest.mark.parametrize(
    "body",
    [
        '{"response": {"errors": [{"code": 10400, "message": "x"}]}}',
        '{"errors": []}',
        '{"response": {"errors": [{"code": "1", "message": "x", "more": "y"}]}}',
        '{"response": {"errors": {}}}',
    ],
)
def test_the_judge_refuses_other_error_envelopes(ups, description, body):
    answer = ups.exchange("no such code")

    with pytest.raises(OpenAPIError):
        description.check_answer(_swapped(answer, body))


def test_the_judge_refuses_undocumented_statuses_and_types(sim, ups, description):
    for kind, options in (("status", {"status": 418}), ("html", {"status": 400})):
        sim.queue_fault("token", kind, **options)
        with pytest.raises(OpenAPIError):
            description.check_answer(ups.exchange("x"))


def test_the_judge_refuses_other_requests(sim, ups, description):
    secret = sim.issue_tokens()["refresh_token"]
    ups.refresh(secret, auth=None)
    ups.refresh(secret, more="x")
    ups.refresh(None)
    ups.authorize(code_challenge_method="S256")
    ups.countries("x", transId=None)

    assert len(sim.requests) == 5
    for recorded in sim.requests:
        with pytest.raises((OpenAPIError, AssertionError)):
            description.check_request(recorded)
