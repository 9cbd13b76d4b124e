"""Orders of lamps, which a warehouse of their own ships by UPS; made over Odoo's XML-RPC."""

from collections.abc import Callable
from functools import partial

from running_odoo import RunningOdoo


def selling(odoo: RunningOdoo, company: int, location: str) -> Callable[[int], int]:
    """`sell(2)` offers two lamps; :return: the order's id. :param location: UPS collects there"""
    call = partial(odoo.call, context={"allowed_company_ids": [company]})
    [place] = call("ups.pickup.location", "search", [["name", "=", location]])
    dock = {"name": location, "code": location[:4].upper(), "company_id": company}
    dock = call("stock.warehouse", "create", dock | {"ups_pickup_location_id": place})
    lamps = [{"name": name, "weight": 2} for name in ("Oak Lamp", "Ash Lamp")]
    lamps = call("product.product", "create", lamps)
    [service] = call("ups.pickup.service", "search", [["code", "=", "003"]])
    carrier = {"name": "UPS Ground", "product_id": lamps[0], "ups_pickup_service_id": service}
    carrier = call("delivery.carrier", "create", carrier)
    customer = {"name": "Ada Hill", "street": "1 Hill", "city": "Salem"}
    customer = call("res.partner", "create", customer)

    def sell(count: int) -> int:
        lines = [(0, 0, {"product_id": lamp}) for lamp in lamps[:count]]
        order = {"partner_id": customer, "carrier_id": carrier, "warehouse_id": dock}
        return call("sale.order", "create", order | {"order_line": lines})

    return sell
