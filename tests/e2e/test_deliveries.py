"""Orders bring their packages: two go with the driver for whom the plan asks, a third joins."""

from collections.abc import Callable, Iterator
from functools import partial

import pytest
from guide import Guide
from playwright.sync_api import expect
from test_pickup import COMPANY, LOCATION, PRN, authorize, no_pickups, press, trucks

from tests import places
from tests.orders import selling

__all__ = ["no_pickups"]


@pytest.mark.usefixtures("no_pickups")
def test_two_packages_go_with_the_planned_driver_and_a_third_joins(guide: Guide, sell):
    page, odoo = guide.page, guide.odoo
    authorize(guide)
    confirm(guide, sell(2))
    for [line] in odoo.sql("SELECT id FROM stock_move_line WHERE picking_id = %s", shown(guide)):
        [box] = odoo.call("stock.package", "create", [{"name": f"Box {line}"}])
        odoo.call("stock.move.line", "write", [line], {"result_package_id": box})
    validate(guide)
    assert trucks(guide, page) == []  # a validation books nothing

    odoo.sign_in().run_cron("ups_pickup.ir_cron_plan")
    page.locator("button[name=action_ups_pickup_open]").click()
    expect(page.locator(".oe_title [name=prn]")).to_contain_text(PRN)
    page.get_by_role("tab", name="Deliveries").click()
    expect(page.locator("[name=delivery_pieces]")).to_have_text("2")
    expect(page.locator("[name=picking_ids] .o_data_row")).to_have_count(1)
    [truck] = trucks(guide, page)
    assert "2 pieces" in truck

    confirm(guide, sell(1))
    validate(guide)
    page.locator("button[name=action_ups_pickup_open]").click()
    expect(page.get_by_role("status")).to_contain_text("UPS was told 2, now 3")
    assert trucks(guide, page) == [truck]

    press(page, "Ask UPS Anew")
    press(page, "Cancel and Ask Anew")
    expect(page.get_by_role("radio", name="Draft")).to_be_checked()  # the new one is there
    page.get_by_role("tab", name="Deliveries").click()
    expect(page.locator("[name=delivery_pieces]")).to_have_text("3")
    expect(page.get_by_role("button", name="Request", exact=True)).to_be_visible()
    [cancelled] = trucks(guide, page)
    assert cancelled != truck


@pytest.fixture
def sell(guide: Guide) -> Iterator[Callable[[int], int]]:
    """`sell(2)` offers two lamps; the location's plan asks any day."""
    company = guide.work_for(COMPANY)
    [[location, calendar]] = guide.odoo.sql(
        "SELECT id, calendar_id FROM ups_pickup_location WHERE name = %s", LOCATION
    )
    call = partial(guide.odoo.call, context={"allowed_company_ids": [company]})
    hours = {"attendance_ids": [(5, 0, 0), *((0, 0, day) for day in places.ALL_WEEK)]}
    call("resource.calendar", "write", [calendar], hours)
    plan = {"plan": "when_packages", "plan_day": "before", "plan_time": 0}
    call("ups.pickup.location", "write", [location], plan)
    yield selling(guide.odoo, company, LOCATION)
    guide.odoo.sql("UPDATE ups_pickup_location SET plan = 'manual' WHERE id = %s", location)


def confirm(guide: Guide, order: int) -> None:
    """Ends at the delivery, when the address is its own: that comes after the form."""
    page = guide.page
    page.goto(f"{guide.odoo.url}/odoo/action-sale.action_orders/{order}")
    press(page, "Confirm")
    of_order = page.url
    page.locator("button[name=action_view_delivery]").click()
    expect(page.get_by_role("button", name="Validate", exact=True)).to_be_visible()
    page.wait_for_url(lambda url: url != of_order)


def shown(guide: Guide) -> int:
    """:return: the id of the record that the page shows."""
    return int(guide.page.url.rpartition("/")[2])


def validate(guide: Guide) -> None:
    guide.page.reload()
    press(guide.page, "Validate")
    expect(guide.page.locator("button[name=action_ups_pickup_open]")).to_be_visible()
