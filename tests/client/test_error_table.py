"""What does each answer of UPS's mean? Every status and body, for every call."""

import contextlib
import json
from base64 import b64encode, urlsafe_b64encode
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from html import escape
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_server import TOKENS
from ups_client import AskPersonAgain, FixSettings, TokenSet, TryLater, UpsError
from ups_client.redaction import redactor
from ups_client.transport import Answer
from ups_client.verdict import seconds_to_wait, verdict_on

VERIFIER = "v" * 43


@pytest.fixture
def ask(client, app):
    """Make the call of an operation. :return: its error, or what it returned."""
    calls = {
        "authorize": lambda: client.preflight(client.begin(app.redirect_uri)),
        "token": lambda: client.exchange_code("the-code", app.redirect_uri, VERIFIER),
        "refresh": lambda: client.refresh("the-refresh-token"),
    }

    def ask(operation):
        try:
            return calls[operation]()
        except UpsError as error:
            return error

    return ask


def envelope(message, code="10400"):
    return {"response": {"errors": [{"code": code, "message": message}]}}


def outcome(error):
    """The class and its attribute, as the table writes them."""
    if isinstance(error, TokenSet):
        return "kept"
    if not isinstance(error, UpsError):
        return "odd" if error else "fine"
    if isinstance(error, FixSettings):
        return f"fix {error.setting}"
    if isinstance(error, TryLater):
        return "later, lost" if error.answer_lost else "later"
    assert type(error) is AskPersonAgain
    return "person"


LOST, PERSON = ("later, lost",) * 2, ("person",) * 2
CLIENT_ID, SECRET, APPLICATION = (
    (f"fix {setting}",) * 3 for setting in ("client_id", "client_secret", "application")
)
GATEWAY_PAGE = "<html><body>ClientId is Invalid</body></html>"
BLOCKED = envelope("Blocked Merchant", "10403")
BUSY = envelope("Too Many Requests", "10429")
ERROR_PAGE = {"Location": "https://www.ups.com/error.page"}

# What UPS says, in its envelope, with 400 or 401; what it means on authorize, token, refresh.
COMPLAINTS = [
    ("ClientId is Invalid", *CLIENT_ID),
    ("client id is invalid", *CLIENT_ID),
    ("Missing CLIENT_ID", *CLIENT_ID),
    ("Invalid client", *CLIENT_ID),
    ("Invalid Client Secret", *SECRET),
    ("Invalid/Missing Authorization Header", *SECRET),
    ("Invalid Redirect URL", "fix redirect_uri", "fix redirect_uri", "person"),
    ("redirect_uri of the client", "fix redirect_uri", "fix redirect_uri", "fix client_id"),
    *((words, "fix None", *PERSON) for words in (
        "Invalid authorization code", "Invalid Refresh Token", "Something new", "",
    )),
]  # fmt: skip
# A refusal that is not UPS's own is an outage.
NOT_UPSS = [
    GATEWAY_PAGE, "", "ClientId is Invalid", {}, [], "null", '"errors"', "{" * 100_000,
    "[" * 100_000, '{"response": ' + "9" * 5000 + "}", {"response": None}, {"response": []},
    {"response": {"errors": None}}, {"response": {"errors": {}}}, {"response": {"errors": []}},
    {"response": {"errors": [None, "ClientId", {}, {"code": True}, {"message": 5}]}},
    {"errors": "ClientId is Invalid"},
    {"error": "invalid_grant", "error_description": "RFC 6749, not UPS"},
    {"fault": {"faultstring": "Invalid ApiKey"}},
]  # fmt: skip
# Status, body and headers; what they mean on authorize, token, refresh.
STATUSES = [
    *((status, envelope(words), {}, *meant)
      for status in (400, 401) for words, *meant in COMPLAINTS),
    *((status, body, {}, "odd", *LOST) for status in (400, 401, 403) for body in NOT_UPSS),
    (403, BLOCKED, {}, *APPLICATION),
    (403, envelope("ClientId"), {}, *APPLICATION),
    (403, GATEWAY_PAGE, {"errorcode": "10403"}, *APPLICATION),
    (429, BUSY, {}, "later", "later", "later"),
    (429, GATEWAY_PAGE, {}, "odd", "later", "later"),
    (429, envelope("ClientId is Invalid"), {}, "later", "later", "later"),
    (500, envelope("ClientId is Invalid"), {}, "later", *LOST),
    (500, GATEWAY_PAGE, {}, "odd", *LOST),
    (502, "", {}, "odd", *LOST),
    (503, BUSY, {}, "later", *LOST),
    (404, envelope("Not Found"), {}, "later", *LOST),
    (404, envelope("Invalid Refresh Token"), {}, "later", *LOST),
    (405, GATEWAY_PAGE, {}, "odd", *LOST),
    (200, GATEWAY_PAGE, {}, "odd", *LOST),
    (200, {}, {}, "odd", *LOST),
    (200, envelope("ClientId is Invalid"), {}, "later", *LOST),
    (201, TOKENS, {}, "odd", "kept", "kept"),
    (204, "", {}, "odd", *LOST),
    (301, "", {"Location": "/elsewhere"}, "odd", *LOST),
    (302, "", {}, "odd", *LOST),
    (302, "", {"Location": ""}, "odd", *LOST),
    (302, "", {"Location": "https://[bad"}, "odd", *LOST),
    (302, "", {"Location": "/login"}, "fine", *LOST),
    (303, "", {"Location": "/login"}, "odd", *LOST),
    (303, "", ERROR_PAGE, "later", *LOST),
    (307, "", {"Location": "/security/v1/oauth/token"}, "odd", *LOST),
    (200, {**TOKENS, "status": "revoked", "access_token": ""}, {}, "odd", *PERSON),
    (200, {**TOKENS, "refresh_token_status": "expired", "refresh_token": 1}, {}, "odd", *PERSON),
    (200, {**TOKENS, "status": None}, {}, "odd", "kept", "kept"),
    (200, {**TOKENS, "expires_in": "soon"}, {}, "odd", "kept", "kept"),
    (200, {**TOKENS, "access_token": "a\r\nb"}, {}, "odd", *LOST),
    (200, [TOKENS], {}, "odd", *LOST),
    (500, TOKENS, {}, "odd", "kept", "kept"),
    (401, {"errors": [{"message": "ClientId"}]}, {}, *CLIENT_ID),
    (401, {"errors": [{"code": 10401}]}, {}, "fix None", *PERSON),
    (401, {"errors": ["junk", {"code": "7"}]}, {}, "fix None", *PERSON),
    (400, {"errors": [{"code": "1", "message": "Oops"}, {"message": "ClientId"}]}, {}, *CLIENT_ID),
    (401, "", {"errordescription": "ClientId is Invalid"}, *CLIENT_ID),
    (400, "", {"errorcode": "10400"}, "fix None", *PERSON),
]  # fmt: skip


@pytest.mark.parametrize(
    ("status", "body", "headers", "authorize", "token", "refresh"),
    STATUSES,
    ids=lambda value: str(value)[:40],
)
def test_every_answer(ups, ask, status, body, headers, authorize, token, refresh):
    for operation, expected in (("authorize", authorize), ("token", token), ("refresh", refresh)):
        ups.queue_fault(operation, "status", status=status, body=body, headers=headers)
        error = ask(operation)
        assert (operation, outcome(error)) == (operation, expected)
        if isinstance(error, UpsError):
            assert (error.operation, error.http_status) == (operation, status)
        if body in NOT_UPSS and not headers and isinstance(error, UpsError):
            assert (error.ups_code, error.ups_message) == (None, None)
        if expected == "odd":
            assert error == f"HTTP {status}, neither UPS's login page nor an error of UPS's own"


BOTH = [{"code": "1", "message": "Oops"}, {"message": "ClientId"}, {"code": "3"}]
HEADERS = {"ErrorCode": "10401", "ErrorDescription": "ClientId is Invalid"}
SPENT = envelope("Invalid Refresh Token", "10401")
# A fault, and what is told of it: UPS's code, UPS's words, and all in a sentence.
TOLD = [
    ({"status": 429, "body": BUSY}, "10429", "Too Many Requests",
     "No usable answer from UPS to refresh: HTTP 429, 10429 Too Many Requests"),
    ({"status": 401, "body": SPENT}, "10401", "Invalid Refresh Token",
     "UPS refused refresh: HTTP 401, 10401 Invalid Refresh Token"),
    ({"status": 200, "body": {"status": "revoked"}}, None, "status is revoked",
     "UPS did not approve refresh: status is revoked"),
    ({"status": 400, "body": {"errors": BOTH}}, "1", "Oops; ClientId", ...),
    ({"status": 401, "body": "", "headers": HEADERS}, "10401", "ClientId is Invalid", ...),
    # The body is believed before the headers.
    ({"status": 400, "body": envelope("Oops"), "headers": HEADERS}, "10400", "Oops", ...),
]  # fmt: skip


@pytest.mark.parametrize(("fault", "code", "words", "sentence"), TOLD)
def test_upss_words_come_along(ups, ask, fault, code, words, sentence):
    ups.queue_fault("refresh", "status", **fault)
    error = ask("refresh")
    assert (error.http_status, error.ups_code, error.ups_message) == (fault["status"], code, words)
    assert sentence in (str(error), ...)


@pytest.mark.parametrize(
    ("location", "meant"),
    [
        ("https://www.ups.com/error.page", "later"),
        ("https://WWW.UPS.COM/error.page?loc=en_US", "later"),
        ("https://ups.com/us/en/error.page/", "later"),
        ("https://id.ups.com/login", "fine"),
        ("https://www.ups.com/lasso/login?returnto=error.page", "fine"),
        ("https://www.ups.com/myerror.page", "fine"),
        ("https://login.example.com/error.page", "fine"),
        ("https://notups.com/error.page", "fine"),
        ("/login", "fine"),
    ],
)
def test_upss_error_page_is_an_outage_and_any_other_the_login_page(ups, ask, location, meant):
    ups.queue_fault("authorize", "status", status=302, body="", headers={"Location": location})
    assert outcome(ask("authorize")) == meant


# === RETRY-AFTER === #


def http_date(**ahead):
    return format_datetime(datetime.now(timezone.utc) + timedelta(**ahead), usegmt=True)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("0", 0), ("120", 120), (" 7 ", 7), ("3600", 3600), ("3601", 3600), ("9" * 5000, 3600),
        ("", None), ("-1", None), ("1.5", None), ("soon", None), ("5, 10", None), ("\u0665", None),
        ("Fri, 31 Feb 2026 00:00:00 GMT", None), ("Mon, 01 Jan 99999 00:00:00 GMT", None),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0), ("Thu, 01 Jan 1970 00:00:00 -0000", 0),
        ("Thu, 01 Jan 1970 23:59:59 +2359", 0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 3600), ("Fri, 31 Dec 9999 23:59:59 -2359", 3600),
    ],
)  # fmt: skip
def test_retry_after_is_seconds_within_an_hour(header, seconds):
    assert seconds_to_wait(header) == seconds


def test_retry_after_may_be_a_date():
    assert 500 < seconds_to_wait(http_date(minutes=10)) <= 600
    there = timezone(timedelta(hours=9))
    elsewhere = format_datetime(datetime.now(there) + timedelta(minutes=10))
    assert 500 < seconds_to_wait(elsewhere) <= 600


@given(st.text())
def test_any_retry_after_is_bounded(header):
    assert seconds_to_wait(header) is None or 0 <= seconds_to_wait(header) <= 3600


@pytest.mark.parametrize("operation", ["authorize", "token", "refresh"])
@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_reaches_the_caller(ups, ask, operation, status):
    for headers, seconds in (({"Retry-After": "42"}, 42), ({}, None)):
        ups.queue_fault(operation, "status", status=status, headers=headers)
        assert ask(operation).retry_after == seconds


# === WHAT UPS SAYS, MADE FIT TO LOG === #


def secrets_in(client):
    basic = f"{client.client_id}:{client.client_secret}"
    return [client.client_secret, basic, "the-code", VERIFIER, "the-refresh-token"]


ECHOES = {
    "plain": str,
    "percent": lambda secret: quote(secret, safe=""),
    "percent, slashes kept": quote,
    "form": quote_plus,
    "lower-case percent": lambda s: quote(s, safe="").replace("%C3%A9", "%c3%a9"),
    "html": escape,
    "base64": lambda secret: b64encode(secret.encode()).decode(),
    "base64, unpadded": lambda secret: b64encode(secret.encode()).decode().rstrip("="),
    "base64url": lambda secret: urlsafe_b64encode(secret.encode()).decode(),
}


@pytest.mark.parametrize("echo", ECHOES)
@pytest.mark.parametrize("where", ["message", "code", "header", "status"])
def test_an_echoed_secret_is_redacted(ups, ask, client, echo, where):
    for secret in secrets_in(client):
        echoed = ECHOES[echo](secret)
        operation = "token" if secret in ("the-code", VERIFIER) else "refresh"
        fault = {
            "message": {"status": 400, "body": envelope(f"Bad <{echoed}>")},
            "code": {"status": 400, "body": envelope("Bad", code=f"1 {echoed}")},
            "header": {"status": 400, "body": "", "headers": {"errorcode": f"Bad {echoed}"}},
            "status": {"status": 200, "body": {"status": f"no {echoed}"}},
        }[where]
        ups.queue_fault(operation, "status", **fault)
        error = ask(operation)
        assert "[redacted]" in str(error)
        assert echoed.rstrip("=") not in str(error) + str(vars(error))


def test_what_holds_a_shorter_secret_is_redacted_whole():
    redact = redactor(["abc", "abcdef", "a b/c&d"])
    assert redact("abcdef, abc") == "[redacted], [redacted]"
    for form in ("a b/c&d", "a%20b/c%26d", "a%20b%2Fc%26d", "a+b%2Fc%26d", "a b/c&amp;d"):
        assert redact(form) == "[redacted]"


def test_what_looks_like_a_token_is_redacted_whoevers_it_is(ups, ask):
    token = "eyJhbGciOiJSUzM4NCIsInR5cCI6IkpXVCJ9"
    ups.queue_fault("refresh", "status", status=400, body=envelope(f"Token {token} is dead"))
    assert ask("refresh").ups_message == "Token [redacted] is dead"


def test_upss_words_are_one_bounded_printable_line(ups, ask):
    words = " Bad\r\nINFO forged\x1b[31m line\u2028\u202etxt\x00\ud800"
    for said, code in ((words, "1\n0"), (f"{words} {'bla ' * 9999}", "1 " * 9999)):
        ups.queue_fault("token", "status", status=400, body=json.dumps(envelope(said, code)))
        error = ask("token")
        assert error.ups_message.startswith("Bad  INFO forged[31m line txt")
        assert error.ups_code.startswith("1 ")
        assert str(error).isprintable()
        assert max(len(error.ups_message), len(error.ups_code)) <= 300


# === ANYTHING AT ALL === #

ANSWERS = st.builds(
    Answer,
    status=st.sampled_from([200, 302, 400, 401, 403, 429, 500]) | st.integers(100, 599),
    headers=st.dictionaries(
        st.sampled_from(["Location", "Retry-After", "errorcode", "errordescription"]), st.text()
    ),
    body=st.binary()
    | st.recursive(
        st.none() | st.integers() | st.text() | st.sampled_from(["ClientId", "redirect"]),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["response", "errors", "code", "message", *TOKENS]), inner
            )
        ),
    ).map(lambda content: json.dumps(content).encode()),
)


@given(answer=ANSWERS, operation=st.sampled_from(["token", "refresh"]))
def test_any_answer_to_a_post_is_tokens_or_an_error_that_says_what_to_do(answer, operation):
    verdict = verdict_on(operation, ("the secret",))
    try:
        told = repr(verdict.tokens_in(answer, datetime.now(timezone.utc)))
    except (AskPersonAgain, FixSettings, TryLater) as error:
        told = str(error)
    assert told.isprintable()


@given(answer=ANSWERS)
def test_no_answer_to_a_look_ends_an_authorization(answer):
    with contextlib.suppress(FixSettings, TryLater):
        verdict_on("authorize", ()).check_login_page(answer)
