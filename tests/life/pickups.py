"""Pickups of a database: one of each kind that could send a truck, and whoever could send it."""

import contextlib
import itertools
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tests import places
from tests.administrator import Administrator, Refused

_NUMBERS = itertools.count(1)
CRONS = ("check", "plan", "batch")


def make(admin: Administrator, simulator) -> None:
    """A plan that is due, a batch in its queue, a draft, and a pickup that UPS has."""
    numbers = [f"L{next(_NUMBERS):05}" for _each in range(5)]
    for number in numbers:
        simulator.own_account(number)
    places.make(admin.call, [1], numbers[:1], plan="working_days", plan_time=0)
    places.make(admin.call, [1], numbers[1:2], calendar_id=False)  # of Odoo's making
    batched, mine, booked = places.make(admin.call, [1] * 3, numbers[2:])
    _draft, asked = places.drafts(admin.call, [mine, booked])
    admin.call("ups.pickup", "action_request", [asked])
    day = f"{datetime.now(ZoneInfo(places.ZONE)).date() + timedelta(days=1)}"
    days = {"date_from": day, "date_to": day, "location_ids": [[6, 0, [batched]]]}
    batch = admin.call("ups.pickup.batch", "create", [days | {"company_id": 1}])
    admin.call("ups.pickup.batch", "action_fill", batch)
    admin.call("ups.pickup.batch", "action_request", batch)


def press_everything(admin: Administrator) -> None:
    """All that Odoo does by itself, and all that a person can press."""
    for name in CRONS:
        admin.run_cron(f"ups_pickup.ir_cron_{name}")
    for batch in admin.call("ups.pickup.batch", "search", []):
        with contextlib.suppress(Refused):
            admin.call("ups.pickup.batch", "action_request", [batch])
    admin.run_cron("ups_pickup.ir_cron_batch")
    for pickup in admin.call("ups.pickup", "search", []):
        for button in ("action_request", "action_cancel"):
            with contextlib.suppress(Refused):
                admin.call("ups.pickup", button, [pickup])


def asked(simulator) -> int:
    """:return: how often UPS was asked to send a driver, or to call one off."""
    return simulator.calls("request") + simulator.calls("cancel")
