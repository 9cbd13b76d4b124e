"""What must be true when all is over, from what UPS, the database and the logs say."""

import itertools
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

KILLED_MEANWHILE = 5  # seconds; what a killed process had sent may be read by UPS that much later
ANSWER_DEADLINE = 45  # seconds; the addon waits no longer for an answer of UPS's
LISTED = ("requested", "dispatched", "delayed")
TO_CHECK = ("unconfirmed", "cancelling", "unknown")
CODES = {"done": "003", "unsuccessful": "004", "cancelled": "007"}
"""What UPS says of a pickup that has ended so."""
# How the simulator's secrets begin, so that a part of one is found too.
_SECRET = re.compile(r"sim-(?:code|access|refresh)-[\w-]{8,}")


@dataclass(frozen=True)
class Kill:
    """A process that was killed: its ports of connections to UPS, and what Odoo held then."""

    ports: frozenset[int]
    at: float  # seconds since 1970
    held: frozenset[str] = field(repr=False)  # refresh tokens; a new one had been stored


@dataclass(frozen=True)
class Outage:
    """PostgreSQL went, and came back; and what Odoo held as it went."""

    began: float  # seconds since 1970
    ended: float
    held: frozenset[str] = field(repr=False)  # refresh tokens; a new one had been stored


@dataclass(frozen=True)
class Row:
    """What Odoo holds of a company; the tokens in the clear, empty where there is none."""

    state: str
    reason: str = ""
    access: str = field(default="", repr=False)
    refresh: str = field(default="", repr=False)


@dataclass(frozen=True)
class Pickup:
    """What Odoo holds of a pickup."""

    id: int
    state: str
    prn: str | None = None
    past_references: list[str] | None = None
    outcome_source: str | None = None
    problem: str | None = None


@dataclass
class Evidence:
    """All that is judged. Companies are ids."""

    signed_in: dict[int, str | None]  # the code of the sign-in that counts, None: opted out
    codes: dict[int, list[str]]  # every code that a company's sign-ins gave
    rows: dict[int, Row]
    requests: list  # UPS's record, oldest first
    grants: list[dict]  # as the simulator tells them
    live: set[str]  # refresh tokens that UPS would take
    voided: set[str]  # codes whose grant UPS has voided
    found_ended: set[str]  # codes of sign-ins that were over once PostgreSQL was back
    kills: list[Kill]
    outages: list[Outage]
    logs: dict[str, str]
    secrets: set[str]  # beside those of the simulator's
    pickups: list[Pickup]
    trucks: list[dict]  # as the simulator tells them

    def __post_init__(self):
        self.code_of = {
            token: grant["codes"][0]
            for grant in self.grants
            for kind in ("codes", "access", "refresh")
            for token in grant[kind]
        }
        self.refreshes = [each for each in self.requests if each.route == "refresh"]
        self.unread = {id(each) for kill in self.kills for each in self._unread_by(kill)}

    def _unread_by(self, kill: Kill) -> Iterator:
        """The last refresh on each connection, unless what it brought had been stored."""
        last = {each.port: each for each in self.refreshes if each.at <= kill.at + KILLED_MEANWHILE}
        for port, each in last.items():
            if port in kill.ports and (_token(each) in kill.held or self._waited(each, kill.at)):
                yield each

    def _waited(self, refresh, until: float) -> bool:
        """Whether it waited for PostgreSQL, while another process was told that it has ended."""
        again = (_token(each) == _token(refresh) for each in self.refreshes if each.at <= until)
        return self.could_not_be_stored(refresh) and sum(again) > 1

    def arrived(self, refresh) -> bool:
        """Whether whole tokens came back to a process that lived to read them."""
        good = refresh.status == 200 and refresh.fault in (None, "hang")
        return good and id(refresh) not in self.unread

    def lost(self) -> list:
        """Refreshes that UPS did, and whose answer nobody got."""
        return [each for each in self.refreshes if each.done == 200 and not self.arrived(each)]

    def could_not_be_stored(self, refresh) -> bool:
        """Whether its answer came while PostgreSQL was away, or went before it was stored.

        Another process may find the spent token then, but the company must not suffer from it.
        """
        return refresh.done == 200 and any(_met(each, refresh) for each in self.outages)

    def may_have_ended(self) -> set[str]:
        return self.voided | {self.code_of[_token(each)] for each in self.lost()}


def _met(outage: Outage, refresh) -> bool:
    """:return: whether it was asked for meanwhile; or before, and its answer was not stored yet."""
    asked = refresh.at - outage.began
    is_unstored = -ANSWER_DEADLINE <= asked < 0 and _token(refresh) in outage.held
    return is_unstored or outage.began <= refresh.at <= outage.ended


def _token(refresh) -> str:
    return refresh.form.get("refresh_token", "")


# === THE INVARIANTS: each says what must be true, and yields what breaks it === #


def authorized(evidence: Evidence) -> Iterator[str]:
    """who opted in is authorized with a live refresh token, unless UPS voided the grant or an
    answer to a refresh was lost
    """
    excused = evidence.may_have_ended()
    for code in evidence.found_ended - excused:
        yield f"company {_company(evidence, code)} had ended after PostgreSQL was away"
    for company, code in evidence.signed_in.items():
        row = evidence.rows.get(company, Row("missing"))
        if code is None or (row.state == "reauthorize" and code in excused):
            continue
        if row.state != "authorized":
            yield f"company {company} is {row.state} ({row.reason})"
        elif row.refresh not in evidence.live:
            yield f"company {company} holds a dead refresh token"
        elif evidence.code_of.get(row.refresh) != code:
            yield f"company {company} holds a token of another sign-in"


def own(evidence: Evidence) -> Iterator[str]:
    """no token belongs to another company"""
    for company, row in evidence.rows.items():
        for token in filter(None, (row.access, row.refresh)):
            if evidence.code_of.get(token) not in evidence.codes.get(company, ()):
                yield f"company {company} holds a token that is not its own"


def opted_out(evidence: Evidence) -> Iterator[str]:
    """no company that opted out holds a token"""
    for company, code in evidence.signed_in.items():
        row = evidence.rows.get(company, Row("not_authorized"))
        if code is None and (row.state != "not_authorized" or row.access or row.refresh):
            yield f"company {company} opted out and is {row.state}"


def once(evidence: Evidence) -> Iterator[str]:
    """UPS saw no refresh token again whose answer had arrived, unless there was no PostgreSQL to
    store it
    """
    for token, sent in _by_token(evidence):
        for earlier in sent[:-1]:
            if evidence.arrived(earlier) and not evidence.could_not_be_stored(earlier):
                yield f"a token of company {_company(evidence, token)} was sent again"


def refused(evidence: Evidence) -> Iterator[str]:
    """UPS refused only tokens that it had voided, or that it saw again for these reasons"""
    excused = evidence.may_have_ended()
    unstored = {_token(each) for each in evidence.refreshes if evidence.could_not_be_stored(each)}
    for token in (_token(each) for each in evidence.refreshes if each.done == 401):
        if evidence.code_of.get(token) not in excused and token not in unstored:
            yield f"a token of company {_company(evidence, token)} was refused"


def reasons(evidence: Evidence) -> Iterator[str]:
    """no authorization ended for another reason than UPS's refusal"""
    for company, row in evidence.rows.items():
        if row.reason not in ("", "refused"):
            yield f"company {company} ended: {row.reason}"


def silent(evidence: Evidence) -> Iterator[str]:
    """no secret stands in a log"""
    for name, text in evidence.logs.items():
        if _SECRET.search(text) or any(secret in text for secret in evidence.secrets):
            yield f"a secret stands in the log of {name}"


def one_truck(evidence: Evidence) -> Iterator[str]:
    """each pickup that reads requested, dispatched or delayed has a truck that comes"""
    trucks = {truck["prn"]: truck for truck in evidence.trucks}
    for pickup in evidence.pickups:
        if pickup.state in LISTED:
            truck = trucks.get(pickup.prn)
            if not truck:
                yield f"pickup {pickup.id} has no truck"
            elif not set(truck["references"]) & set(pickup.past_references or ()):
                yield f"pickup {pickup.id} has the truck of another"


def one_pickup(evidence: Evidence) -> Iterator[str]:
    """each truck that comes belongs to one pickup, which reads requested or To Check"""
    for truck in evidence.trucks:
        asked = set(truck["references"])
        owners = [each for each in evidence.pickups if asked & set(each.past_references or ())]
        if len(owners) != 1 or len(truck["asks"]) != 1:
            yield f"truck {truck['prn']} was asked for by {len(owners)} pickups"
        elif truck["is_open"] and owners[0].state not in (*LISTED, *TO_CHECK):
            yield f"truck {truck['prn']} comes, and pickup {owners[0].id} is {owners[0].state}"


def sent_once(evidence: Evidence) -> Iterator[str]:
    """no reference of a pickup was sent twice, but after a 401"""
    sent = Counter(
        each.json["PickupCreationRequest"]["ReferenceNumber"]
        for each in evidence.requests
        if each.route == "request" and 401 not in (each.done, each.status)
    )
    for reference, times in sent.items():
        if times > 1:
            yield f"reference {reference} was sent {times} times"


def ended_by_ups(evidence: Evidence) -> Iterator[str]:
    """no pickup reads as ended by UPS's word that UPS has not said"""
    codes = {truck["prn"]: truck["code"] for truck in evidence.trucks}
    for pickup in evidence.pickups:
        code = CODES.get(pickup.state)
        if code and pickup.outcome_source != "person" and codes.get(pickup.prn) != code:
            yield f"pickup {pickup.id} is {pickup.state}, and UPS said {codes.get(pickup.prn)}"


def uncertain(evidence: Evidence) -> Iterator[str]:
    """nothing is being sent or cancelled any more: what is not certain reads To Check"""
    for pickup in evidence.pickups:
        if pickup.state == "sending" or (pickup.state == "cancelling" and not pickup.problem):
            yield f"pickup {pickup.id} is {pickup.state}"


def _by_token(evidence: Evidence) -> Iterator[tuple[str, list]]:
    sent = sorted(evidence.refreshes, key=_token)  # stable: oldest first
    for token, requests in itertools.groupby(sent, key=_token):
        yield token, list(requests)


def _company(evidence: Evidence, token: str) -> int | None:
    code = evidence.code_of.get(token)
    return next((each for each, codes in evidence.codes.items() if code in codes), None)


CHECKS = (
    authorized, own, opted_out, once, refused, reasons,
    one_truck, one_pickup, sent_once, ended_by_ups, uncertain, silent,
)  # fmt: skip


def broken(evidence: Evidence) -> dict[str, list[str]]:
    """:return: each invariant, with sentences that hold no secret; none where it holds."""
    return {" ".join(check.__doc__.split()): list(check(evidence)) for check in CHECKS}
