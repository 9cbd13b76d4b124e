"""Deliveries that are ready, made inside an Odoo process; with our addon, UPS collects them."""

from tests.bench.odoo_process import transaction

EVERY_DAY = [
    {"name": day, "dayofweek": day, "hour_from": 0, "hour_to": 24, "day_period": "morning"}
    for day in "0123456"
]


def prepare(registry) -> tuple[int, int, int]:
    """:return: the ids of a product, of a carrier and of a customer."""
    with transaction(registry) as env:
        product = env["product.product"].create({"name": "Box", "weight": 2})
        carrier = env["delivery.carrier"].create({"name": "Ground", "product_id": product.id})
        us = env.ref("base.us").id
        customer = env["res.partner"].create({"name": "Ada", "country_id": us})
        if "ups.pickup" in env:
            carrier.ups_pickup_service_id = env["ups.pickup.service"].search([], limit=1)
            _warehouse(env).ups_pickup_location_id = _location(env, us)
        return product.id, carrier.id, customer.id


def ready(registry, product: int, carrier: int, customer: int, count: int) -> list[int]:
    """:return: ids of deliveries of one piece each, whose goods are picked."""
    with transaction(registry) as env:
        kind = _warehouse(env).out_type_id
        places = {
            "location_id": kind.default_location_src_id.id,
            "location_dest_id": env.ref("stock.stock_location_customers").id,
        }
        move = {"product_id": product, "product_uom_qty": 1, **places}
        delivery = {
            "picking_type_id": kind.id,
            "carrier_id": carrier,
            "partner_id": customer,
            **places,
        }
        pickings = env["stock.picking"].create(
            [{**delivery, "move_ids": [(0, 0, {**move})]} for _each in range(count)]
        )
        pickings.action_confirm()
        pickings.move_ids.picked = True
        return pickings.ids


def _warehouse(env):
    return env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1)


def _location(env, us: int):
    """:return: a place whose plan makes a draft at any hour of any day."""
    address = {"street": "1 Pier", "city": "Salem", "zip": "97301", "phone": "5035550100"}
    state = env.ref("base.state_us_32").id
    place = env["res.partner"].create(
        {"name": "Pier", "country_id": us, "state_id": state, **address}
    )
    hours = [(5, 0, 0), *[(0, 0, day) for day in EVERY_DAY]]
    return env["ups.pickup.location"].create(
        {
            "name": "Pier",
            "account_id": env["ups.pickup.account"]
            .create({"name": "A", "number": "SIM001", "country_id": us})
            .id,
            "partner_id": place.id,
            "contact_name": "Kim",
            "calendar_id": env["resource.calendar"]
            .create({"name": "Pier", "tz": "UTC", "attendance_ids": hours})
            .id,
            "plan": "when_packages",
        }
    )
