"""How UPS behaves, as the simulator plays it."""

import datetime

import pytest
from pickup_api import ask_status, cancel_pickup, request_pickup
from samples import PICKUP, TODAY, changed
from ups_pickup_simulator import ACCOUNT

TOMORROW = TODAY + datetime.timedelta(days=1)


@pytest.mark.parametrize(
    ("way", "value", "is_same"),
    [
        ("reference", "another", True),
        ("address.contact_name", "Somebody", True),
        ("ready_time", datetime.time(10), True),
        ("address.street", "123 MAIN STREET", True),
        ("address.street", "125 Main Street", False),
        ("address.pickup_point", "Lobby", False),
        ("date", TOMORROW, False),
    ],
)
def test_one_truck_for_an_address_point_and_day(sim, ups, way, value, is_same):
    first = request_pickup(ups, PICKUP)
    second = request_pickup(ups, changed(PICKUP, way, value))

    assert (first.prn == second.prn) is is_same
    assert len(sim.trucks()) == 2 - is_same
    assert ask_status(ups, ACCOUNT).entries[0].reference == PICKUP.reference
    cancel_pickup(ups, first.prn)
    assert request_pickup(ups, PICKUP).prn != first.prn


@pytest.mark.parametrize(
    ("moment", "days"),
    [
        ("2026-03-10T00:00:00-04:00", [TODAY, TOMORROW]),
        ("2026-03-11T03:59:00+00:00", [TODAY, TOMORROW]),  # still the 10th in New York
        ("2026-03-11T04:01:00+00:00", [TOMORROW]),
        ("2026-03-08T23:59:00-04:00", []),  # the day of the change to summer time
        ("2026-03-09T00:01:00-04:00", [TODAY]),
        ("2026-03-12T00:01:00-04:00", []),
    ],
)
def test_a_status_tells_of_today_and_tomorrow_by_ups_clock(sim, ups, moment, days):
    for day in (TODAY, TOMORROW):
        request_pickup(ups, changed(PICKUP, "date", day))
    sim.set_time(moment)

    listed = ask_status(ups, ACCOUNT)
    assert [entry.service_date for entry in listed.entries] == days
    assert listed.is_whole
