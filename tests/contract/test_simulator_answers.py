"""Every status that UPS documents is provoked, and its answer held against the description."""

import pytest
from raw_ups import CHALLENGE, CLIENT, error_of

from tests.ups_description import check_answer, check_request, operations

AUTHORIZE, TOKEN, REFRESH = "AuthorizeClient", "GenerateToken", "RefreshToken"
COUNTRIES = "Pickup Get Political Division1 List"
ROUTES = {AUTHORIZE: "authorize", TOKEN: "token", REFRESH: "refresh", COUNTRIES: "countries"}
FORM = "application/x-www-form-urlencoded"
OPERATIONS = {each.name: each for each in operations() if each.name in ROUTES}


def _good(sim, ups, name):
    """A call that UPS grants."""
    return {
        AUTHORIZE: lambda: ups.authorize(code_challenge=CHALLENGE, state="s", scope="x y"),
        TOKEN: lambda: ups.exchange(sim.issue_code()),
        REFRESH: lambda: ups.refresh(sim.issue_tokens()["refresh_token"]),
        COUNTRIES: lambda: ups.countries(sim.issue_tokens()["access_token"]),
    }[name]()


# Calls that UPS refuses; blocked merchants and busy times need a fault.
BAD = {
    (AUTHORIZE, 400): lambda _sim, ups: ups.authorize(redirect_uri="https://elsewhere.example/"),
    (AUTHORIZE, 401): lambda _sim, ups: ups.authorize(client_id="nobody"),
    (TOKEN, 400): lambda _sim, ups: ups.exchange("no such code"),
    (TOKEN, 401): lambda sim, ups: ups.exchange(sim.issue_code(), auth=(CLIENT[0], "wrong")),
    (REFRESH, 400): lambda _sim, ups: ups.refresh(None),
    (REFRESH, 401): lambda _sim, ups: ups.refresh("no such token"),
    (COUNTRIES, 400): lambda sim, ups: ups.countries(sim.issue_tokens()["access_token"], "XX"),
    (COUNTRIES, 401): lambda _sim, ups: ups.countries("no such token"),
}
STATUSES = [(name, status) for name, each in OPERATIONS.items() for status in each.statuses]


@pytest.mark.parametrize(("name", "status"), STATUSES)
def test_every_documented_status_is_answered_as_described(sim, ups, name, status):
    answers = [BAD[name, status](sim, ups)] if (name, status) in BAD else []
    if status >= 400:
        sim.queue_fault(ROUTES[name], "status", status=status)
    answers.append(_good(sim, ups, name))
    check_request(sim.requests[-1])

    for answer in answers:
        assert answer.status_code == status
        check_answer(answer)
        assert status < 400 or error_of(answer)[0] == status


@pytest.mark.parametrize("name", OPERATIONS)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_only_the_documented_method_is_served(ups, name, method):
    operation = OPERATIONS[name]
    answer = ups.request(method, operation.path.format(countrycode="US"))

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


REQUIRED = [
    (name, field)
    for name, each in OPERATIONS.items()
    for field in sorted(
        each.parameters("query", True) | each.parameters("header", True)
        | set(each.body.get(FORM, {}).get("required", ()))
    )
]  # fmt: skip


@pytest.mark.parametrize(("name", "missing"), REQUIRED)
def test_what_is_required_is_demanded(sim, ups, name, missing):
    call, given = {
        AUTHORIZE: (ups.authorize, {}),
        TOKEN: (ups.exchange, {"code": sim.issue_code()}),
        REFRESH: (ups.refresh, {"refresh_token": sim.issue_tokens()["refresh_token"]}),
        COUNTRIES: (ups.countries, {"token": sim.issue_tokens()["access_token"]}),
    }[name]
    answer = call(**given | {missing: None})

    status, _code, message = error_of(answer)
    assert status == (401 if missing == "client_id" else 400)
    assert name == AUTHORIZE or missing in message
    check_answer(answer)


@pytest.mark.parametrize("name", [TOKEN, REFRESH])
@pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data", None])
def test_a_form_is_a_form(ups, name, kind):
    answer = ups.request(
        "POST", OPERATIONS[name].path, data=b"grant_type=x", auth=CLIENT,
        headers={"Content-Type": kind},
    )  # fmt: skip

    assert error_of(answer) == (400, "10400", "Invalid Content-Type")
    check_answer(answer)


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


def test_the_judge_refuses_other_answers(sim, ups):
    for fault in (
        {"status": 418},
        {"kind": "html", "status": 400},
        {"status": 400, "body": {"errors": []}},
        {"status": 400, "body": {"response": {"errors": [{"code": 10400, "message": "a"}]}}},
        {"status": 200, "body": {"expires_in": 14399}},
    ):
        sim.queue_fault("token", **{"kind": "status"} | fault)
        with pytest.raises(AssertionError):
            check_answer(ups.exchange("x"))


def test_the_judge_refuses_other_requests(sim, ups):
    secret = sim.issue_tokens()["refresh_token"]
    ups.refresh(secret, auth=None)
    ups.refresh(secret, more="x")
    ups.refresh(None)
    ups.authorize(code_challenge_method="S256")
    ups.countries("x", transId=None)

    assert len(sim.requests) == 5
    for recorded in sim.requests:
        with pytest.raises((AssertionError, ValueError)):
            check_request(recorded)
