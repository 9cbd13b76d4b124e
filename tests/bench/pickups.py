"""Pickups, made and used inside an Odoo process; and what others do with theirs."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests import places
from tests.bench import companies
from tests.bench.odoo_process import transaction

SOURCE = "Odoo bench"


def start(stage, *options: str):
    """:return: UPS, an Odoo process, and an authorized company."""
    simulator = stage.simulator()
    odoo = stage.odoo_process(None, *options)
    [company] = odoo.call(companies.create, ["Pickups"])
    odoo.call(companies.authorize, {company: simulator.issue_tokens()})
    return simulator, odoo, company


def locations(registry, company: int, numbers: list[str], each: int = 1, **vals) -> list[int]:
    """:return: the ids of so many locations of each account."""
    with transaction(registry) as env:
        first = places.make(_door(env), [company] * len(numbers), numbers, **vals)
        found = env["ups.pickup.location"].browse(first)
        for number in range(1, each):
            for location in env["ups.pickup.location"].browse(first):
                found += location.copy(
                    {"calendar_id": location.calendar_id.copy().id, "room": f"{number}"}
                )
        return found.ids


def drafts(registry, location_ids: list[int]) -> list[int]:
    with transaction(registry) as env:
        return places.drafts(_door(env), location_ids)


def warehouse(env, company: int):
    """:return: a new one: a company that is made by hand has none."""
    return env["stock.warehouse"].create({"company_id": company, "name": "W", "code": "W"})


def multiply(registry, table: str, row: int, count: int, **values: str) -> None:
    """Copy a row by SQL, a hundred thousand in seconds.

    :param values: SQL, in which `number` counts the copies.
    """
    from odoo.tools import SQL

    with transaction(registry) as env:
        env.flush_all()
        env.cr.execute(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_name = %s AND column_name != 'id'",
            [table],
        )
        names = [name for (name,) in env.cr.fetchall()]
        told = [
            SQL(values[name]) if name in values else SQL.identifier("t", name) for name in names
        ]
        env.cr.execute(
            SQL(
                "INSERT INTO %s (%s) SELECT %s FROM %s t, generate_series(1, %s) number"
                " WHERE t.id = %s",
                SQL.identifier(table),
                SQL(", ").join(map(SQL.identifier, names)),
                SQL(", ").join(told),
                SQL.identifier(table),
                count,
                row,
            )
        )
        env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))


@contextmanager
def measured(env) -> Iterator[dict[str, float]]:
    """What happens inside: seconds, those of the database, and queries."""
    thread = threading.current_thread()
    thread.query_count, thread.query_time = 0, 0
    env.flush_all()
    env.invalidate_all()
    found: dict[str, float] = {}
    queries, began = env.cr.sql_log_count, time.perf_counter()
    yield found
    found["seconds"] = time.perf_counter() - began
    found["database"] = thread.query_time
    found["queries"] = env.cr.sql_log_count - queries


def post_and_store(env, pickup: int) -> str:
    """What public connectors do: ask the carrier within the caller's transaction, then store."""
    own = env["ups.pickup"].browse(pickup)
    own.sudo().write({"prn": _post(own, "0" * 32).prn, "state": "requested"})
    return own.prn


def ask_for_each(env, pickup: int) -> None:
    """One call a record, as OCA's `delivery_state` asks."""
    from odoo.addons.ups_pickup.pickup_api import ask_status

    own = env["ups.pickup"].browse(pickup).sudo()
    listed = ask_status(own.company_id._ups_session(SOURCE), own.account_id.number, "oncall")
    own.status_message = next(each.message for each in listed.entries if each.prn == own.prn)


def book(registry, pickup_ids: list[int]) -> None:
    """Let UPS have them, without all that a click does."""
    with transaction(registry) as env:
        for pickup in env["ups.pickup"].browse(pickup_ids).sudo():
            reference = f"{pickup.id:032}"
            prn = _post(pickup, reference).prn
            pickup.write({"prn": prn, "reference": reference, "state": "requested"})


def _post(pickup, reference: str):
    from odoo.addons.ups_pickup.pickup_api import request_pickup
    from odoo.addons.ups_pickup.telling import request_from

    session = pickup.company_id.sudo()._ups_session(SOURCE)
    return request_pickup(session, request_from(pickup.sudo()._telling(), reference))


def _door(env) -> Callable:
    def call(model, method, *args):
        answer = getattr(env[model], method)(*args)
        return answer.ids if hasattr(answer, "ids") else answer

    return call
