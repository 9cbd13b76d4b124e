"""What does the addon add to the company list and form, with 500 companies?"""

from functools import partial

from tests.bench import companies, pages
from tests.bench.results import OURS, WITHOUT, Case

ROUNDS = 3
COMPANIES, PAGE = 500, 80
MOST = 2  # queries


def _is_reached(ours) -> bool:
    page, all_rows = (ours.beside(f"{each} ")["queries"] for each in ("list", "list of all"))
    return ours["added queries"] <= MOST and page == all_rows


CASES = [
    Case(
        f"company {page}, {COMPANIES} companies",
        f"at most {MOST} queries added, none a row",
        "{queries:.0f} queries ({added queries:+.0f}), {bytes:,.0f} bytes ({added bytes:+,.0f})",
        _is_reached,
        beside=(WITHOUT,),
        theirs="{queries:.0f} queries, {bytes:,.0f} bytes",
        ratio="ratio bytes",
        of=f"{page} ",
    )
    for page in ("list", "list of all", "form")
]


def contestants(stage):
    answer = stage.simulator().issue_tokens()
    plain, addon = stage.odoo_pair()
    plain_ids, ids = (each.call(companies.create_many, COMPANIES) for each in (plain, addon))
    addon.call(companies.authorize, dict.fromkeys(ids[::2], answer))
    return {
        OURS: partial(addon.call, _pages, ids[0]),
        WITHOUT: partial(plain.call, _pages, plain_ids[0]),
    }


def _pages(env, company: int) -> dict[str, float]:
    form = pages.view_fields(env["res.company"], "form")
    measures = pages.measure(
        env, "form", lambda own: own["res.company"].browse(company).web_read(form)
    )
    for page, limit in (("list", PAGE), ("list of all", COMPANIES)):
        roots = [("parent_id", "=", False)]
        measures |= pages.measure_rows(env, page, "list", "res.company", roots, limit)
    return measures
