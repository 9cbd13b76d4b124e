"""What does UPS complain about, and which field is it? Only its own envelope is UPS's word."""

from __future__ import annotations

import re

from . import codes
from .answers import alerts
from .outcomes import Refused
from .reading import entries, part, words

_NAMED_IN_WORDS = {
    "pickuppoint": "address.pickup_point",
    "closetime": "close_time",
    "readytime": "ready_time",
    "pickupdate": "date",
    "companyname": "address.company_name",
    "contactname": "address.contact_name",
    "addressline": "address.street",
    "stateprovince": "address.state",
    "postalcode": "address.postal_code",
    "urbanization": "address.urbanization",
    "phonenumber": "address.phone",
    "accountnumber": "account.number",
    "servicecode": "pieces.service",
    "containercode": "pieces.container",
    "destinationcountry": "pieces.destination",
    "paymentmethod": "payment_method",
    "trackingnumber": "tracking_numbers",
    "specialinstruction": "instruction",
    "referencenumber": "reference",
    "emailaddress": "confirmation_email",
    "quantity": "pieces.quantity",
    "weight": "weight",
}
"""Letters of UPS's names, in lower case. Which are told is no promise of UPS's."""


def refusal_in_envelope(body: object, http_status: int, retry_after: str = "") -> Refused | None:
    """Read ``{"response": {"errors": [{"code", "message"}]}}``, wrapped or not."""
    for errors in (part(body, "response", "errors"), part(body, "errors")):
        found = [error for error in map(_error, entries(errors)) if any(error)]
        if found:
            code = next((code for code, _words in found if code), None)
            sentence = "; ".join(text for _code, text in found if text)
            return _refused(code, sentence, http_status, retry_after)
    return None


def refusal_in_answer(content: object, http_status: int) -> Refused:
    """Read an answer whose ResponseStatus says 0."""
    said = alerts(content)
    status = words(part(content, "Response", "ResponseStatus", "Description"))
    sentence = "; ".join(alert.words for alert in said if alert.words) or status
    return _refused(next((alert.code for alert in said), None), sentence, http_status)


def _error(entry: object) -> tuple[str, str]:
    return words(part(entry, "code"), 20), words(part(entry, "message"))


def _refused(code, sentence, http_status, retry_after="") -> Refused:
    return Refused(
        code=code or None,
        words=sentence[:1000],
        http_status=http_status,
        field=codes.REFUSAL_FIELDS.get(code or "") or _field_in(sentence),
        retry_after=_seconds(retry_after),
    )


def _field_in(sentence: str) -> str | None:
    letters = re.sub(r"[^a-z]", "", sentence.lower())
    named = {field for name, field in _NAMED_IN_WORDS.items() if name in letters}
    return named.pop() if len(named) == 1 else None


def _seconds(retry_after: object) -> int | None:
    text = retry_after.strip() if isinstance(retry_after, str) else ""
    return min(int(text), 3600) if text.isascii() and text.isdigit() and len(text) < 10 else None
