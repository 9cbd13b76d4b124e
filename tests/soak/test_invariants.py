"""Each invariant can break: what the soak would say if the addon did wrong."""

from types import SimpleNamespace

import pytest

from tests.soak import invariants
from tests.soak.invariants import Evidence, Kill, Outage, Pickup, Row

MINE, OTHERS = 7, 8


def refresh(token, status=200, done=200, fault=None, port=1, at=100.0):
    form = {"refresh_token": token}
    known = {"status": status, "done": done, "fault": fault, "port": port, "at": at}
    return SimpleNamespace(route="refresh", form=form, **known)


def request(reference, status=200):
    body = {"PickupCreationRequest": {"ReferenceNumber": reference}}
    return SimpleNamespace(route="request", json=body, status=status, done=status)


def grant(number):
    refreshes = [f"r{number}0", f"r{number}1"]
    return {"alive": True, "codes": [f"c{number}"], "access": [f"a{number}"], "refresh": refreshes}


def truck(number, code="001", **changes):
    known = {"prn": f"P{number}", "code": code, "is_open": code < "003", "asks": [{}]}
    return known | {"references": [f"x{number}"]} | changes


def rows(*mine):
    return {"rows": {MINE: Row(*mine), OTHERS: Row("authorized", "", "a2", "r20")}}


def mine(state, **changes):
    """The other pickup is done, as its driver says."""
    pickup = Pickup(1, **{"state": state, "prn": "P1", "past_references": ["x1"]} | changes)
    return {"pickups": [pickup, DONE]}


def sent(*requests):
    return {"requests": [*requests]}


def killed(port=1, at=101.0, held="r10"):
    return {"kills": [Kill(frozenset({port}), at, frozenset({held}))]}


def away(began, ended, held=""):
    return {"outages": [Outage(began, ended, frozenset({held}))]}


DONE = Pickup(2, "done", "P2", ["x2"], "ups")
ENDED = rows("reauthorize", "refused")
SPENT = refresh("r10", 401, 401, at=110.0)
"""The token that was spent at 100 comes again."""
AGAIN = sent(refresh("r10"), SPENT)
TOLD_ANOTHER = ENDED | sent(refresh("r10"), refresh("r10", 401, 401, port=2, at=110.0))
ALL_WELL = {  # two companies that opted in; the first was renewed once
    "signed_in": {MINE: "c1", OTHERS: "c2"},
    "codes": {MINE: ["c1"], OTHERS: ["c2"]},
    "grants": [grant(1), grant(2)],
    "live": {"r11", "r20"},
    "voided": set(),
    "found_ended": set(),
    "kills": [],
    "outages": [],
    "logs": {"Odoo": "INFO all is well sim-access-"},
    "secrets": {"the-client-secret"},
    "trucks": [truck(1), truck(2, "003")],
} | rows("authorized", "", "a1", "r11") | sent(refresh("r10")) | mine("requested")  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ({}, ""),
        # Authorizations.
        (ENDED, "authorized"),
        (rows("not_authorized"), "authorized"),
        ({"rows": {OTHERS: Row("authorized", "", "a2", "r20")}}, "authorized"),
        ({"live": {"r20"}}, "authorized"),
        ({"found_ended": {"c1"}}, "authorized"),  # and authorized anew since
        ({"codes": {MINE: [], OTHERS: ["c2"]}}, "own"),
        (rows("authorized", "", "a1", "r20"), "authorized own"),
        (rows("authorized", "", "a2", "r11"), "own"),
        ({"signed_in": {MINE: None, OTHERS: "c2"}}, "opted_out"),
        ({"signed_in": {MINE: None, OTHERS: "c2"}} | ENDED, "opted_out"),
        (AGAIN, "once refused"),
        (rows("reauthorize", "expired") | {"voided": {"c1"}}, "reasons"),
        # Pickups.
        (mine("requested", prn="P9"), "one_truck"),
        (mine("delayed", prn="P2"), "one_truck"),
        (mine("draft"), "one_pickup"),
        (mine("unconfirmed"), ""),
        ({"pickups": [DONE]}, "one_pickup"),
        ({"trucks": [truck(1), truck(2, "003"), truck(3)]}, "one_pickup"),
        ({"trucks": [truck(1, asks=[{}, {}]), truck(2, "003")]}, "one_pickup"),
        (sent(request("x1"), request("x1")), "sent_once"),
        (sent(request("x1", 401), request("x1")), ""),
        ({"trucks": [truck(1), truck(2, "002")]}, "one_pickup ended_by_ups"),
        (mine("cancelling", problem="lost"), ""),
        (mine("cancelling"), "uncertain"),
        (mine("sending") | {"trucks": [truck(2, "003")]}, "uncertain"),
        # Logs.
        ({"logs": {"PostgreSQL": "… sim-refresh-0123456789"}}, "silent"),
        ({"logs": {"PostgreSQL": "… the-client-secret"}}, "silent"),
        # A lost answer may end it: its own, not another's, nor work that was not done.
        (ENDED | sent(refresh("r10", None, fault="drop"), SPENT), ""),
        (ENDED | sent(refresh("r10", 200, fault="truncated"), SPENT), ""),
        (ENDED | sent(refresh("r10", 503, fault="status"), SPENT), ""),
        (ENDED | sent(refresh("r10", None, fault="hang"), SPENT), ""),
        (ENDED | sent(refresh("r10", None, None, "drop")), "authorized"),
        (ENDED | sent(refresh("r10", 503, None, "status")), "authorized"),
        (ENDED | sent(refresh("r10", fault="hang")), "authorized"),
        (ENDED | sent(refresh("r20", None, fault="drop")), "authorized"),
        (ENDED | {"voided": {"c1"}}, ""),
        # A killed process read no answer to its last refresh.
        (ENDED | killed(), ""),
        (ENDED | killed(port=2), "authorized"),
        (ENDED | killed(at=90.0), "authorized"),
        (ENDED | killed(held="r11"), "authorized"),  # the answer had been stored
        (ENDED | killed() | sent(refresh("r10"), refresh("r20", at=100.5)), "authorized"),
        # What could not be stored may be asked for again, but must not end.
        (AGAIN | away(99.0, 105.0), ""),
        (ENDED | AGAIN | away(99.0, 105.0), "authorized"),
        (AGAIN | away(99.0, 99.5), "once refused"),
        # PostgreSQL may go before what was asked for earlier is stored.
        (AGAIN | away(102.0, 105.0, "r10"), ""),
        (ENDED | AGAIN | away(102.0, 105.0, "r10"), "authorized"),
        (AGAIN | away(102.0, 105.0, "r11"), "once refused"),  # it had been stored
        (AGAIN | away(146.0, 150.0, "r10"), "once refused"),  # nobody waits for so long
        (AGAIN | away(98.0, 99.0, "r10"), "once refused"),  # it was over
        # Nothing that UPS had not renewed is excused by it.
        (sent(refresh("r10", 500, None, "status"), SPENT) | away(102.0, 105.0, "r10"), "refused"),
        # A process may be killed while it waits for PostgreSQL, and another is told of an end.
        (TOLD_ANOTHER | away(99.0, 105.0) | killed(at=111.0, held=""), ""),
        (TOLD_ANOTHER | away(99.0, 105.0) | killed(at=109.0, held=""), "authorized"),
        (TOLD_ANOTHER | away(99.0, 105.0) | killed(2, 111.0, ""), "authorized"),
        (TOLD_ANOTHER | killed(at=111.0, held=""), "authorized once refused"),
    ],
)
def test_what_breaks(changes, names):
    found = Evidence(**ALL_WELL | changes)
    assert [each.__name__ for each in invariants.CHECKS if [*each(found)]] == names.split()
