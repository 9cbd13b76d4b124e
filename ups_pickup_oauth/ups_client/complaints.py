"""What does UPS itself say went wrong? What is not in UPS's envelope is somebody else's page."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass

from .transport import Answer


@dataclass(frozen=True, slots=True)
class Complaint:
    """UPS's error code and words, fit to log. Of several errors: the first code, all words."""

    code: str | None
    message: str | None

    def in_words(self) -> str:
        """The code and the words, for a sentence."""
        return " ".join(filter(None, (self.code, self.message)))

    def names(self, word: str) -> bool:
        """Whether UPS's words name it, written ``ClientId``, ``client id`` or ``client_id``.

        :param word: lower case, without spaces and the like.
        """
        return word in re.sub(r"[\s_-]+", "", self.message or "").lower()


def complaint_in(answer: Answer, redact: Callable[[str], str]) -> Complaint | None:
    """Return what UPS complains about, or None when the answer is no complaint of UPS's own.

    :param redact: makes a text of UPS's fit to log.
    """
    errors = _errors_in_body(answer.body) or _errors_in_headers(answer)
    if not errors:
        return None
    codes = [code for code, _message in errors if code]
    messages = [message for _code, message in errors if message]
    return Complaint(
        code=redact(codes[0]) if codes else None,
        message=redact("; ".join(messages)) if messages else None,
    )


def _errors_in_body(body: bytes) -> list[tuple[str, str]]:
    """Read ``{"response": {"errors": [{"code": …, "message": …}]}}``, wrapped or not."""
    content = json_in(body)
    for envelope in (content, content.get("response") if isinstance(content, dict) else None):
        if isinstance(envelope, dict) and isinstance(envelope.get("errors"), list):
            return [error for error in map(_error, envelope["errors"]) if any(error)]
    return []


def _error(entry: object) -> tuple[str, str]:
    if not isinstance(entry, dict):
        return "", ""
    code, message = entry.get("code"), entry.get("message")
    is_code = isinstance(code, (str, int)) and not isinstance(code, bool)
    return (str(code) if is_code else ""), (message if isinstance(message, str) else "")


def _errors_in_headers(answer: Answer) -> list[tuple[str, str]]:
    error = answer.headers.get("errorcode", ""), answer.headers.get("errordescription", "")
    return [error] if any(error) else []


def json_in(body: bytes) -> object:
    """Return the body's JSON, None when it is something else."""
    try:
        return json.loads(body)
    # ValueError: also bad UTF-8, and numbers of thousands of digits
    except (ValueError, RecursionError):
        return None
