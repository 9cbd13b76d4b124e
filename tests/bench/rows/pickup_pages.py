"""What do the pages of the pickups cost, with a hundred thousand of them?"""

from functools import partial

from tests.bench import pickups
from tests.bench.odoo_process import transaction
from tests.bench.results import OURS, Contestants, Line, Results
from tests.bench.rows.company_views import view_fields
from tests.bench.stage import Stage

ROUNDS = 5
ROWS, LOCATIONS = 100_000, 200
PAGE, MONTH = 80, 31
MOST = 0.05  # seconds of the database's, for the overview
PURCHASE, INVENTORY, TRANSFERS = (
    "Odoo's purchase dashboard",
    "Odoo's inventory overview",
    "transfers",
)

NOTE = """100,000 pickups in 200 locations, over 500 days; as many purchase orders, and as many
transfers in 20 types of operations. The tiles of the overview are beside Odoo's own dashboards. A
page of the list is 80 rows, a month of the calendar 31 days (at most 500 rows), with the fields
that the views name, as the web client asks. Each comes first in its transaction. Of the overview's
queries one is of pickups; the others bring the locations and their time zones."""


def contestants(stage: Stage) -> Contestants:
    _simulator, odoo, company = pickups.start(stage)
    numbers = [f"S{each:05}" for each in range(LOCATIONS)]
    locations = odoo.call(pickups.locations, company, numbers)
    [draft] = odoo.call(pickups.drafts, locations[:1])
    days = f"current_date + 1 - number / {LOCATIONS}"
    place = f"({locations[0]} + number %% {LOCATIONS})"
    state = "(ARRAY['done', 'done', 'done', 'unsuccessful', 'cancelled'])[1 + number %% 5]"
    odoo.call(
        partial(pickups.multiply, pickup_date=days, location_id=place, state=state),
        *("ups_pickup", draft, ROWS),
    )
    order, transfer, kinds = odoo.call(_peers, company)
    by_day = f"now() + interval '1 day' - number / {LOCATIONS} * interval '1 day'"
    odoo.call(partial(pickups.multiply, date_order=by_day), "purchase_order", order, ROWS)
    kind = f"(ARRAY{kinds})[1 + number %% {len(kinds)}]"
    odoo.call(
        partial(pickups.multiply, scheduled_date=by_day, picking_type_id=kind),
        *("stock_picking", transfer, ROWS),
    )
    return {
        OURS: lambda: odoo.call(_ours),
        PURCHASE: lambda: odoo.call(_dashboard),
        INVENTORY: lambda: odoo.call(_inventory),
        TRANSFERS: lambda: odoo.call(_pages, "stock.picking", "scheduled_date"),
    }


def lines(results: Results) -> list[Line]:
    fastest = min(results.median("overview seconds", each) for each in (PURCHASE, INVENTORY))
    is_fast = results.median("overview seconds") <= fastest
    is_light = results.median("overview database") <= MOST
    return [
        *(
            _line(
                results,
                f"overview of {ROWS:,} pickups",
                "overview",
                peer,
                "at most the faster peer's time, 50 ms of the database's",
                is_fast and is_light,
            )
            for peer in (PURCHASE, INVENTORY)
        ),
        *(
            _line(
                results,
                f"{page}, {ROWS:,} rows",
                page,
                TRANSFERS,
                "at most as many queries, none a row",
                results.median(f"{page} queries") <= results.median(f"{page} queries", TRANSFERS),
            )
            for page in ("list", "calendar")
        ),
    ]


def _line(results: Results, work, page, peer, goal, reached) -> Line:
    def told(contestant):
        queries, seconds, database = (
            results.median(f"{page} {each}", contestant)
            for each in ("queries", "seconds", "database")
        )
        return (
            f"{queries:.0f} queries, {seconds * 1000:.0f} ms ({database * 1000:.0f} ms of the"
            " database's)"
        )

    ratio = results.ratio(f"{page} seconds", peer)
    return Line(work, goal, told(OURS), peer, told(peer), ratio, reached=reached)


# === IN AN ODOO PROCESS === #


def _peers(registry, company: int) -> tuple[int, int, list[int]]:
    """:return: the ids of an order, of a transfer, and of types of operations."""
    with transaction(registry) as env:
        env = env(context={"allowed_company_ids": [company]})
        partner = env["res.partner"].create({"name": "Vendor"})
        kind = pickups.warehouse(env, company).out_type_id
        order = env["purchase.order"].create({"partner_id": partner.id})
        kinds = kind.ids + [kind.copy().id for _each in range(19)]
        transfer = env["stock.picking"].create(
            {"picking_type_id": kind.id, "state": "assigned", "partner_id": partner.id}
        )
        env.flush_all()
        env.cr.execute("UPDATE stock_picking SET state = 'assigned' WHERE id = %s", [transfer.id])
        return order.id, transfer.id, kinds


def _ours(registry) -> dict[str, float]:
    return _measure(registry, "overview", lambda env: env["ups.pickup"].overview_counts()) | _pages(
        registry, "ups.pickup", "pickup_date"
    )


def _dashboard(registry) -> dict[str, float]:
    return _measure(registry, "overview", lambda env: env["purchase.order"].retrieve_dashboard())


def _inventory(registry) -> dict[str, float]:
    def counts(env):
        kinds = env["stock.picking.type"]
        return kinds.web_search_read([], view_fields(kinds, "kanban"))

    return _measure(registry, "overview", counts)


def _pages(registry, model: str, date: str) -> dict[str, float]:
    from datetime import timedelta

    from odoo import fields

    first = fields.Date.today() - timedelta(days=MONTH)
    month = [(date, ">=", first), (date, "<", first + timedelta(days=MONTH))]
    return _measure(
        registry,
        "list",
        lambda env: env[model].web_search_read([], view_fields(env[model], "list"), limit=PAGE),
    ) | _measure(
        registry,
        "calendar",
        lambda env: env[model].web_search_read(
            month, view_fields(env[model], "calendar"), limit=500
        ),
    )


def _measure(registry, page: str, read) -> dict[str, float]:
    for _each in range(2):  # the first one fills the process's own caches
        with transaction(registry) as env, pickups.measured(env) as found:
            read(env)
    return {f"{page} {name}": value for name, value in found.items()}
