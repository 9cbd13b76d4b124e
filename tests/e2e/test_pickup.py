"""From "Authorized" to a driver, and back: as a clerk does it, on a desk and on a phone."""

import re

import pytest
from guide import Guide
from playwright.sync_api import Page, expect

COMPANY, LOCATION = "Harbor Supplies", "Dock Warehouse"
PRN = re.compile(r"[0-9A-Z]{11}")


@pytest.fixture
def no_pickups(guide: Guide) -> None:
    """Odoo knows of no driver at the location, as UPS does not."""
    guide.odoo.sql(
        "DELETE FROM ups_pickup p USING ups_pickup_location l"
        " WHERE l.id = p.location_id AND l.name = %s",
        LOCATION,
    )


@pytest.mark.parametrize("width", [1400, 375])
@pytest.mark.usefixtures("no_pickups")
def test_from_authorized_to_a_driver_and_back(guide: Guide, width: int):
    page = guide.page
    page.set_viewport_size({"width": width, "height": 900})
    authorize(guide)
    guide.press_in_modal("First pickup")
    choose_location(page, width)
    expect(page.locator("[name=line_ids]")).to_contain_text("UPS Ground")

    press(page, "Price")
    expect(page.locator("[name=price]")).to_contain_text(re.compile(r"\$\s*\d+\.\d\d"))
    assert trucks(guide, page) == []  # a price books nothing

    press(page, "Request")
    prn = page.locator(".oe_title [name=prn]")
    expect(prn).to_contain_text(PRN)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    [truck] = trucks(guide, page)
    assert PRN.search(prn.inner_text())[0] in truck
    assert "SIM001" in truck

    press(page, "Cancel the Pickup")
    confirm = page.get_by_role("dialog").get_by_role("button", name="Cancel the Pickup", exact=True)
    expect(confirm).to_be_visible()
    if width == 375:  # the dialog fills the screen: what was just told would cover the question
        assert not guide.notification.locator("visible=true").count()
    confirm.click()
    told = guide.notification.filter(has_text="UPS has cancelled it")
    expect(told.locator(".bg-success").first).to_be_attached()
    expect(page.locator(".o-mail-Message").filter(has_text="UPS has cancelled it")).to_be_visible()
    [truck] = trucks(guide, page)
    assert "Canceled" in truck or "Cancelled" in truck


def authorize(guide: Guide) -> None:
    guide.see_form(COMPANY)
    guide.open_modal()
    guide.press_in_modal("OAuth")
    guide.agree_at_ups()
    expect(guide.modal.get_by_role("heading", name=COMPANY)).to_contain_text("Authorized")


def choose_location(page: Page, width: int) -> None:
    page.get_by_label("Location", exact=True).click()
    if width == 375:  # a phone has a list of its own for it
        page.get_by_role("dialog").locator(".o_kanban_record").filter(has_text=LOCATION).click()
    else:
        page.get_by_role("option", name=LOCATION).click()


def press(page: Page, name: str) -> None:
    """A button of the form's header; a phone folds those that it has no room for."""
    button = page.get_by_role("button", name=name, exact=True).locator("visible=true")
    more = page.locator(".o_cp_action_menus, .o_statusbar_buttons").get_by_title("More")
    expect(button.or_(more).first).to_be_visible()
    if not button.count():
        more.first.click()
        button = page.get_by_role("menuitem", name=name).or_(button)
    button.first.click()


def trucks(guide: Guide, page: Page) -> list[str]:
    """:return: what the simulator's page says of each."""
    other = page.context.new_page()
    other.goto(f"{guide.odoo.simulator_url}/trucks")
    found = other.locator(".truck").all_inner_texts()
    other.close()
    return found


@pytest.mark.parametrize("width", [1400, 375])
def test_a_tile_filters_and_a_second_press_takes_it_away(guide: Guide, width: int):
    page = guide.page
    page.set_viewport_size({"width": width, "height": 900})
    guide.work_for(COMPANY)
    page.goto(f"{guide.odoo.url}/odoo/ups-pickups")
    tiles = page.get_by_role("group", name="Filter by")
    rows = page.locator(".o_data_row, .o_kanban_record:not(.o_kanban_ghost)")
    expect(rows).not_to_have_count(0)
    all_of_them = rows.count()
    for name in ("To Check", "Unsuccessful", "Successful"):
        tile = tiles.get_by_role("button", name=re.compile(rf"^\d+ {name}\b"))
        count = int(tile.inner_text().split()[0])
        assert 0 < count < all_of_them
        tile.focus()
        page.keyboard.press("Enter")
        expect(tiles.get_by_role("button", pressed=True)).to_have_text(re.compile(name))
        expect(rows).to_have_count(count)
    page.keyboard.press("Enter")
    expect(tiles.get_by_role("button", pressed=True)).to_have_count(0)
    expect(rows).to_have_count(all_of_them)
