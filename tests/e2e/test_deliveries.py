"""Deliveries bring their packages: two are validated, a driver comes for both, a third joins."""

import re
from functools import partial

import pytest
from guide import Guide
from playwright.sync_api import Page, expect
from test_pickup import COMPANY, LOCATION, authorize, no_pickups, press, trucks

__all__ = ["no_pickups"]


@pytest.mark.usefixtures("no_pickups")
def test_two_packages_are_collected_and_a_third_joins(guide: Guide, screenshot):
    page, ready = guide.page, deliveries(guide, 3)
    authorize(guide)
    for picking in ready[:2]:
        validate(guide, picking)
    [[location]] = guide.odoo.sql("SELECT id FROM ups_pickup_location WHERE name = %s", LOCATION)
    screenshot("delivery-validated")

    page.locator("button[name=action_ups_pickup_open]").click()
    buttons = page.locator("[name=delivery_buttons]")
    expect(buttons.locator("[name=delivery_count]")).to_contain_text("2")
    page.get_by_role("tab", name="Deliveries").click()
    expect(page.locator("[name=picking_ids] .o_data_row")).to_have_count(2)
    screenshot("delivery-pickup")
    press(page, "Request")
    expect(page.locator(".oe_title [name=prn]")).to_contain_text(re.compile(r"[0-9A-Z]{11}"))
    [truck] = trucks(guide, page)
    assert "2 pieces" in truck

    validate(guide, ready[2])
    page.locator("button[name=action_ups_pickup_open]").click()
    expect(page.get_by_role("status")).to_contain_text("UPS was told 2, now 3")
    screenshot("delivery-told-two-now-three")
    assert len(trucks(guide, page)) == 1
    guide.odoo.sql("UPDATE ups_pickup_location SET plan = 'manual' WHERE id = %s", location)


def deliveries(guide: Guide, count: int) -> list[int]:
    """:return: the ids of deliveries of one piece each that are ready, of a UPS carrier."""
    [[company]] = guide.odoo.sql("SELECT id FROM res_company WHERE name = %s", COMPANY)
    call = partial(guide.odoo.call, context={"allowed_company_ids": [company]})
    [[location]] = guide.odoo.sql("SELECT id FROM ups_pickup_location WHERE name = %s", LOCATION)
    place = {"company_id": company, "ups_pickup_location_id": location}
    [warehouse] = call("stock.warehouse", "create", [{"name": "Dock", "code": "DOCK", **place}])
    call("ups.pickup.location", "write", [location], {"plan": "when_packages"})
    [product] = call("product.product", "create", [{"name": "Lamp", "weight": 2}])
    [service] = call("ups.pickup.service", "search", [["code", "=", "003"]])
    carrier = {"name": "UPS Ground", "product_id": product, "ups_pickup_service_id": service}
    [carrier_id] = call("delivery.carrier", "create", [carrier])
    [kind] = call(
        "stock.picking.type",
        "search_read",
        [["warehouse_id", "=", warehouse], ["code", "=", "outgoing"]],
        ["default_location_src_id", "default_location_dest_id"],
    )
    places = {
        "location_id": kind["default_location_src_id"][0],
        "location_dest_id": kind["default_location_dest_id"][0],
        "company_id": company,
    }
    move = {"product_id": product, "product_uom_qty": 1, **places}
    picking = {
        "picking_type_id": kind["id"],
        "carrier_id": carrier_id,
        "move_ids": [(0, 0, move)],
        **places,
    }
    ids = call("stock.picking", "create", [picking] * count)
    call("stock.picking", "action_confirm", ids)
    return ids


def validate(guide: Guide, picking: int) -> None:
    page: Page = guide.page
    page.goto(f"{guide.odoo.url}/odoo/action-stock.action_picking_tree_all/{picking}")
    press(page, "Validate")
    expect(page.locator("button[name=action_ups_pickup_open]")).to_be_visible()
