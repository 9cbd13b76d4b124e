"""What does the addon add to the company list and form, with 500 companies?"""

import json
from functools import partial

from tests.bench import companies
from tests.bench.odoo_process import transaction
from tests.bench.results import OURS, Contestants, Line, Results
from tests.bench.stage import Stage

ROUNDS = 3
COMPANIES = 500
PAGE = 80
WITHOUT = "Odoo without it"

NOTE = """The web client's own requests (`web_search_read` of a page, `web_read` of a form) with
the fields that the views name, in two databases that differ by the addon only; each first in its
transaction. Of the 500 companies every second one is authorized. A page of 80 and one of all 500
take the same number of queries: none is a row's."""


def contestants(stage: Stage) -> Contestants:
    simulator = stage.simulator()
    answer = simulator.issue_tokens()
    plain, addon = stage.odoo_pair()
    ids = addon.call(companies.create_many, COMPANIES)
    addon.call(companies.authorize, dict.fromkeys(ids[::2], answer))
    plain_ids = plain.call(companies.create_many, COMPANIES)
    return {
        OURS: partial(addon.call, _pages, ids[0]),
        WITHOUT: partial(plain.call, _pages, plain_ids[0]),
    }


def lines(results: Results) -> list[Line]:
    return [_line(results, *each) for each in (("list", 2), ("list of all", 2), ("form", 2))]


def _line(results: Results, page: str, most: int) -> Line:
    queries, size = f"{page}: queries", f"{page}: bytes"
    added, bytes_added = (results.added(measure, WITHOUT) for measure in (queries, size))
    no_query_a_row = results.median("list: queries") == results.median("list of all: queries")
    return Line(
        work=f"company {page}, {COMPANIES} companies",
        goal=f"at most {most} queries added, none a row",
        ours=f"{results.median(queries):.0f} queries ({added:+.0f}),"
        f" {results.median(size):,.0f} bytes ({bytes_added:+,.0f})",
        beside=WITHOUT,
        theirs=f"{results.median(queries, WITHOUT):.0f} queries,"
        f" {results.median(size, WITHOUT):,.0f} bytes",
        ratio=results.ratio(size, WITHOUT),
        reached=added <= most and no_query_a_row,
    )


# === IN AN ODOO PROCESS === #


def _pages(registry, company: int) -> dict[str, float]:
    roots = [("parent_id", "=", False)]
    measures = {}
    for page, limit in (("list", PAGE), ("list of all", COMPANIES)):
        measures |= _measure(
            registry,
            page,
            lambda model, fields, limit=limit: model.web_search_read(roots, fields, limit=limit),
        )
    return measures | _measure(
        registry, "form", lambda model, fields: model.browse(company).web_read(fields)
    )


def _measure(registry, page: str, read) -> dict[str, float]:
    for _each in range(2):  # the first one fills the process's own caches
        with transaction(registry) as env:
            fields = view_fields(env["res.company"], page.split()[0])
            env.invalidate_all()
            before = env.cr.sql_log_count
            answer = read(env["res.company"], fields)
            queries = env.cr.sql_log_count - before
    return {f"{page}: queries": queries, f"{page}: bytes": len(json.dumps(answer, default=str))}


def view_fields(model, kind: str) -> dict:
    """What the web client would ask for: the fields of the view, and those of lists in it."""
    from lxml import etree

    arch = etree.fromstring(model.get_views([(False, kind)])["views"][kind]["arch"])
    return _specification(model, arch)


def _specification(model, node) -> dict:
    asked = {}
    for child in node.iterchildren("*"):
        if child.tag != "field":
            asked |= _specification(model, child)
            continue
        field = model._fields[child.get("name")]
        asked[field.name] = {}
        if field.type == "many2one":
            asked[field.name] = {"fields": {"display_name": {}}}
        elif field.relational:
            inner = _specification(model.env[field.comodel_name], child)
            asked[field.name] = {"fields": inner}
    return asked
