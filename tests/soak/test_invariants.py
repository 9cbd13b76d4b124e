"""Each invariant can break: what the soak would say if the addon did wrong."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from tests.soak import invariants
from tests.soak.invariants import Evidence, Kill, Outage, Pickup, Row

MINE, OTHERS = 7, 8


def refresh(token, status=200, done=200, fault=None, port=1, at=100.0):
    return SimpleNamespace(
        route="refresh",
        form={"refresh_token": token},
        status=status,
        done=done,
        fault=fault,
        port=port,
        at=at,
    )


def grant(number, count=2):
    refreshes = [f"r{number}{each}" for each in range(count)]
    return {"alive": True, "codes": [f"c{number}"], "access": [f"a{number}"], "refresh": refreshes}


def evidence(**changes):
    """Two companies that opted in; the first was renewed once."""
    all_well = {
        "signed_in": {MINE: "c1", OTHERS: "c2"},
        "codes": {MINE: ["c1"], OTHERS: ["c2"]},
        "rows": rows(Row("authorized", "", "a1", "r11")),
        "requests": [refresh("r10")],
        "grants": [grant(1), grant(2)],
        "live": {"r11", "r20"},
        "voided": set(),
        "found_ended": set(),
        "kills": [],
        "outages": [],
        "logs": {"Odoo": "INFO all is well sim-access-"},
        "secrets": {"the-client-secret"},
        "pickups": [Pickup(1, "requested", "P1", ["x1"]), Pickup(2, "done", "P2", ["x2"], "ups")],
        "trucks": [truck(1), truck(2, "003")],
    }  # fmt: skip
    return Evidence(**{**all_well, **changes})


def truck(number, code="001", **changes):
    is_open = code not in ("003", "004", "007")
    known = {"prn": f"P{number}", "code": code, "is_open": is_open, "asks": [{}]}
    return known | {"references": [f"x{number}"]} | changes


def mine(state, **changes):
    """The other pickup is done, as its driver says."""
    return [Pickup(1, **{"state": state, "prn": "P1", "past_references": ["x1"]} | changes), DONE]


DONE = Pickup(2, "done", "P2", ["x2"], "ups")


def request(reference, status=200):
    body = {"PickupCreationRequest": {"ReferenceNumber": reference}}
    return SimpleNamespace(route="request", json=body, status=status, done=status)


def rows(mine):
    return {MINE: mine, OTHERS: Row("authorized", "", "a2", "r20")}


def broken_in(found):
    return [name for name, sentences in invariants.broken(found).items() if sentences]


def test_all_is_well():
    assert broken_in(evidence()) == []


ENDED = rows(Row("reauthorize", "refused"))


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ({"rows": ENDED}, [invariants.AUTHORIZED]),
        ({"rows": rows(Row("not_authorized"))}, [invariants.AUTHORIZED]),
        ({"rows": {OTHERS: Row("authorized", "", "a2", "r20")}}, [invariants.AUTHORIZED]),
        ({"live": {"r20"}}, [invariants.AUTHORIZED]),
        ({"found_ended": {"c1"}}, [invariants.AUTHORIZED]),  # and authorized anew since
        ({"codes": {MINE: [], OTHERS: ["c2"]}}, [invariants.OWN]),
        (
            {"rows": rows(Row("authorized", "", "a1", "r20"))},
            [invariants.AUTHORIZED, invariants.OWN],
        ),
        ({"rows": rows(Row("authorized", "", "a2", "r11"))}, [invariants.OWN]),
        ({"signed_in": {MINE: None, OTHERS: "c2"}}, [invariants.OPTED_OUT]),
        (
            {"signed_in": {MINE: None, OTHERS: "c2"}, "rows": rows(Row("reauthorize", "refused"))},
            [invariants.OPTED_OUT],
        ),
        (
            {"requests": [refresh("r10"), refresh("r10", 401, 401)]},
            [invariants.ONCE, invariants.REFUSED],
        ),
        ({"rows": rows(Row("reauthorize", "expired")), "voided": {"c1"}}, [invariants.REASONS]),
        ({"pickups": mine("requested", prn="P9")}, [invariants.ONE_TRUCK]),
        ({"pickups": mine("delayed", prn="P2")}, [invariants.ONE_TRUCK]),
        ({"pickups": mine("draft")}, [invariants.ONE_PICKUP]),
        ({"pickups": mine("unconfirmed")}, []),
        ({"pickups": [DONE]}, [invariants.ONE_PICKUP]),
        ({"trucks": [truck(1), truck(2, "003"), truck(3)]}, [invariants.ONE_PICKUP]),
        ({"trucks": [truck(1, asks=[{}, {}]), truck(2, "003")]}, [invariants.ONE_PICKUP]),
        ({"requests": [request("x1"), request("x1")]}, [invariants.SENT_ONCE]),
        ({"requests": [request("x1", 401), request("x1")]}, []),
        ({"trucks": [truck(1), truck(2, "002")]}, [invariants.ONE_PICKUP, invariants.ENDED_BY_UPS]),
        ({"pickups": mine("cancelling", problem="lost")}, []),
        ({"pickups": mine("cancelling")}, [invariants.UNCERTAIN]),
        ({"pickups": mine("sending"), "trucks": [truck(2, "003")]}, [invariants.UNCERTAIN]),
        ({"logs": {"PostgreSQL": "… sim-refresh-0123456789"}}, [invariants.SILENT]),
        ({"logs": {"PostgreSQL": "… the-client-secret"}}, [invariants.SILENT]),
    ],
)
def test_what_breaks(changes, names):
    assert broken_in(evidence(**changes)) == names


# === WHAT EXCUSES AN END === #


@pytest.mark.parametrize(
    "lost",
    [
        refresh("r10", status=None, fault="drop"),
        refresh("r10", status=200, fault="truncated"),
        refresh("r10", status=503, fault="status"),
        refresh("r10", status=None, fault="hang"),
    ],
)
def test_a_lost_answer_may_end_it(lost):
    again = refresh("r10", 401, 401)
    assert broken_in(evidence(rows=ENDED, requests=[lost, again])) == []


@pytest.mark.parametrize(
    "kept",
    [
        refresh("r10", status=None, done=None, fault="drop"),
        refresh("r10", status=503, done=None, fault="status"),
        refresh("r10", status=200, fault="hang"),
    ],
)
def test_an_answer_that_arrived_or_work_that_was_not_done_ends_nothing(kept):
    assert broken_in(evidence(rows=ENDED, requests=[kept])) == [invariants.AUTHORIZED]


def test_ups_may_void_a_grant():
    assert broken_in(evidence(rows=ENDED, voided={"c1"})) == []


def test_another_s_lost_answer_excuses_nobody():
    lost = refresh("r20", status=None, fault="drop")
    assert broken_in(evidence(rows=ENDED, requests=[lost])) == [invariants.AUTHORIZED]


def test_a_killed_process_read_no_answer_to_its_last_refresh():
    kill = Kill(frozenset({1}), at=101.0, held=frozenset({"r10"}))
    assert broken_in(evidence(rows=ENDED, kills=[kill])) == []
    innocents = (
        replace(kill, ports=frozenset({2})),
        replace(kill, at=90.0),
        replace(kill, held=frozenset({"r11"})),  # the answer had been stored
    )
    for innocent in innocents:
        assert broken_in(evidence(rows=ENDED, kills=[innocent])) == [invariants.AUTHORIZED]
    later_one = [refresh("r10"), refresh("r20", at=100.5)]
    assert broken_in(evidence(rows=ENDED, requests=later_one, kills=[kill])) == [
        invariants.AUTHORIZED
    ]


def test_what_could_not_be_stored_may_be_asked_for_again_but_must_not_end():
    again = [refresh("r10"), refresh("r10", 401, 401, at=110.0)]
    away = Outage(99.0, 105.0, frozenset())
    assert broken_in(evidence(requests=again, outages=[away])) == []
    assert broken_in(evidence(rows=ENDED, requests=again, outages=[away])) == [
        invariants.AUTHORIZED
    ]
    earlier = replace(away, ended=99.5)
    assert invariants.ONCE in broken_in(evidence(requests=again, outages=[earlier]))


def test_postgresql_may_go_before_what_was_asked_for_earlier_is_stored():
    again = [refresh("r10"), refresh("r10", 401, 401, at=110.0)]
    away = Outage(102.0, 105.0, held=frozenset({"r10"}))
    assert broken_in(evidence(requests=again, outages=[away])) == []
    assert broken_in(evidence(rows=ENDED, requests=again, outages=[away])) == [
        invariants.AUTHORIZED
    ]
    innocents = (
        replace(away, held=frozenset({"r11"})),  # it had been stored
        replace(away, began=146.0, ended=150.0),  # nobody waited for an answer for so long
        replace(away, began=98.0, ended=99.0),  # it was over
    )
    for innocent in innocents:
        assert invariants.ONCE in broken_in(evidence(requests=again, outages=[innocent]))


def test_an_outage_excuses_nothing_that_ups_had_not_renewed():
    asked = [refresh("r10", 500, None, "status"), refresh("r10", 401, 401, at=110.0)]
    away = Outage(102.0, 105.0, held=frozenset({"r10"}))
    assert broken_in(evidence(requests=asked, outages=[away])) == [invariants.REFUSED]
    assert invariants.sent_again(evidence(requests=asked, outages=[away])) == {
        "after an answer that was no answer": 1
    }


def test_a_process_may_be_killed_while_it_waits_for_postgresql():
    again = [refresh("r10"), refresh("r10", 401, 401, port=2, at=110.0)]
    away = Outage(99.0, 105.0, frozenset())
    kill = Kill(frozenset({1}), at=111.0, held=frozenset())  # another was told that it has ended
    assert broken_in(evidence(rows=ENDED, requests=again, outages=[away], kills=[kill])) == []
    for changes in (
        {"kills": [replace(kill, at=109.0)]},  # it was stored before
        {"kills": [replace(kill, ports=frozenset({2}))]},
        {"kills": [kill], "outages": []},
    ):
        found = evidence(**{"rows": ENDED, "requests": again, "outages": [away]} | changes)
        assert invariants.AUTHORIZED in broken_in(found)


def test_why_a_token_came_again():
    sent = [
        refresh("r10", status=500, done=None, fault="status"),
        refresh("r10", status=None, fault="drop"),
        refresh("r10", 401, 401),
    ]
    assert invariants.sent_again(evidence(requests=sent)) == {
        "after an answer that was no answer": 1,
        "after a lost answer": 1,
    }
