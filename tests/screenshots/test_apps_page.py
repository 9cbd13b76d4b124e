"""The pictures that Odoo shows in Apps and that README.md shows; committed, so kept small."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from gallery import COMPANY, Walk
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect
from running_odoo import RunningOdoo

from devenv.paths import DESCRIPTION, REPO
from tests.orders import selling

PICKUPS = REPO / "ups_pickup" / "static" / "description"
DELIVERIES = REPO / "ups_pickup_delivery" / "static" / "description"
ENDED = "Harbor Bakery"
SIZE = {"width": 1100, "height": 480}
WIDE = {"width": 1300, "height": 900}  # an address on one line
LOW = {"width": 1100, "height": 300}
TALL = {"width": 1100, "height": 900}  # nothing is to be scrolled
TODAY = "2099-04-01 09:30"  # of the pictures: they change with what they show, and never expire
# What waits or loads, the block's word on an address that is only for the picture, and the graph
# of a card that has nothing to show in it.
WITHOUT = """
.o_menu_systray .badge, .o_loading_indicator { visibility: hidden; }
[name=ups_advice], .o_kanban_record [name=kanban_dashboard_graph] { display: none; }
.o_kanban_record:has([name=stock_picking]) { align-self: start; }
"""
MAXIMUM = 150_000  # bytes; a repository keeps each version for ever


@pytest.fixture
def shop_window(browser: Browser, odoo: RunningOdoo, nobody_authorized) -> Iterator[Walk]:
    """As a customer would have it: UPS's production, and Odoo at an address of its own."""
    ended = odoo.call("res.company", "create", {"name": ENDED, "logo": False})
    odoo.sql(
        """INSERT INTO ups_connection (company_id, state, reason, environment, failure_count)
           VALUES (%s, 'reauthorize', 'refused', 'production', 0)""",
        ended,
    )
    odoo.sql("UPDATE res_partner SET create_date = %s", TODAY)  # an avatar's colour follows from it
    odoo.save_settings(ups_environment="production")
    context = browser.new_context(viewport=SIZE, device_scale_factor=2, timezone_id="UTC")
    walk = Walk(context.new_page(), odoo)
    walk.page.clock.set_fixed_time(TODAY)
    walk.sign_in()
    yield walk
    context.close()
    odoo.save_settings(ups_environment="cie")
    odoo.call("res.company", "write", [ended], {"active": False})  # not in the gallery


def test_the_pictures(shop_window: Walk):
    walk = shop_window
    _keep_settings(walk)
    walk.page.set_viewport_size(SIZE)
    walk.see_form(COMPANY)
    keep(walk.page, "form")
    walk.page.set_viewport_size(TALL)
    keep(walk.see_modal(), "modal")
    walk.authorize()
    walk.odoo.sql(
        "UPDATE ups_connection SET authorized_on = %s, refreshed_on = %s,"
        " refresh_token_expires_at = %s WHERE company_id = %s",
        "2099-03-02 09:15",
        "2099-04-01 06:00",
        "2099-05-31 06:00",
        walk.company,
    )
    modal = walk.see_modal()
    expect(modal).to_contain_text("Authorized until")
    keep(modal, "authorized")
    walk.page.set_viewport_size(LOW)
    walk.see_list()
    keep(walk.page, "list")
    _keep_pickups(walk)


def _keep_pickups(walk: Walk) -> None:
    page, odoo = walk.page, walk.odoo
    odoo.sql("UPDATE ups_pickup SET environment = 'production'")
    page.clock.resume()  # the overview's days are those of the server
    walk.work_for(COMPANY)
    page.set_viewport_size(WIDE)
    page.goto(f"{odoo.url}/odoo/ups-pickups")
    expect(page.get_by_role("row").filter(has_text="Unsuccessful")).to_be_visible()
    keep(page, "overview", PICKUPS)
    page.get_by_role("row").filter(has_text="Dispatched").get_by_text("Island Store").click()
    expect(page.locator(".oe_title [name=prn]")).to_be_visible()
    keep(page.locator(".o_form_sheet_bg"), "pickup", PICKUPS)
    _keep_deliveries(walk)
    odoo.sql("UPDATE ups_pickup SET environment = 'cie'")


def _keep_deliveries(walk: Walk) -> None:
    """Two wait, which UPS is asked for; then comes a third, which was to be packed."""
    page, odoo = walk.page, walk.odoo
    sell = selling(odoo, walk.company, "Pier Warehouse")
    *two, third = (delivery(odoo, sell(number)) for number in (2, 1, 1))
    odoo.call("stock.picking", "button_validate", two)
    page.goto(f"{odoo.url}/odoo/action-stock.stock_picking_type_action")
    card = page.locator(".o_kanban_record").filter(has_text="UPS until")
    expect(card).to_contain_text(re.compile(r"UPS until .*2"))
    keep(card, "card", DELIVERIES)
    pickup = odoo.call("stock.picking", "action_ups_pickup", two)["res_id"]
    odoo.call("ups.pickup", "action_request", [pickup])
    odoo.call("stock.picking", "button_validate", [third])
    page.goto(f"{odoo.url}/odoo/ups-pickups/{pickup}")
    page.get_by_role("tab", name="Deliveries").click()
    expect(page.get_by_role("status")).to_contain_text("UPS was told 2, now 3")
    keep(page.locator(".o_form_view_container"), "pickup", DELIVERIES)


def delivery(odoo: RunningOdoo, order: int) -> int:
    """:return: the id of the confirmed order's."""
    odoo.call("sale.order", "action_confirm", [order])
    [[found]] = odoo.sql("SELECT id FROM stock_picking WHERE sale_id = %s", order)
    return found


def _keep_settings(walk: Walk) -> None:
    """With an address as a customer's; this machine's would be another one each time."""
    [[address]] = walk.odoo.sql("SELECT value FROM ir_config_parameter WHERE key = 'web.base.url'")
    _set_address(walk, "https://odoo.example.com")
    try:
        walk.page.set_viewport_size(WIDE)
        block = walk.see_settings()
        block.locator("[name=ups_client_id] input").fill("your-client-id")
        keep(block, "settings")
    finally:
        _set_address(walk, address)


def _set_address(walk: Walk, address: str) -> None:
    walk.odoo.call("ir.config_parameter", "set_param", "web.base.url", address)


def keep(shown: Page | Locator, name: str, folder: Path = DESCRIPTION) -> None:
    """A palette holds all the colours of a web page, in a third of the bytes."""
    shot = shown.screenshot(animations="disabled", style=WITHOUT)
    picture = Image.open(io.BytesIO(shot)).convert("RGB")
    file = folder / f"{name}.png"
    picture.quantize(colors=128, dither=Image.Dither.NONE).save(file, optimize=True)
    assert file.stat().st_size < MAXIMUM, f"{file.name} has {file.stat().st_size} bytes"
