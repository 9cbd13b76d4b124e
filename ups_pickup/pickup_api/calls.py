"""How is UPS asked, and what counts as what? Each call is made once: nothing is repeated here.

A session is anything with ``request(method, path, *, json=None, headers=None)`` like that of
``requests``, which adds host, token, ``transId`` and ``transactionSrc``. What it raises beside
network errors passes through.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from . import answers, codes, leaving, outcomes, paths, problems
from .outcomes import (
    Booked,
    Cancelled,
    Listed,
    NeverLeft,
    NoLook,
    NotAnswered,
    Priced,
    Refused,
    Unknown,
)
from .parts import ACCOUNT_FORM
from .questions import PickupRequest, PriceRequest, SmartTrigger
from .reading import json_in, part, status_code, words
from .refusals import refusal_in_answer, refusal_in_envelope

PRN_FORM = r"[0-9A-Za-z]{11}"

MOST_ENTRIES = 10_000
"""Of a status: what lists more is read so far, and counts as no whole answer."""


def ask_price(session, request: PriceRequest) -> Priced | Refused | NotAnswered:
    """Ask what it would cost; books nothing.

    :raise PickupValueError: when ``request`` has problems.
    """
    came = _ask(session, "POST", paths.PRICE, json=request.as_json())
    content = _good(came, "PickupRateResponse")
    if not isinstance(content, _Content):
        return _not_answered(content)
    charge = answers.charge(content.json)
    if charge is None:
        return NotAnswered(outcomes.NO_PRICE, http_status=content.http_status)
    weekend = answers.off_weekend(content.json, request.date)
    return Priced(charge, content.alerts + weekend)


def request_pickup(session, request: PickupRequest) -> Booked | Refused | NeverLeft | Unknown:
    """Have a driver come. Sent once; whoever gets Unknown must not send it again.

    :raise PickupValueError: when ``request`` has problems; nothing was sent.
    """
    came = _ask(session, "POST", paths.REQUEST, json=request.as_json())
    return _booked(came, "PickupCreationResponse", request.date)


def trigger_smart_pickup(session, trigger: SmartTrigger) -> Booked | Refused | NeverLeft | Unknown:
    """Have a driver come, for an account with a contract; otherwise as ``request_pickup``."""
    came = _ask(session, "POST", paths.REQUEST, json=trigger.as_json())
    return _booked(came, "PickupTriggerGWNResponse")


def cancel_pickup(session, prn: str) -> Cancelled | Refused | NeverLeft | Unknown:
    """Cancel one pickup, by its PRN.

    :raise PickupValueError: when that is no PRN; nothing was sent.
    """
    form = {"form": PRN_FORM, "words": "11 letters and digits"}
    _check(problems.text("prn", prn, 11, required=True, **form))
    came = _ask(session, "DELETE", paths.CANCEL, headers={"Prn": prn})
    content = _good(came, "PickupCancelResponse")
    if not isinstance(content, _Content):
        return content
    kind = codes.PICKUP_TYPES.get(words(part(content.json, "PickupType")).zfill(2))
    code = status_code(part(content.json, "GWNStatus", "Code"))
    if kind == codes.SMART and code not in (None, codes.SMART_CANCELLED):
        return _unknown(outcomes.NOT_SAID, content.http_status)  # such as 003: completed
    return Cancelled(kind=kind, status_code=code, alerts=content.alerts)


def ask_status(session, account_number: str, kind: str = "oncall") -> Listed | NoLook:
    """List an account's incomplete pickups of today and tomorrow.

    :param kind: ``oncall``, ``smart`` or ``both``.
    :raise PickupValueError: when that is no account number.
    """
    form = {"form": ACCOUNT_FORM, "words": "6 or 10 capital letters and digits"}
    _check(problems.text("account.number", account_number, 10, required=True, **form))
    headers = {"AccountNumber": account_number}
    came = _ask(session, "GET", paths.status(kind), headers=headers)
    return _listed(came)


# === WHAT COUNTS AS WHAT === #


@dataclass(frozen=True, slots=True)
class _Came:
    """A whole answer.

    :param json: with its numbers as texts, None when it is none.
    :param redact: of the session, where it has one: makes a text of UPS's fit to show.
    """

    http_status: int
    json: object
    retry_after: str
    redact: Callable[[str], str] = str


@dataclass(frozen=True, slots=True)
class _Content:
    """What UPS calls good."""

    http_status: int
    json: object
    redact: Callable[[str], str] = str

    @property
    def alerts(self):
        said = answers.alerts(self.json)
        return tuple(replace(alert, words=self.redact(alert.words)) for alert in said)


def _check(found: list[problems.Problem]) -> None:
    if found:
        raise problems.PickupValueError(found)


def _ask(session, method: str, path: str, **what) -> _Came | NeverLeft | Unknown:
    try:
        response = session.request(method, path, **what)
        headers = response.headers
        body = json_in(response.content)
    except leaving.NETWORK_ERRORS as error:
        detail = type(error).__name__  # no more: requests' errors hold the request
        if leaving.never_left(error):
            return NeverLeft(outcomes.NO_CONNECTION, detail)
        late = leaving.timed_out(error)
        return Unknown(outcomes.TIMED_OUT if late else outcomes.CONNECTION_LOST, detail)
    redact = getattr(session, "redact", str)
    return _Came(response.status_code, body, headers.get("Retry-After") or "", redact)


def _good(came, name: str) -> _Content | Refused | NeverLeft | Unknown:
    """Judge an answer: UPS's own word is needed for good, and for refused."""
    if not isinstance(came, _Came):
        return came
    status = came.http_status
    if 400 <= status < 500:
        refused = _refused(came, name)
        return _redacted(refused, came) if refused else _unknown(outcomes.HTTP_STATUS, status)
    if not 200 <= status < 300:
        return _unknown(outcomes.HTTP_STATUS, status)
    if not isinstance(came.json, dict):
        return _unknown(outcomes.UNREADABLE, status)
    content = answers.content_of(came.json, name)
    verdict = answers.said(content)
    if verdict == "0" and not answers.prn(content):
        return _redacted(refusal_in_answer(content, status), came)
    if verdict == "1":
        return _Content(status, content, came.redact)
    return _unknown(outcomes.NOT_SAID, status)


def _refused(came: _Came, name: str) -> Refused | None:
    status = came.http_status
    refused = refusal_in_envelope(came.json, status, came.retry_after)
    content = answers.content_of(came.json, name)
    if refused is None and answers.said(content) == "0":
        refused = refusal_in_answer(content, status)
    if refused is None and status == 401:  # whoever said it, nothing was done without a token
        refused = Refused(None, "", status)
    return refused


def _redacted(refused: Refused, came: _Came) -> Refused:
    # A gateway may repeat in its words what it was sent, token and all.
    return replace(refused, words=came.redact(refused.words))


def _unknown(reason: str, status: int) -> Unknown:
    return Unknown(reason, f"HTTP {status}", status)


def _booked(came, name: str, date=None) -> Booked | Refused | NeverLeft | Unknown:
    content = _good(came, name)
    if not isinstance(content, _Content):
        return content
    prn = answers.prn(content.json)
    if not prn:
        return _unknown(outcomes.NO_PRN, content.http_status)
    trigger_status = answers.beside_or_inside(content.json, "TriggerStatus", "Code")
    return Booked(
        prn=prn,
        charge=answers.charge(content.json),
        alerts=content.alerts + answers.off_weekend(content.json, date),
        rate_status=words(part(content.json, "RateStatus", "Code")) or None,
        service_date=answers.day(answers.beside_or_inside(content.json, "ServiceDate")),
        was_there=words(trigger_status).zfill(2) == "02",
    )


def _not_answered(outcome) -> Refused | NotAnswered:
    if isinstance(outcome, Refused):
        return outcome
    status = getattr(outcome, "http_status", None)
    return NotAnswered(outcome.reason, outcome.detail, status)


def _listed(came) -> Listed | NoLook:
    content = _good(came, "PickupPendingStatusResponse")
    if isinstance(content, Refused):
        return NoLook(outcomes.REFUSED, content.code or "", content.http_status, content)
    if isinstance(content, _Content):
        return _entries_in(content, is_good=True)
    if content.reason == outcomes.NOT_SAID:  # what was found counts, whatever else is missing
        said = answers.content_of(came.json, "PickupPendingStatusResponse")
        found = _entries_in(_Content(content.http_status, said, came.redact), is_good=False)
        if found.entries:
            return found
    return NoLook(content.reason, content.detail, getattr(content, "http_status", None))


def _entries_in(content: _Content, is_good: bool) -> Listed:
    found = answers.pending(content.json, MOST_ENTRIES + 1)
    is_good = is_good and len(found) <= MOST_ENTRIES
    usable = tuple(
        replace(entry, message=content.redact(entry.message)) for entry in found if entry.prn
    )
    return Listed(usable, is_good and len(usable) == len(found), content.alerts)
