"""How long does an import of 5,000 drafts take?"""

from tests.bench import pickups
from tests.bench.odoo_process import transaction
from tests.bench.results import OURS, Contestants, Line, Results
from tests.bench.stage import Stage

ROUNDS = 1
ROWS = 5_000
TRANSFERS = "Odoo's import of transfers"

NOTE = """`load`, as the page of the import calls it: 5,000 pickups of one line in 100 locations on
50 days, each checked against its location's days and hours; and as many transfers of one product
each. Both are rolled back."""


def contestants(stage: Stage) -> Contestants:
    _simulator, odoo, company = pickups.start(stage)
    numbers = [f"S{each:05}" for each in range(100)]
    odoo.call(pickups.locations, company, numbers)
    return {
        OURS: lambda: odoo.call(_pickups),
        TRANSFERS: lambda: odoo.call(_transfers, company),
    }


def lines(results: Results) -> list[Line]:
    seconds, theirs = results.median("seconds"), results.median("seconds", TRANSFERS)
    return [
        Line(
            work=f"import of {ROWS:,} drafts",
            goal="not slower",
            ours=f"{seconds:.1f} s, {results.median('queries'):,.0f} queries",
            beside=TRANSFERS,
            theirs=f"{theirs:.1f} s, {results.median('queries', TRANSFERS):,.0f} queries",
            ratio=results.ratio("seconds", TRANSFERS),
            reached=seconds <= theirs,
        )
    ]


# === IN AN ODOO PROCESS === #


def _pickups(registry) -> dict[str, float]:
    from datetime import date, timedelta

    with transaction(registry) as env:
        locations = env["ups.pickup.location"].search([])
        rows = [
            [
                locations[number % 100].name,
                f"{date.today() + timedelta(days=2 + number // 100)}",
                "3",
            ]
            for number in range(ROWS)
        ]
        return _load(env, "ups.pickup", ["location_id", "pickup_date", "line_ids/quantity"], rows)


def _transfers(registry, company: int) -> dict[str, float]:
    with transaction(registry) as env:
        env = env(context={"allowed_company_ids": [company]})
        kind = pickups.warehouse(env, company).out_type_id
        product = env["product.product"].create({"name": "Bench", "type": "consu"})
        env.flush_all()
        names = [
            "picking_type_id/.id",
            "scheduled_date",
            "move_ids/product_id",
            "move_ids/product_uom_qty",
        ]
        row = [f"{kind.id}", "2026-12-24 12:00:00", product.display_name, "3"]
        return _load(env, "stock.picking", names, [row] * ROWS)


def _load(env, model: str, names: list[str], rows: list[list[str]]) -> dict[str, float]:
    with pickups.measured(env) as found:
        told = env[model].load(names, rows)
        env.flush_all()
    assert told["ids"], told["messages"][:3]
    env.cr.rollback()
    return found
