"""What UPS sends back with the browser (RFC 6749, section 4.1.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

PARAMETERS = ("state", "error", "error_description", "code")

MAX_LENGTH = 4096
"""Characters of one parameter. UPS's codes and states are far shorter."""


@dataclass(frozen=True)
class AuthorizationResponse:
    """The parameters of UPS's answer; an empty string stands for a missing one.

    ``is_malformed`` says that a parameter came twice (RFC 6749, section 3.1, forbids it), or is
    longer than any that UPS sends, or holds what is not text: nothing in it can be trusted.
    """

    state: str = field(repr=False)
    error: str
    error_description: str
    code: str = field(repr=False)
    is_malformed: bool

    @classmethod
    def from_query(cls, query: Mapping[str, Sequence[str]]) -> AuthorizationResponse:
        """Read the callback's query.

        :param query: all values of each parameter, percent-decoded.
        :return: the answer; other parameters are ignored, as section 4.1.2 demands.
        """
        values = {name: list(query.get(name, ())) for name in PARAMETERS}
        return cls(
            **{name: each[0] if len(each) == 1 else "" for name, each in values.items()},
            is_malformed=any(map(_is_malformed, values.values())),
        )


def _is_malformed(values: list[str]) -> bool:
    return len(values) > 1 or any(
        len(value) > MAX_LENGTH or not value.isprintable() or not value.isascii()
        for value in values
    )
