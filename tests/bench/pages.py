"""What does a page cost, as the web client asks for it?"""

import json
from collections.abc import Callable

from tests.bench.odoo_process import measured, transaction


def measure(env, page: str, read: Callable) -> dict[str, float]:
    """As the web client asks; it is the first in its transaction, and has filled the process's
    own caches before.

    :return: measures whose names begin with the page's.
    """
    for _each in range(2):
        with transaction(env.registry) as own, measured(own) as found:
            answer = read(own(context={"lang": "en_US", "tz": "UTC", "uid": own.uid}))
    found["bytes"] = len(json.dumps(answer, default=str))
    return {f"{page} {name}": value for name, value in found.items()}


def measure_rows(env, page: str, view: str, model: str, domain=(), limit=None) -> dict[str, float]:
    fields = view_fields(env[model], view)
    return measure(
        env, page, lambda own: own[model].web_search_read(list(domain), fields, limit=limit)
    )


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
