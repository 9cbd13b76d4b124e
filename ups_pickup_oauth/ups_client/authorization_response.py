"""What UPS sends back with the browser (RFC 6749, section 4.1.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from .redaction import readable

MAX_LENGTH = 4096
"""Characters of one parameter. UPS's codes and states are far shorter."""


@dataclass(frozen=True)
class AuthorizationResponse:
    """The parameters of UPS's answer; an empty string stands for a missing one.

    ``is_malformed`` says that what decides cannot be trusted: the state or the code came twice (RFC
    6749, section 3.1, forbids it) or is longer than any that UPS sends, or the state is none that
    we made. Which characters a code has is UPS's affair.

    ``error`` and ``error_description`` are words: an error says no, however it is written. Of
    several the first counts, made fit to show: one printable line, bounded.
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
        states, codes = list(query.get("state", ())), list(query.get("code", ()))
        errors = [*filter(None, query.get("error", ()))][:1]
        descriptions = [*filter(None, query.get("error_description", ()))][:1]
        return cls(
            state=states[0] if len(states) == 1 else "",
            error=(readable(errors[0]) or "error") if errors else "",
            error_description=readable(descriptions[0]) if descriptions else "",
            code=codes[0] if len(codes) == 1 else "",
            is_malformed=_is_repeated_or_long(states)
            or _is_repeated_or_long(codes)
            or not all(state.isascii() and state.isprintable() for state in states),
        )


def _is_repeated_or_long(values: list[str]) -> bool:
    return len(values) > 1 or any(len(value) > MAX_LENGTH for value in values)
