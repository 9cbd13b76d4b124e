"""On a phone, a small window and a large one."""

import pytest
from guide import Guide
from playwright.sync_api import expect

COMPANY = "Harbor Supplies"
PHONE = {"width": 375, "height": 667}


@pytest.fixture
def phone(guide: Guide) -> Guide:
    """The administrator with a phone."""
    guide.page.set_viewport_size(PHONE)
    return guide


def expect_link(guide: Guide, text: str) -> None:
    expect(guide.api_button).to_have_text(text)
    expect(guide.api_button).to_be_in_viewport(ratio=1)


def test_the_whole_way(phone: Guide):
    page = phone.page
    phone.see_form(COMPANY)
    expect_link(phone, "API")
    expect(page.locator(".o_form_sheet [name=ups_api]")).to_contain_text("CIE")
    for button in phone.open_modal().locator(".modal-footer button").all():
        expect(button).to_be_in_viewport(ratio=1)
    phone.press_in_modal("OAuth")
    phone.agree_at_ups()
    expect(phone.modal).to_contain_text("Odoo can now act for this company at UPS.")
    phone.press_in_modal("Close")
    expect_link(phone, "Authorized")
    expect(page.locator(".o_back_button")).to_be_visible()
    expect(phone.open_modal()).to_contain_text("Authorized until")
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    phone.confirm_opt_out()
    phone.press_in_modal("Cancel")
    expect_link(phone, "API")


def test_to_reauthorize(phone: Guide):
    phone.end_authorization(COMPANY)
    phone.see_form(COMPANY)
    expect_link(phone, "Reauthorize")
    expect(phone.page.get_by_role("alert")).to_contain_text("has ended")


def test_the_cards_of_the_companies_lead_to_the_modal(phone: Guide):
    phone.page.goto(f"{phone.odoo.url}/odoo/companies")
    card = phone.page.locator(".o_kanban_record").filter(has_text=COMPANY)
    card.get_by_role("button", name="API", exact=True).click()
    expect(phone.modal.get_by_role("heading", name=COMPANY)).to_be_visible()


@pytest.mark.parametrize("width", [375, 576, 700, 767, 768, 1400])
def test_every_width_shows_the_link_once(guide: Guide, width: int):
    guide.page.set_viewport_size({"width": width, "height": 900})
    guide.see_form(COMPANY)
    expect_link(guide, "API")
