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


@pytest.mark.parametrize("name", ["code", "state", "error", "error_description"])
@pytest.mark.parametrize(
    "values",
    [["a", "a"], ["a", "b"], ["x" * (MAX_LENGTH + 1)], ["\x00"], ["\n"], ["é"], ["\u2028"]],
    ids=["twice", "twice and different", "too long", "NUL", "line break", "not ASCII", "separator"],
)
def test_what_ups_never_sends_is_malformed(name: str, values: list[str]):
    assert read(**{name: values}).is_malformed


def test_the_longest_parameter_is_well_formed():
    assert not read(code=["x" * MAX_LENGTH]).is_malformed


def test_a_parameter_of_others_may_come_twice():
    assert not read(code=["c"], state=["s"], locale=["en", "é"]).is_malformed


def test_neither_code_nor_state_is_shown():
    assert "SECRET" not in repr(read(code=["SECRET-CODE"], state=["SECRET-STATE"]))
