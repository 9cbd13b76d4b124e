"""How long does an import of 5,000 drafts take?"""

from tests.bench import pickups
from tests.bench.odoo_process import measured
from tests.bench.results import OURS, Case

ROUNDS = 1
ROWS, LOCATIONS = 5_000, 100
TRANSFERS = "Odoo's import of transfers"

CASES = [
    Case(
        f"import of {ROWS:,} drafts",
        "not slower",
        "{seconds:.1f} s, {queries:,.0f} queries",
        lambda ours: ours["ratio seconds"] <= 1,
        beside=(TRANSFERS,),
        ratio="ratio seconds",
    )
]


def contestants(stage):
    _simulator, odoo, company, numbers = pickups.start(stage, LOCATIONS)
    odoo.call(pickups.locations, company, numbers)
    return {
        OURS: lambda: odoo.call(_pickups),
        TRANSFERS: lambda: odoo.call(_transfers, company),
    }


def _pickups(env) -> dict[str, float]:
    from datetime import date, timedelta

    names = env["ups.pickup.location"].search([]).mapped("name")
    rows = [
        [names[number % LOCATIONS], f"{date.today() + timedelta(2 + number // LOCATIONS)}", "3"]
        for number in range(ROWS)
    ]
    return _load(env, "ups.pickup", ["location_id", "pickup_date", "line_ids/quantity"], rows)


def _transfers(env, company: int) -> dict[str, float]:
    env = env(context={"allowed_company_ids": [company]})
    kind = pickups.warehouse(env, company).out_type_id
    product = env["product.product"].create({"name": "Bench", "type": "consu"})
    names = ["picking_type_id/.id", "scheduled_date"]
    names += ["move_ids/product_id", "move_ids/product_uom_qty"]
    row = [f"{kind.id}", "2026-12-24 12:00:00", product.display_name, "3"]
    return _load(env, "stock.picking", names, [row] * ROWS)


def _load(env, model: str, names: list[str], rows: list[list[str]]) -> dict[str, float]:
    with measured(env) as found:
        told = env[model].load(names, rows)
        env.flush_all()
    assert told["ids"], told["messages"][:3]
    env.cr.rollback()
    return found
