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


# === PARAMETERS === #


REQUIRED = [
    (name, field)
    for name, each in OPERATIONS.items()
    for field in sorted(
        each.parameters("query", True) | each.parameters("header", True)
        | set(each.body.get(FORM, {}).get("required", ()))
    )
]  # fmt: skip


@pytest.mark.parametrize("name", OPERATIONS)
def test_only_what_is_documented_is_served(ups, name):
    operation = OPERATIONS[name]
    path = operation.path.format(countrycode="US")
    other = ups.request("DELETE", path)
    assert (other.status_code, other.headers["Allow"]) == (405, operation.method)
    assert error_of(ups.request(operation.method, path + "/more"))[0] == 404
    if FORM in operation.body:
        answer = ups.request("POST", path, json={"grant_type": "x"}, auth=CLIENT)
        assert error_of(answer) == (400, "10400", "Invalid Content-Type")
        check_answer(answer)


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
