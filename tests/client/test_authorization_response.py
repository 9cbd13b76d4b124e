import pytest
from ups_client.authorization_response import MAX_LENGTH, AuthorizationResponse


def read(**query: list[str]) -> AuthorizationResponse:
    return AuthorizationResponse.from_query(query)


def test_each_parameter_once():
    response = read(code=["c"], state=["s"], scope=["ignored"])
    assert (response.code, response.state, response.error) == ("c", "s", "")
    assert not response.is_malformed


def test_nothing_at_all_is_empty_and_well_formed():
    response = read()
    assert (response.code, response.state, response.error) == ("", "", "")
    assert not response.is_malformed


@pytest.mark.parametrize(
    "query",
    [
        *({name: values} for name in ("code", "state") for values in (["a", "a"], ["a", "b"])),
        *({name: ["x" * (MAX_LENGTH + 1)]} for name in ("code", "state")),
        *({"state": [state]} for state in ("\x00", "\n", "é", "\u2028")),
    ],
)
def test_what_cannot_be_trusted_is_malformed(query):
    assert read(**query).is_malformed


@pytest.mark.parametrize("code", ["é", "a\x00b", "a b\n", "%"])
def test_a_code_may_be_any_text(code):
    response = read(code=[code], state=["s"])
    assert (response.code, response.is_malformed) == (code, False)


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        (["access_denied"], "access_denied"),
        (["zugriff_verweigert_für_Sie"], "zugriff_verweigert_für_Sie"),
        (["a\r\nforged\x00\u202e line"], "a  forged line"),
        (["first", "second"], "first"),
        (["", "second"], "second"),
        (["x" * 99999], "x" * 300),
        ([""], ""),
    ],
)
def test_words_are_only_shown(sent, shown):
    response = read(error=sent, error_description=sent, state=["s"])
    assert (response.error, response.error_description) == (shown, shown)
    assert (response.state, response.is_malformed) == ("s", False)


def test_an_error_that_cannot_be_shown_is_one_all_the_same():
    assert read(error=["\x00\x01"], state=["s"]).error == "error"


def test_the_longest_parameter_is_well_formed():
    assert not read(code=["x" * MAX_LENGTH]).is_malformed


def test_a_parameter_of_others_may_come_twice():
    assert not read(code=["c"], state=["s"], locale=["en", "é"]).is_malformed


def test_neither_code_nor_state_is_shown():
    assert "SECRET" not in repr(read(code=["SECRET-CODE"], state=["SECRET-STATE"]))
