"""What an attacker sends to the callback: real pieces among garbage, in every encoding."""

from dataclasses import dataclass
from urllib.parse import quote, quote_plus

from hypothesis import strategies as st

CALLBACK = b"/ups_pickup_oauth/callback"
# The first one leads to the callback, some of the others do too.
PATHS = (
    b"//ups_pickup_oauth/callback",
    b"/ups_pickup_oauth//callback",
    b"/ups_pickup_oauth/callback/",
    b"/ups_pickup_oauth/%63allback",
    b"/ups_pickup_oauth%2fcallback",
    b"/%75ps_pickup_oauth/callback",
    b"/ups_pickup_oauth/./callback",
    b"/web/../ups_pickup_oauth/callback",
    b"/%2e%2e/ups_pickup_oauth/callback",
    b"/ups_pickup_oauth/callback;x=1",
    b"/UPS_PICKUP_OAUTH/CALLBACK",
    b"http://evil.example/ups_pickup_oauth/callback",
    b"http://evil.example//ups_pickup_oauth/callback",
    b"ups_pickup_oauth/callback",
)
HEADERS = (
    b"Host: evil.example\r\n",
    b"X-Forwarded-Host: evil.example\r\nX-Forwarded-Proto: https\r\n",
    b"Forwarded: host=evil.example\r\n",
    b"X-Original-URL: /ups_pickup_oauth/try_again\r\nX-Rewrite-URL: /web\r\n",
    b"X-HTTP-Method-Override: POST\r\n",
    b"Referer: http://evil.example/?code=1\r\nOrigin: http://evil.example\r\n",
    b"Accept-Language: ../../etc\r\nAccept: application/json\r\n",
)


@dataclass(frozen=True)
class Pieces:
    """True states and codes. `own_state` may be sent only where something else spoils it."""

    own_state: str
    dead_states: tuple[str, ...]
    codes: tuple[str, ...]

    @property
    def all(self) -> tuple[str, ...]:
        return (self.own_state, *self.dead_states, *self.codes)


@dataclass(frozen=True)
class Hostile:
    """One request; `is_signed_in` as the user whose own state is pending."""

    target: bytes
    headers: bytes
    is_signed_in: bool


def requests(pieces: Pieces) -> st.SearchStrategy[Hostile]:
    paths = st.one_of(st.just(CALLBACK), st.just(CALLBACK), st.sampled_from(PATHS))
    query = st.one_of(_queries(pieces), _queries(pieces), _spoiled(pieces), _noise())
    return st.builds(
        Hostile,
        st.builds(lambda path, query: path + b"?" + query, paths, query),
        st.one_of(st.just(b""), st.sampled_from(HEADERS)),
        st.sampled_from((True, True, True, False)),
    )


def _queries(pieces: Pieces) -> st.SearchStrategy[bytes]:
    """Parameters in any number and order, most with the names that UPS uses."""
    true = st.sampled_from((*pieces.dead_states, *pieces.codes))
    value = st.one_of(true, true, _words(), st.text(max_size=40))
    pair = st.one_of(
        st.tuples(st.just("state"), st.sampled_from(pieces.dead_states)),
        st.tuples(_names(), value),
    )
    return st.lists(st.builds(_encoded, pair, _encodings()), max_size=6).map(b"&".join)


def _spoiled(pieces: Pieces) -> st.SearchStrategy[bytes]:
    """The user's own, living state, which must survive: cut, or with one part too many."""
    own, code = pieces.own_state, pieces.codes[0]
    cut = st.integers(1, len(own) - 1).map(lambda length: own[:length])
    added = st.sampled_from(("\x00", "\n", " ", "é", "\u202e", "=", "%", "x")).map(own.__add__)
    wrong = st.one_of(cut, added, st.just(own.swapcase())).map(
        lambda state: [("state", state), ("code", code)]
    )
    second = st.sampled_from(
        (("state", own), ("state", ""), ("state", "\x00"), ("code", "2"), ("code", "x" * 5000))
    ).map(lambda pair: [("state", own), ("code", code), pair])
    pairs = st.one_of(wrong, second).flatmap(st.permutations)
    # One encoding for all: an encoded name is the same name, so it spoils just as well.
    encoded = st.builds(lambda pairs, how: [_encoded(p, how) for p in pairs], pairs, _sound())
    return encoded.map(b"&".join)


def _noise() -> st.SearchStrategy[bytes]:
    return st.binary(max_size=300).map(_on_one_line)


def _names() -> st.SearchStrategy[str]:
    ours = st.sampled_from(("state", "code", "error", "error_description"))
    odd = (
        "self",
        "db",
        "debug",
        "redirect",
        "csrf_token",
        "state[]",
        "State",
        "__proto__",
        "",
        "é",
    )
    return st.one_of(ours, ours, ours, st.sampled_from(odd), st.text(max_size=10))


def _words() -> st.SearchStrategy[str]:
    return st.sampled_from(
        ("", "access_denied", "server_error", "' OR 1=1 --", "<script>alert(1)</script>",
         "${7*7}{{7*7}}", "../../etc/passwd", "\r\nSet-Cookie: a=b", "x" * 5000, "9" * 400,
         " HTTP/1.1")
    )  # fmt: skip


def _encodings() -> st.SearchStrategy:
    """How a text becomes bytes: also in ways that no browser would choose."""
    return st.one_of(_sound(), _sound(), st.sampled_from((_double, _utf_16, _raw, _broken)))


def _sound() -> st.SearchStrategy:
    return st.sampled_from((_form, _strict, _every))


def _encoded(pair: tuple[str, str], how) -> bytes:
    return b"=".join(how(part) for part in pair)


def _octets(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _form(text: str) -> bytes:
    return quote_plus(_octets(text)).encode()


def _strict(text: str) -> bytes:
    return quote(_octets(text), safe="").encode()


def _every(text: str) -> bytes:
    return b"".join(b"%%%02x" % octet for octet in _octets(text))


def _double(text: str) -> bytes:
    return quote(quote(_octets(text), safe=""), safe="").encode()


def _utf_16(text: str) -> bytes:
    return quote(text.encode("utf-16", "surrogatepass")).encode()


def _raw(text: str) -> bytes:
    return _on_one_line(_octets(text))


def _on_one_line(octets: bytes) -> bytes:
    """An end of the line would make it a request of 1991, without headers: Odoo's affair."""
    return octets.replace(b"\r", b"").replace(b"\n", b"")


def _broken(text: str) -> bytes:
    """A percent escape that is none, and bytes that are no UTF-8."""
    return b"%zz%" + quote(_octets(text)).encode() + b"%ff%c3%28\xed\xa0\x80%"
