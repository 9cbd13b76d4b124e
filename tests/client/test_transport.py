"""How do bytes get to UPS and back, when the other end does its worst?"""

import copy
import gzip
import logging
import pickle
import socket
import traceback
import zlib
from types import SimpleNamespace

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tiny_server import TOKENS, Peer, always, answer
from ups_client import OAuthClient, TryLater, UpsError, connections, transport
from ups_client import client as client_module
from werkzeug.serving import make_ssl_devcert

PAIR = ("new-access-token", "new-refresh-token")


def refresh(client):
    tokens = client.refresh("the-refresh-token")
    assert (tokens.access_token, tokens.refresh_token) == PAIR


def outage(call):
    with pytest.raises(TryLater) as caught:
        call()
    return caught.value


def one(data, *, then=None):
    """A script: read a request, send this, and then what else."""

    def script(peer):
        if peer.read_request():
            peer.send(data)
            if then:
                then(peer)

    return script


# === NO ANSWER: WAS THE REQUEST SENT? === #


def test_nobody_listens(client_of, tiny):
    server = tiny(always())
    server.stop()
    error = outage(lambda: refresh(client_of(server)))
    assert (error.operation, error.http_status, error.answer_lost) == ("refresh", None, False)


def test_no_such_host(app, monkeypatch):
    def no_address(*args, **kwargs):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", no_address)
    client = OAuthClient("https://ups.invalid", app.id, app.secret)
    assert not outage(lambda: refresh(client)).answer_lost


def test_a_host_that_never_finishes_the_handshake(client_of, tiny, monkeypatch):
    monkeypatch.setattr(connections, "CONNECT_TIMEOUT", 0.1)
    server = tiny(lambda peer: peer.say_nothing())
    server.base_url = server.base_url.replace("http:", "https:")
    assert not outage(lambda: refresh(client_of(server))).answer_lost


def test_a_ca_bundle_that_does_not_exist(app, monkeypatch, tmp_path):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "missing.pem"))
    client = OAuthClient("https://localhost:1", app.id, app.secret)
    assert not outage(lambda: refresh(client)).answer_lost


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("kind", ["drop", "hang", "truncated", "html", "oversized"])
def test_a_lost_answer_is_lost_whatever_ups_did(client, ups, monkeypatch, kind, when):
    monkeypatch.setattr(connections, "READ_TIMEOUT", 0.1 if kind == "hang" else 30)
    token = ups.issue_tokens()["refresh_token"]
    ups.queue_fault("refresh", kind, when=when)
    error = outage(lambda: client.refresh(token))
    status = {"html": 502}.get(kind)
    assert (error.operation, error.http_status, error.answer_lost) == ("refresh", status, True)
    assert ups.calls("refresh") == 1


def test_a_look_that_brings_nothing_stops_nobody(client, ups, app, monkeypatch):
    monkeypatch.setattr(client_module, "LONGEST_LOOK", 0.2)
    for kind in ("drop", "hang", "oversized"):
        ups.queue_fault("authorize", kind)
        odd = client.preflight(client.begin(app.redirect_uri))
        assert odd.startswith("No usable answer from UPS to authorize")
    ups.stop()
    error = outage(lambda: client.preflight(client.begin(app.redirect_uri)))
    assert (error.operation, error.answer_lost, error.has_left) == ("authorize", False, False)


def test_a_look_lasts_less_than_eight_seconds_however_it_drips(client_of, tiny, app, monkeypatch):
    assert client_module.LONGEST_LOOK < 8
    monkeypatch.setattr(client_module, "LONGEST_LOOK", 0.2)
    for start, more in ENDLESS.values():
        monkeypatch.setattr(connections, "MAX_ANSWER", 1 << 60)
        client = client_of(tiny(one(start, then=lambda peer, more=more: peer.send_for_ever(more))))
        assert "No usable answer" in client.preflight(client.begin(app.redirect_uri))


def test_all_addresses_of_a_host_share_one_time_out(app, monkeypatch):
    """Two that swallow what is sent to them, and one that answers: it is not reached in time."""
    asked, clock = [], [1000.0]

    def connect(address, timeout, *args, **options):
        asked.append((address[0], timeout))
        clock[0] += timeout if len(asked) > 1 else timeout / 2
        raise TimeoutError

    found = [(socket.AF_INET, 1, 6, "", (f"192.0.2.{last}", 443)) for last in (1, 2, 3)]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **options: found)
    monkeypatch.setattr("urllib3.util.connection.create_connection", connect)
    monkeypatch.setattr(connections, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    client = OAuthClient("https://onlinetools.ups.com", app.id, app.secret)
    assert not outage(lambda: refresh(client)).has_left
    assert asked == [("192.0.2.1", 5), ("192.0.2.2", 2.5)]
    assert connections.LONGEST_CALL == connections.CONNECT_TIMEOUT + connections.ANSWER_DEADLINE


PIECES = st.sampled_from(
    [
        b"HTTP/1.1 200 OK\r\n", b"HTTP/1.0 302 \r\n", b"HTTP/1.1 100 Continue\r\n\r\n",
        b"Content-Length: 5\r\n", b"Content-Length: -5\r\n", b"Content-Length: x, 5\r\n",
        b"Transfer-Encoding: chunked\r\n", b"Content-Encoding: gzip\r\n", b"Connection: close\r\n",
        b"Location: http://[\r\n", b"Location: \xff\r\n", b"Set-Cookie: \xff=;;;a=b\r\n",
        b"Set-Cookie\r\n", b"Retry-After: 5\r\n", b" folded\r\n", b"\r\n", b"\r\n\r\n",
        b"5\r\n", b"-1\r\n", b"0\r\n\r\n", b"5;x=y\r\n", b"{}", b"hello\r\n", b"\0",
        gzip.compress(b"{}"),
    ]
)  # fmt: skip


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pieces=st.lists(PIECES | st.binary(max_size=9), max_size=12))
def test_any_bytes_are_an_outage(client_of, tiny, pieces):
    assert outage(lambda: refresh(client_of(tiny(one(b"".join(pieces)))))).answer_lost


BODY = answer().partition(b"\r\n\r\n")[2]
BLANKS = b" " * (2 * connections.MAX_ANSWER)
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


def packed(body, encoding):
    return answer(body, Content_Encoding=encoding)


READABLE = {
    "without a length": b"HTTP/1.1 200 OK\r\n\r\n" + BODY,
    "chunks": CHUNKED + b"".join(b"1\r\n%c\r\n" % octet for octet in BODY) + b"0\r\n\r\n",
    "as long as may be": answer(BODY.ljust(connections.MAX_ANSWER - 1000)),
    # Packed, though nothing was asked for.
    "gzip": packed(gzip.compress(BODY), "gzip"),
    "X-GZip": packed(gzip.compress(BODY), "X-GZip"),
    "deflate": packed(zlib.compress(BODY), "deflate"),
    "identity": packed(BODY, "Identity"),
}
UNREADABLE = {
    "no HTTP": b"\0\1\2\r\n\r\n",
    "no version": b"HTTP/9.9 OK\r\n\r\n",
    "a long header": b"HTTP/1.1 200 OK\r\n" + b"X: " + b"x" * 70000,
    "many headers": b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n",
    "no size of a chunk": CHUNKED + b"zz\r\n",
    "a negative chunk": CHUNKED + b"-5\r\nabc",
    "less than promised": b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000000000000\r\n\r\n{}",
    "a byte less": answer()[:-1],
    "nothing": b"",
    "too long": answer(BODY.ljust(connections.MAX_ANSWER)),
    "gzip bomb": packed(gzip.compress(BODY + BLANKS), "gzip"),
    "deflate bomb": packed(zlib.compress(BODY + BLANKS), "deflate"),
    "truncated gzip": packed(gzip.compress(BODY)[:-9], "gzip"),
    "not packed": packed(BODY, "gzip"),
    "packed twice": packed(gzip.compress(gzip.compress(BODY)), "gzip, gzip"),
    "packed somehow": packed(BODY, "br"),
}


@pytest.mark.parametrize("kind", READABLE)
def test_an_answer_is_read_however_it_comes(client_of, tiny, kind):
    refresh(client_of(tiny(one(READABLE[kind]))))


@pytest.mark.parametrize("kind", UNREADABLE)
def test_an_answer_that_cannot_be_read_is_lost(client_of, tiny, kind):
    assert outage(lambda: refresh(client_of(tiny(one(UNREADABLE[kind]))))).answer_lost


def test_an_empty_body_needs_no_unpacking(client_of, tiny, app):
    page = answer(b"", status="302 Found", Location="/login", Content_Encoding="gzip")
    client = client_of(tiny(one(page)))
    client.preflight(client.begin(app.redirect_uri))


# === NEVER TOO MUCH, NEVER TOO LONG === #

ENDLESS = {
    "body": (b"HTTP/1.1 200 OK\r\n\r\n", b" " * 4096),
    "body of a refusal": (b"HTTP/1.1 401 No\r\n\r\n", b" " * 4096),
    "body of a redirect": (b"HTTP/1.1 302 Found\r\nLocation: /x\r\n\r\n", b" " * 4096),
    "chunks": (CHUNKED, b"1\r\n \r\n" * 512),
    "size of a chunk": (CHUNKED, b"0" * 4096),
    "trailers": (CHUNKED + b"0\r\n", b"X: y\r\n" * 512),
    "interim answers": (b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 128),
}


@pytest.mark.parametrize("endless", ENDLESS)
@pytest.mark.parametrize("by", ["its size", "the deadline"])
def test_an_endless_answer_is_cut_off(client_of, tiny, endless, by, monkeypatch):
    if by == "the deadline":
        monkeypatch.setattr(connections, "MAX_ANSWER", 1 << 60)
        monkeypatch.setattr(connections, "ANSWER_DEADLINE", 0.1)
    start, more = ENDLESS[endless]
    server = tiny(one(start, then=lambda peer: peer.send_for_ever(more)))
    assert outage(lambda: refresh(client_of(server))).answer_lost
    assert server.hung_up.acquire(timeout=10)


def test_the_last_wait_is_as_long_as_the_deadline_leaves(monkeypatch):
    clock = [1000.0]
    monkeypatch.setattr(connections, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    monkeypatch.setattr(connections.this_call, "ends_at", float("inf"))  # no call of before
    here, there = socket.socketpair()
    waits = []

    class Raw:
        def readinto(self, buffer):
            waits.append(here.gettimeout())
            return 1

        def close(self):
            pass

    with here, there:
        here.settimeout(30)
        reader = connections._BoundedReader(Raw(), here)
        for clock[0] in (1000.0, 1010.0, 1020.0, 1044.5):
            reader.readinto(bytearray(1))
            assert here.gettimeout() == 30  # for the next request on this connection
        clock[0] = 1045.0
        with pytest.raises(TimeoutError):
            reader.readinto(bytearray(1))
    assert waits == [30, 30, 25, 0.5]


# === TLS === #


@pytest.mark.parametrize("name", ["localhost", "ups.example.com"])
def test_a_certificate_that_is_not_to_be_trusted_gets_no_byte(
    client_of, tiny, tmp_path, monkeypatch, name
):
    """Nobody vouches for it, or it is for another host; no switch of a session changes that."""
    certificate = make_ssl_devcert(str(tmp_path / "tls"), cn=name)
    server = tiny(always(), certificate)
    connections.shared_session().verify = False
    if name != "localhost":
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", certificate[0])
        connections.shared_session().verify = True
    assert not outage(lambda: refresh(client_of(server))).answer_lost
    with pytest.raises(requests.exceptions.SSLError):
        connections.shared_session().get(server.base_url, verify=False)
    assert not server.requests


def test_a_companys_own_ca_is_trusted(client_of, tiny, localhost_certificate, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", localhost_certificate[0])
    refresh(client_of(tiny(always(), localhost_certificate)))


@pytest.mark.parametrize(
    "break_", [Peer.break_off, lambda peer: peer.send_below_tls(b"HTTP/1.1 200 OK\r\n\r\n")]
)
def test_tls_that_breaks_after_the_request_has_lost_the_answer(
    client_of, tiny, localhost_certificate, monkeypatch, break_
):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", localhost_certificate[0])
    server = tiny(lambda peer: peer.read_request() and break_(peer), localhost_certificate)
    assert outage(lambda: refresh(client_of(server))).answer_lost


# === REDIRECTS, COOKIES, CREDENTIALS === #


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_never_followed(client_of, tiny, app, status):
    elsewhere = tiny(always())
    location = f"{elsewhere.base_url}/security/v1/oauth/refresh"
    page = answer(b"", status=f"{status} Moved", Location=location)
    client = client_of(tiny(always(page)))
    assert outage(lambda: refresh(client)).http_status == status
    assert (client.preflight(client.begin(app.redirect_uri)) is None) == (status == 302)
    assert not elsewhere.connections


def test_a_cookie_is_neither_kept_nor_sent(client_of, tiny):
    server = tiny(always(answer(Set_Cookie="login=company-a; Path=/; Max-Age=9999")))
    refresh(client_of(server))
    refresh(client_of(server))
    assert server.connections == 1
    assert [request.headers.get("cookie") for request in server.requests] == [None, None]
    assert not connections.shared_session().cookies


def test_a_netrc_of_the_servers_adds_no_credentials(client, ups, app, monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine localhost login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    assert requests.get(ups.base_url).request.headers["Authorization"]  # it would
    request = client.begin(app.redirect_uri)
    client.preflight(request)
    code = ups.issue_code(app.redirect_uri, request.code_challenge)
    client.exchange_code(code, app.redirect_uri, request.code_verifier)
    assert not any("Authorization" in request.headers for request in ups.requests)


# === PROXIES === #


def test_https_goes_through_the_proxy_and_shows_it_nothing(
    client_of, tiny, localhost_certificate, monkeypatch
):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", localhost_certificate[0])

    def script(peer):
        peer.read_request()
        peer.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
        peer.start_tls(localhost_certificate)
        for _request in peer.requests():
            peer.send(answer())

    proxy = tiny(script)
    monkeypatch.setenv("HTTPS_PROXY", proxy.base_url)
    nowhere = tiny(always(answer(status="500 Not through the proxy")))
    nowhere.base_url = "https://localhost:9"
    refresh(client_of(nowhere))
    refresh(client_of(nowhere))
    connect, first, second = proxy.requests
    assert connect.line == "CONNECT localhost:9 HTTP/1.1" or connect.line.endswith("HTTP/1.0")
    assert "authorization" not in connect.headers
    assert first.line == second.line == "POST /security/v1/oauth/refresh HTTP/1.1"
    assert proxy.connections == 1


def test_a_proxy_that_refuses_has_sent_nothing_on(client_of, tiny, monkeypatch):
    proxy = tiny(one(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"))
    monkeypatch.setenv("HTTPS_PROXY", proxy.base_url)
    client = OAuthClient("https://onlinetools.ups.com", "id", "secret")
    assert not outage(lambda: refresh(client)).answer_lost
    assert [request.line.split()[0] for request in proxy.requests] == ["CONNECT"]


def test_what_is_meant_for_this_machine_never_reaches_a_proxy(client_of, tiny, monkeypatch):
    proxy = tiny(always())
    monkeypatch.setenv("HTTP_PROXY", proxy.base_url)
    monkeypatch.setenv("ALL_PROXY", proxy.base_url)
    server = tiny(always())
    refresh(client_of(server))
    assert server.requests
    assert not proxy.connections


# === TIME-OUTS === #


@pytest.mark.parametrize("timeout", [None, 9999, (None, None)])
def test_nothing_is_sent_without_time_outs(tiny, monkeypatch, timeout):
    monkeypatch.setattr(connections, "READ_TIMEOUT", 0.1)
    server = tiny(lambda peer: peer.say_nothing())
    with pytest.raises(requests.exceptions.ReadTimeout):
        connections.shared_session().get(server.base_url, timeout=timeout)


# === WHAT AN ERROR TELLS === #


# Not as they are, for tracebacks show this file's lines.
CODE, VERIFIER, REFRESH_TOKEN = (name + "-0815" for name in ("code", "verifier", "refresh"))


def failures(client, ups, app, tiny, client_of):
    """Every kind of error, each by a real call that carries every secret."""
    for operation, status, kind in (
        ("refresh", 401, "status"),
        ("refresh", 500, "status"),
        ("refresh", 403, "status"),
        ("token", 400, "status"),
        ("token", None, "drop"),
        ("token", None, "hang"),
        ("refresh", None, "truncated"),
        ("refresh", None, "oversized"),
        ("refresh", 200, "html"),
        ("authorize", None, "error_page"),
    ):
        ups.queue_fault(operation, kind, status=status)
        yield {
            "authorize": lambda: client.preflight(client.begin(app.redirect_uri)),
            "token": lambda: client.exchange_code(CODE, app.redirect_uri, VERIFIER),
            "refresh": lambda: client.refresh(ups.issue_tokens()["refresh_token"]),
        }[operation]
    for fields in ({"status": "revoked"}, {**TOKENS, "access_token": None}):
        server = tiny(always(answer(fields)))
        yield lambda server=server: client_of(server).refresh(REFRESH_TOKEN)
    yield lambda: OAuthClient(ups.base_url, app.id, app.secret + "\n")
    yield lambda: client.refresh(REFRESH_TOKEN + "\ud800")


def test_no_error_holds_a_secret(client, ups, app, tiny, client_of, monkeypatch, everything_logged):
    monkeypatch.setattr(connections, "READ_TIMEOUT", 0.1)
    secrets = {app.secret, CODE, VERIFIER, REFRESH_TOKEN, *PAIR}
    count = 0
    for call in failures(client, ups, app, tiny, client_of):
        with pytest.raises(UpsError) as caught:
            call()
        error, count = caught.value, count + 1
        logging.getLogger("odoo").warning("%s", error, exc_info=error)
        told = "".join(traceback.format_exception(type(error), error, error.__traceback__))
        told += f"{error} {error!r} {error.args} {vars(error)} {pickle.dumps(error)}"
        assert error.__cause__ is None
        assert error.__context__ is None
        for secret in secrets | ups.issued_secrets():
            assert secret not in told
    assert count == 14
    for secret in secrets | ups.issued_secrets():
        assert secret not in everything_logged.text


def test_no_log_holds_a_secret_when_all_is_well(client, ups, app, everything_logged):
    request = client.begin(app.redirect_uri)
    client.preflight(request)
    code = ups.issue_code(app.redirect_uri, request.code_challenge)
    tokens = client.exchange_code(code, app.redirect_uri, request.code_verifier)
    client.refresh(tokens.refresh_token)
    assert "POST /security/v1/oauth/refresh" in everything_logged.text
    known = {app.secret, request.state, request.code_verifier, request.code_challenge}
    for secret in known | ups.issued_secrets():
        assert secret not in everything_logged.text


def test_an_answer_shows_no_body():
    assert "secret" not in repr(transport.Answer(200, {}, b"secret"))


@pytest.mark.parametrize("kind", ["status", "drop"])
def test_an_error_survives_a_process_boundary(client, ups, kind):
    headers = {"Retry-After": "7"}
    ups.queue_fault("refresh", kind, status=503, headers=headers, body={"errors": [{"code": "1"}]})
    error = outage(lambda: client.refresh("the-refresh-token"))
    for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
        assert type(twin) is TryLater
        assert str(twin) == str(error)
        assert vars(twin) == vars(error)
