"""What do we assume of UPS, and how is each assumption put to UPS? One function for each; its name
is the step's, and what it returns is the same whenever UPS does the same.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from pickup_api import Priced, PriceRequest, ask_price, codes
from pickup_api.reading import entries, part
from ups_client import UpsSession, ups_error_in
from ups_client import pkce as proof
from ups_client.complaints import Complaint

from tests.contact.ups import Finding, Unclear, Ups, refusal


@dataclass(frozen=True)
class Step:
    """One assumption.

    :param asked: what UPS is asked, in words.
    :param ask: returns what UPS did.
    :param assumed: what we assume where the simulator does something else on purpose.
    :param brings_code: whether the person's browser goes to UPS for it.
    """

    asked: str
    ask: Callable[[Ups], Finding | str]
    assumed: str | None = None
    brings_code: bool = False


STEPS: dict[str, Step] = {}
HARMLESS = "/api/pickup/v2409/countries/US"


def step(asked: str, **more):
    """Put the function into the table, under its name."""

    def add(ask):
        STEPS[ask.__name__] = Step(asked, ask, **more)
        return ask

    return add


# === AUTHORIZATION === #


@step("PKCE's exchange, without Basic", brings_code=True)
def pkce(ups: Ups):
    return ups.exchange(*ups.code(True))


@step("The same code a second time", brings_code=True)
def code_twice(ups: Ups):
    code, verifier = ups.code(True)
    if ups.exchange(code, verifier).said != "tokens":
        raise Unclear("the first exchange was refused")
    ups.tokens = None  # UPS may void them now (RFC 6749, section 4.1.2)
    return ups.exchange(code, verifier)


@step("Basic's exchange, without PKCE", brings_code=True)
def basic(ups: Ups):
    return ups.exchange(*ups.code(False), basic=True)


@step("PKCE's exchange with Basic beside it", brings_code=True)
def pkce_and_basic(ups: Ups):
    return ups.exchange(*ups.code(True), basic=True)


@step("PKCE's exchange with another verifier", brings_code=True)
def wrong_verifier(ups: Ups):
    return ups.exchange(ups.code(True)[0], proof.new_verifier())


@step("The types of the numbers beside the tokens")
def token_numbers(ups: Ups):
    names = ("expires_in", "refresh_token_expires_in", "issued_at")
    said = (f"{name} {_type(part(ups.token_answer, name))}" for name in names)
    return ", ".join(said)


@step("A bad token")
def bad_token(ups: Ups):
    with UpsSession(ups.settings.base_url, lambda refused=None: None if refused else "bad") as bad:
        answer = bad.get(HARMLESS)
    error = ups_error_in(answer)
    return refusal(answer.status_code, error and Complaint(error.code, error.message))


# === PICKUPS === #


@step("A price for the same day, and one for a later day [M]")
def price_of_the_day(ups: Ups):
    same, later = (_price(ups, day) for day in (codes.SAME_DAY, codes.FUTURE_DAY))
    return "the same day costs more" if same > later else "the same day costs no more"


@step("The types of a price's amounts, and of its list of charges")
def price_types(ups: Ups):
    _price(ups, codes.FUTURE_DAY)
    result = part(ups.last, "PickupRateResponse", "RateResult")
    charges = part(result, "ChargeDetail")
    amounts = [part(result, "GrandTotalOfAllCharge")]
    amounts += [part(charge, "ChargeAmount") for charge in entries(part(result, "ChargeDetail"))]
    said = sorted({_type(amount) for amount in amounts})
    return f"amounts {' and '.join(said)}, charges {_type(charges)}"


@step("The status of no pickup, and of one: object or array")
def status_shape(ups: Ups):
    if ups.listed():
        raise Unclear("the account has other pickups, open or ended")
    empty = _type(_pending(ups))
    _listed(ups, ups.book(ups.request()))
    return f"none {empty}, one {_type(_pending(ups))}"


@step("RatePickupIndicator N: no preview")
def without_price(ups: Ups):
    return ups.ask(ups.request(with_price=False))


@step("A past date [M]")
def past_date(ups: Ups):
    return ups.ask(ups.request(date=ups.settings.now.date() - datetime.timedelta(days=30)))


@step("An element that UPS does not know; the simulator refuses it on purpose", assumed="booked")
def unknown_element(ups: Ups):
    return ups.ask(ups.request(), NoSuchElement="Y")


@step("Pickup points that passed [M]")
def points(ups: Ups):
    known = ("Lobby", "Warehouse", "Front Door")
    found = {point: ups.ask(ups.at(point)) for point in known}
    notes = "; ".join(one.note for one in found.values() if one.note)
    return Finding(", ".join(f"{point} {one.said}" for point, one in found.items()), notes)


@step("An invented pickup point [M]")
def invented_point(ups: Ups):
    return ups.ask(ups.at("On The Moon"))


@step("Two requests for one address, point and day")
def same_prn(ups: Ups):
    return "one PRN" if ups.book(ups.request()) == ups.book(ups.request()) else "two PRNs"


@step("Whose reference the status tells then")
def merged_reference(ups: Ups):
    first, second = ups.request(), ups.request()
    prn = _shared(ups, first, second)
    told = _listed(ups, prn).reference
    names = {first.reference: "the first's", second.reference: "the second's"}
    return names.get(told, "another's") if told else "none"


@step("Cancelling one of them [I]")
def cancel_shared(ups: Ups):
    prn = _shared(ups, ups.request(), ups.request())
    _listed(ups, prn)
    _cancelled(ups, prn)
    return "ends both" if not ups.is_open(prn) else "leaves the other"


@step("CancelBy 02: one of two pickups [I]")
def cancel_by_prn(ups: Ups):
    one, other = ups.book(ups.at("Lobby")), ups.book(ups.at("Warehouse"))
    if one == other:
        raise Unclear("both have one PRN")
    _listed(ups, other)
    _cancelled(ups, one)
    return "leaves the other" if ups.is_open(other) else "ends the other, too"


@step("Cancelling what is cancelled")
def cancel_twice(ups: Ups):
    prn = ups.book(ups.request())
    _cancelled(ups, prn)
    return ups.cancel(prn)


@step("The status of what is cancelled")
def status_of_cancelled(ups: Ups):
    prn = ups.book(ups.request())
    _listed(ups, prn)
    _cancelled(ups, prn)
    entry = ups.listed().get(prn)
    return f"listed with {entry.code}" if entry else "not listed"


@step("The status of a pickup in three business days")
def status_of_later(ups: Ups):
    _listed(ups, ups.book(ups.request()))
    return "listed" if ups.book(ups.request(days=3)) in ups.listed() else "not listed"


@step("Whether our reference comes back")
def reference(ups: Ups):
    request = ups.request()
    told = _listed(ups, ups.book(request)).reference
    return "as it was sent" if told == request.reference else "otherwise" if told else "none"


@step("Where the status has its code, and which code it is")
def status_code(ups: Ups):
    prn = ups.book(ups.request())
    entry = _listed(ups, prn)
    raw = next(one for one in entries(_pending(ups)) if part(one, "PRN") == prn)
    names = ("OnCallStatusCode", "GWNStatusCode", "PickupStatusMessage")
    where = " and ".join(name for name in names if str(part(raw, name)).isdecimal()) or "nowhere"
    known = "known" if codes.meaning(entry.kind, entry.code).words else "unknown"
    return Finding(f"{where}, {known}", f"{entry.code} {entry.message}")


@step("A refresh token, used once")
def refresh(ups: Ups):
    spent = ups.tokens.refresh_token
    found = ups.refresh(spent)
    if found.said != "tokens":
        return found
    return "the same token again" if ups.tokens.refresh_token == spent else "a new token"


@step("A refresh token that is spent, and then its successor")
def refresh_twice(ups: Ups):
    spent = ups.tokens.refresh_token
    if ups.refresh(spent).said != "tokens":
        raise Unclear("the first refresh was refused")
    successor = ups.tokens.refresh_token
    again = ups.refresh(spent)
    after = ups.refresh(successor)
    return Finding(f"{again.said}; its successor: {after.said}", f"{again.note} {after.note}")


NOT_ASKED = {
    "Smart Pickup": "to try it is to call a truck",
    "CancelBy 01": "it may end pickups that are not ours",
    "one bill for a day's requests": "only an invoice tells",
    "an account of somebody else's": "it is nobody's to try",
    "where UPS's day ends": "it takes a booking at midnight",
}


# === SMALL THINGS === #


def _price(ups: Ups, day: str):
    place = ups.settings.address.for_price()
    payer = ups.settings.payer
    request = PriceRequest(address=place, is_account_address=False, service_day=day, account=payer)
    found = ask_price(ups.session, request)
    if not isinstance(found, Priced):
        raise Unclear(f"no price: {getattr(found, 'code', None)} {getattr(found, 'words', '')}")
    return found.charge.total


def _shared(ups: Ups, first, second) -> str:
    prn = ups.book(first)
    if ups.book(second) != prn:
        raise Unclear("two requests have two PRNs")
    return prn


def _cancelled(ups: Ups, prn: str) -> None:
    found = ups.cancel(prn)
    if found.said != "cancelled":
        raise Unclear(f"the cancelling was {found.said} {found.note}")


def _listed(ups: Ups, prn: str):
    entry = ups.listed().get(prn)
    if not entry:
        raise Unclear("the status does not tell of it")
    return entry


def _pending(ups: Ups):
    return part(ups.last, "PickupPendingStatusResponse", "PendingStatus")


def _type(value: object) -> str:
    if value is None:
        return "missing"
    names = {str: "text", list: "array", dict: "object", bool: "truth"}
    return names.get(type(value), "number")
