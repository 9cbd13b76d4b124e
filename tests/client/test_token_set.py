"""What did UPS grant, and until when?"""

import copy
import pickle
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_server import TOKENS
from ups_client import TokenSet, token_set
from ups_client.token_set import NotApprovedError, UnreadableError, read_token_set

NOW = datetime(2026, 4, 1, 12, tzinfo=timezone.utc)
MISSING = object()


def read(**changes):
    fields = {**TOKENS, **changes}
    return read_token_set({k: v for k, v in fields.items() if v is not MISSING}, NOW)


def test_upss_strings_become_times_and_numbers():
    assert read(scope="public", refresh_count="3") == TokenSet(
        access_token="new-access-token",
        refresh_token="new-refresh-token",
        access_token_expires_at=datetime(2026, 4, 1, 15, 59, 59, tzinfo=timezone.utc),
        refresh_token_expires_at=datetime(2026, 5, 31, 11, 59, 59, tzinfo=timezone.utc),
        issued_at=datetime(2024, 1, 31, 14, 8, 58, 962000, tzinfo=timezone.utc),
        scope="public",
        refresh_count=3,
    )


def test_plain_numbers_are_understood_too():
    numbers = read(expires_in=14399, refresh_token_expires_in=5183999, issued_at=1706710138962)
    assert numbers == read()


def test_tokens_are_not_shown_and_do_not_change():
    tokens = read()
    assert "new-access-token" not in repr(tokens)
    assert "new-refresh-token" not in repr(tokens)
    assert "access_token_expires_at" in repr(tokens)
    assert not hasattr(tokens, "__dict__")
    assert pickle.loads(pickle.dumps(tokens)) == copy.deepcopy(tokens) == tokens
    with pytest.raises(AttributeError):
        tokens.access_token = "mine"


ODD_NUMBERS = [
    MISSING, None, "", "-1", -1, "1.5", 1.5, 14399.0, " 14399", "14399\n", "1_000", "1e3", "0x10",
    "١٤٣٩٩", "²", True, False, [14399], {"seconds": 1}, "4 hours", "9" * 16, 10**15, 10**400,
]  # fmt: skip


LIFETIMES = {
    "expires_in": ("access_token_expires_at", token_set.DEFAULT_ACCESS_LIFETIME),
    "refresh_token_expires_in": ("refresh_token_expires_at", token_set.DEFAULT_REFRESH_LIFETIME),
}
YEAR = 366 * 86400


@pytest.mark.parametrize("name", LIFETIMES)
def test_a_lifetime_is_believed_within_a_year_and_otherwise_careful(name):
    field, default = LIFETIMES[name]
    for value in ("1", 1, 604800, str(YEAR), YEAR):
        tokens = read(**{name: value})
        assert getattr(tokens, field) == NOW + timedelta(seconds=int(value))
        assert not tokens.oddities
    for value in [*ODD_NUMBERS, 0, "0", YEAR + 1, "3153600000"]:
        tokens = read(**{name: value})
        assert (getattr(tokens, field), tokens.oddities) == (NOW + default, (name,))
    assert timedelta(minutes=5) < token_set.DEFAULT_ACCESS_LIFETIME <= timedelta(hours=1)


@pytest.mark.parametrize("value", ODD_NUMBERS, ids=repr)
def test_what_is_only_nice_to_know_may_be_odd(value):
    tokens = read(issued_at=value, refresh_count=value, scope=MISSING)
    assert (tokens.issued_at, tokens.refresh_count, tokens.scope) == (None, None, None)
    expected = () if value in (MISSING, None) else ("issued_at", "refresh_count")
    assert tokens.oddities == expected


def test_a_moment_that_no_datetime_can_hold_is_unknown():
    assert read(issued_at="9" * 15).issued_at is None


@pytest.mark.parametrize("scope", [None, "", 5, ["a"], "a\nb"])
def test_an_odd_scope_is_unknown(scope):
    assert read(scope=scope).scope is None
    assert read(scope=scope).oddities == (() if scope in (None, "") else ("scope",))


# What of UPS's own words is as it should be, and what is not. Neither costs a token.
SAID = [
    ("status", ["approved", "Approved", " APPROVED "], ["revoked", "", "not approved"]),
    ("refresh_token_status", ["approved", "APPROVED"], ["expired", "approved?"]),
    ("token_type", ["bearer", " Bearer", None, MISSING], ["mac", "", "bearer token"]),
]


@pytest.mark.parametrize(("name", "good", "odd"), SAID)
def test_no_token_is_thrown_away_over_what_stands_beside_it(name, good, odd):
    for value in good:
        assert read(**{name: value}) == read()
    missing = [] if MISSING in good else [MISSING, None]
    for value in [*odd, *missing, True, 1, ["approved"], {}]:
        assert read(**{name: value}) == replace(read(), oddities=(name,))


@pytest.mark.parametrize("token", ["access_token", "refresh_token"])
def test_without_both_tokens_the_status_says_why(token):
    for name in ("status", "refresh_token_status"):
        with pytest.raises(NotApprovedError, match=f"{name} is revoked"):
            read(**{token: MISSING, name: "revoked"})
        for unreadable in (MISSING, None, True, "Approved"):
            with pytest.raises(UnreadableError, match=token):
                read(**{token: MISSING, name: unreadable})


@pytest.mark.parametrize("name", ["access_token", "refresh_token"])
def test_a_token_must_be_fit_for_a_header(name):
    assert getattr(read(**{name: "a" * 16384}), name) == "a" * 16384
    unfit = [MISSING, None, "", " ", "a b", "a\r\nX-Evil: 1", "a\n", "a\0", "tökên", "a" * 16385, 5]
    for value in unfit:
        with pytest.raises(UnreadableError, match=name):
            read(**{name: value})


@pytest.mark.parametrize("answer", [None, [], [TOKENS], "approved", 1, True])
def test_an_answer_that_is_no_object_is_unreadable(answer):
    with pytest.raises(UnreadableError):
        read_token_set(answer, NOW)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from(sorted({*TOKENS, "scope", "refresh_count"})), JSON))
def test_any_answer_is_read_or_refused_cleanly(changes):
    try:
        tokens = read(**changes)
    except (UnreadableError, NotApprovedError):
        return
    assert tokens.access_token_expires_at >= NOW
    assert tokens.refresh_token_expires_at >= NOW
    assert tokens.access_token.isascii()
    assert tokens.access_token.isprintable()
