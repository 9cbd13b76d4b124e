"""Pickups, made and used inside an Odoo process; and what others do with theirs."""

from collections.abc import Callable

from tests import places
from tests.bench import companies
from tests.bench.odoo_process import measured

SOURCE = "Odoo bench"


def start(stage, accounts: int, *options: str):
    """:return: UPS, an Odoo process, an authorized company, and the numbers of UPS accounts."""
    simulator = stage.simulator()
    odoo = stage.odoo_process(None, *options)
    [company] = odoo.call(companies.create, "Pickups")
    odoo.call(companies.authorize, {company: simulator.issue_tokens()})
    numbers = [f"S{each:05}" for each in range(accounts)]
    for number in numbers:
        simulator.own_account(number)
    return simulator, odoo, company, numbers


def locations(env, company: int, numbers: list[str], each: int = 1, **vals) -> list[int]:
    """:return: the ids of so many locations of each account."""
    first = places.make(_door(env), [company] * len(numbers), numbers, **vals)
    found = env["ups.pickup.location"].browse(first)
    for number in range(1, each):
        for location in env["ups.pickup.location"].browse(first):
            found += location.copy(
                {"calendar_id": location.calendar_id.copy().id, "room": f"{number}"}
            )
    return found.ids


def drafts(env, location_ids: list[int]) -> list[int]:
    return places.drafts(_door(env), location_ids)


def warehouse(env, company: int):
    """:return: a new one: a company that is made by hand has none."""
    return env["stock.warehouse"].create({"company_id": company, "name": "W", "code": "W"})


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


def one_by_one(env, work: Callable, ids: list[int], count: int) -> dict[str, float]:
    """What the peers do, in one transaction: some of them, reckoned for as many as there are."""
    with measured(env) as found:
        for each in ids:
            work(env, each)
    return {"seconds": found["seconds"] * count / len(ids)}


def book(env, pickup_ids: list[int]) -> None:
    """Let UPS have them, without all that a click does."""
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
