"""What do the pages of the pickups cost, with a hundred thousand of them?"""

from tests.bench import pages, pickups
from tests.bench.odoo_process import multiply
from tests.bench.results import OURS, Case

ROUNDS = 5
ROWS, LOCATIONS = 100_000, 200
PAGE, MONTH = 80, 31
MOST = 50  # milliseconds of the database's, for the overview
PURCHASE, INVENTORY = "Odoo's purchase dashboard", "Odoo's inventory overview"
TRANSFERS = "transfers"
TOLD = "{queries:.0f} queries, {ms:.0f} ms ({database_ms:.0f} ms of the database's)"

CASES = [
    Case(
        f"overview of {ROWS:,} pickups",
        f"at most the peer's time, {MOST} ms of the database's",
        TOLD,
        lambda ours: ours["ratio ms"] <= 1 and ours["database_ms"] <= MOST,
        beside=(PURCHASE, INVENTORY),
        ratio="ratio ms",
        of="overview ",
    ),
    *(
        Case(
            f"{page}, {ROWS:,} rows",
            "at most as many queries, none a row",
            TOLD,
            lambda ours: ours["added queries"] <= 0,
            beside=(TRANSFERS,),
            ratio="ratio ms",
            of=f"{page} ",
        )
        for page in ("list", "calendar")
    ),
]


def contestants(stage):
    _simulator, odoo, company, numbers = pickups.start(stage, LOCATIONS)
    odoo.call(_multiply, company, odoo.call(pickups.locations, company, numbers))
    return {
        OURS: lambda: odoo.call(_ours),
        PURCHASE: lambda: odoo.call(_overview, "purchase.order", "retrieve_dashboard"),
        INVENTORY: lambda: odoo.call(
            pages.measure_rows, "overview", "kanban", "stock.picking.type"
        ),
        TRANSFERS: lambda: odoo.call(_pages, "stock.picking", "scheduled_date"),
    }


def _multiply(env, company: int, locations: list[int]) -> None:
    """Pickups, orders and transfers of all days, the transfers of twenty types of operations."""
    env = env(context={"allowed_company_ids": [company]})
    partner = env["res.partner"].create({"name": "Vendor"}).id
    kind = pickups.warehouse(env, company).out_type_id
    kinds = kind.ids + [kind.copy().id for _each in range(19)]
    [draft] = pickups.drafts(env, locations[:1])
    order = env["purchase.order"].create({"partner_id": partner}).id
    transfer = env["stock.picking"].create({"picking_type_id": kind.id, "partner_id": partner}).id
    day = f"now() + interval '1 day' * (1 - number / {LOCATIONS})"
    states = _one_of(["done", "done", "done", "unsuccessful", "cancelled"])
    where = {"location_id": _one_of(locations), "state": states}
    multiply(env, "ups_pickup", draft, ROWS, pickup_date=day, **where)
    multiply(env, "purchase_order", order, ROWS, date_order=day)
    where = {"picking_type_id": _one_of(kinds), "state": "'assigned'", "name": "'B' || number"}
    multiply(env, "stock_picking", transfer, ROWS, scheduled_date=day, **where)


def _one_of(values: list) -> str:
    return f"(ARRAY{values})[1 + number %% {len(values)}]"


def _ours(env) -> dict[str, float]:
    pages_of_ours = _pages(env, "ups.pickup", "pickup_date")
    return _overview(env, "ups.pickup", "overview_counts") | pages_of_ours


def _overview(env, model: str, method: str) -> dict[str, float]:
    return pages.measure(env, "overview", lambda own: getattr(own[model], method)())


def _pages(env, model: str, date: str) -> dict[str, float]:
    from datetime import timedelta

    from odoo import fields

    first = fields.Date.today() - timedelta(days=MONTH)
    month = [(date, ">=", first), (date, "<", first + timedelta(days=MONTH))]
    rows = pages.measure_rows(env, "list", "list", model, limit=PAGE)
    return rows | pages.measure_rows(env, "calendar", "calendar", model, month, 500)
