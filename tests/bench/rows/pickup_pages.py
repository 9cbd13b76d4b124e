"""What do the pages of the pickups cost, with a hundred thousand of them?"""

from tests.bench import companies, pages, pickups
from tests.bench.results import OURS, Case

ROUNDS = 5
ROWS, LOCATIONS = 100_000, 200
PAGE, MONTH = 80, 31
MOST = 50  # milliseconds of the database's, for the overview
PURCHASE, INVENTORY, TRANSFERS = (
    "Odoo's purchase dashboard",
    "Odoo's inventory overview",
    "transfers",
)
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
        PURCHASE: lambda: odoo.call(_dashboard),
        INVENTORY: lambda: odoo.call(_inventory),
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
    states = ["done", "done", "done", "unsuccessful", "cancelled"]
    for table, row, values in (
        (
            "ups_pickup",
            draft,
            {
                "pickup_date": day,
                "location_id": _one_of(locations),
                "state": _one_of(states),
            },
        ),
        ("purchase_order", order, {"date_order": day}),
        (
            "stock_picking",
            transfer,
            {"scheduled_date": day, "picking_type_id": _one_of(kinds), "state": "'assigned'"},
        ),
    ):
        companies.multiply(env, table, row, ROWS, **values)


def _one_of(values: list) -> str:
    return f"(ARRAY{values})[1 + number %% {len(values)}]"


def _ours(env) -> dict[str, float]:
    counts = pages.measure(env, "overview", lambda own: own["ups.pickup"].overview_counts())
    return counts | _pages(env, "ups.pickup", "pickup_date")


def _dashboard(env) -> dict[str, float]:
    return pages.measure(env, "overview", lambda own: own["purchase.order"].retrieve_dashboard())


def _inventory(env) -> dict[str, float]:
    return pages.measure_rows(env, "overview", "kanban", "stock.picking.type")


def _pages(env, model: str, date: str) -> dict[str, float]:
    from datetime import timedelta

    from odoo import fields

    first = fields.Date.today() - timedelta(days=MONTH)
    month = [(date, ">=", first), (date, "<", first + timedelta(days=MONTH))]
    return pages.measure_rows(env, "list", "list", model, limit=PAGE) | pages.measure_rows(
        env, "calendar", "calendar", model, month, 500
    )
