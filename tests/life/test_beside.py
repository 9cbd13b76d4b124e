"""Deliveries beside Odoo's batches and its dropshipping, both installed."""

import pytest

from devenv import database, server
from tests.bench import deliveries
from tests.bench.odoo_process import OdooProcess, transaction

NAME = "ups_life_beside"
MOST_QUERIES = 2


@pytest.fixture(scope="module")
def odoo(pristine):
    database.copy(pristine, NAME)
    server.update(NAME, "--init", "stock_picking_batch,stock_dropshipping")
    with OdooProcess(NAME, {}) as odoo:
        yield odoo


def test_a_batch_and_a_dropship_are_validated_beside(odoo):
    """A batch joins in no more queries than it would take without us, a dropship waits for none."""
    made = odoo.call(deliveries.prepare)
    odoo.call(batch, made, 2, True)  # fills the process's caches
    for count in (2, 20):
        joined, queries = odoo.call(batch, made, count, True)
        assert joined == count
        assert queries - odoo.call(batch, made, count, False)[1] <= MOST_QUERIES
    assert odoo.call(dropship, made) == ("dropship", "done", False)


# --- in the Odoo process ---


def batch(env, made, count, is_ours):
    """:return: how many of a batch's deliveries stand in one pickup, and its queries."""
    ids = deliveries.ready(env, *made, count)
    services = env["ups.pickup.service"].search([], limit=1)
    env["delivery.carrier"].browse(made[1]).ups_pickup_service_id = is_ours and services
    batch = env["stock.picking.batch"].create({"picking_ids": [(6, 0, ids)]})
    batch.action_confirm()
    env.cr.commit()
    with transaction(env.registry) as own:
        own["stock.picking.batch"].browse(batch.id).action_done()
        own.flush_all()
        queries = own.cr.sql_log_count
    env.invalidate_all()
    [pickup] = env["stock.picking"].browse(ids).grouped("ups_pickup_id")
    return len(pickup.picking_ids.filtered(lambda each: each.id in ids)), queries


def dropship(env, made):
    """:return: kind and state of what a vendor sends, and whether it waits for UPS."""
    product, carrier, customer = made
    vendor = env["res.partner"].create({"name": "Vendor"})
    env["product.product"].browse(product).write(
        {
            "seller_ids": [(0, 0, {"partner_id": vendor.id})],
            "route_ids": [(6, 0, env.ref("stock_dropshipping.route_drop_shipping").ids)],
        }
    )
    order = env["sale.order"].create(
        {
            "partner_id": customer,
            "carrier_id": carrier,
            "order_line": [(0, 0, {"product_id": product})],
        }
    )
    order.action_confirm()
    order._get_purchase_orders().button_confirm()
    picking = order.picking_ids
    picking.carrier_id = carrier
    picking.move_ids.write({"quantity": 1, "picked": True})
    picking.button_validate()
    return picking.picking_type_code, picking.state, picking.ups_pickup_waits
