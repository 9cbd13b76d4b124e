"""On a phone, a small window and a large one."""

import pytest
from guide import Guide, SimulatorControl
from playwright.sync_api import Locator, expect

COMPANY = "Harbor Supplies"
PHONE = {"width": 375, "height": 667}


@pytest.fixture
def phone(guide: Guide) -> Guide:
    """The administrator with a phone, on the company's form."""
    guide.page.set_viewport_size(PHONE)
    open_form(guide)
    return guide


def open_form(guide: Guide) -> None:
    [[company]] = guide.odoo.sql("SELECT id FROM res_company WHERE name = %s", COMPANY)
    guide.page.goto(f"{guide.odoo.url}/odoo/companies/{company}")
    expect(guide.page.locator("[name=name] input")).to_have_value(COMPANY)


def link(guide: Guide) -> Locator:
    return guide.api_button


def expect_all_in_view(buttons: Locator) -> None:
    for button in buttons.all():
        expect(button).to_be_in_viewport(ratio=1)


def test_the_whole_way(phone: Guide, screenshot):
    page = phone.page
    expect(link(phone)).to_have_text("API")
    expect(link(phone)).to_be_in_viewport(ratio=1)
    expect(page.locator(".o_form_sheet [name=ups_api]")).to_contain_text("CIE")
    link(phone).click()
    expect_all_in_view(phone.modal.locator(".modal-footer button"))
    phone.press_in_modal("OAuth")
    phone.agree_at_ups()
    expect(phone.modal).to_contain_text("Odoo can now act for this company at UPS.")
    phone.press_in_modal("Close")
    expect(link(phone)).to_have_text("Authorized")
    expect(link(phone)).to_be_in_viewport(ratio=1)
    screenshot("phone-authorized", PHONE["width"])
    expect(page.locator(".o_back_button")).to_be_visible()
    link(phone).click()
    expect(phone.modal).to_contain_text("Authorized until")
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    phone.modal.get_by_role("button", name="Opt-Out").click()
    page.get_by_role("button", name="OK", exact=True).click()
    phone.press_in_modal("Cancel")
    expect(link(phone)).to_have_text("API")


def test_to_reauthorize(phone: Guide, simulator: SimulatorControl, screenshot):
    phone.odoo.sql(
        """INSERT INTO ups_connection (company_id, state, reason, environment, failure_count)
           SELECT id, 'reauthorize', 'refused', 'cie', 0 FROM res_company WHERE name = %s""",
        COMPANY,
    )
    open_form(phone)
    expect(link(phone)).to_have_text("Reauthorize")
    expect(link(phone)).to_be_in_viewport(ratio=1)
    expect(phone.page.get_by_role("alert")).to_contain_text("has ended")
    screenshot("phone-reauthorize", PHONE["width"])


def test_the_cards_of_the_companies_lead_to_the_modal(phone: Guide):
    phone.page.goto(f"{phone.odoo.url}/odoo/companies")
    card = phone.page.locator(".o_kanban_record").filter(has_text=COMPANY)
    card.get_by_role("button", name="API", exact=True).click()
    expect(phone.modal.get_by_role("heading", name=COMPANY)).to_be_visible()


@pytest.mark.parametrize("width", [375, 576, 700, 767, 768, 1400])
def test_every_width_shows_the_link_once(guide: Guide, screenshot, width: int):
    guide.page.set_viewport_size({"width": width, "height": 900})
    open_form(guide)
    expect(link(guide)).to_have_text("API")
    expect(link(guide)).to_be_in_viewport(ratio=1)
    screenshot(f"form-{width}", width)
