"""Deliveries that are ready, made inside an Odoo process; with our addon, UPS collects them."""

from tests.bench import pickups


def prepare(env) -> tuple[int, int, int]:
    """:return: the ids of a product, of a carrier and of a customer."""
    product = env["product.product"].create({"name": "Box", "weight": 2})
    carrier = env["delivery.carrier"].create({"name": "Ground", "product_id": product.id})
    customer = env["res.partner"].create({"name": "Ada", "country_id": env.ref("base.us").id})
    if "ups.pickup" in env:
        carrier.ups_pickup_service_id = env["ups.pickup.service"].search([], limit=1)
        [place] = pickups.locations(env, env.company.id, ["SIM001"], plan="when_packages")
        _warehouse(env).ups_pickup_location_id = place
    return product.id, carrier.id, customer.id


def ready(env, product: int, carrier: int, customer: int, count: int) -> list[int]:
    """:return: ids of deliveries of one piece each, whose goods are picked."""
    kind = _warehouse(env).out_type_id
    places = {
        "location_id": kind.default_location_src_id.id,
        "location_dest_id": env.ref("stock.stock_location_customers").id,
    }
    move = {"product_id": product, "product_uom_qty": 1, **places}
    delivery = {"picking_type_id": kind.id, "carrier_id": carrier, "partner_id": customer}
    pickings = env["stock.picking"].create(
        [{**delivery, **places, "move_ids": [(0, 0, {**move})]} for _each in range(count)]
    )
    pickings.action_confirm()
    pickings.move_ids.picked = True
    return pickings.ids


def _warehouse(env):
    return env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1)
