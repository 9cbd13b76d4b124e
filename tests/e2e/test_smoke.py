"""The browser tests' own ground: Odoo answers, and holds what the other tests start from."""

from playwright.sync_api import expect


def test_administrator_sees_the_companies(admin_page, odoo, screenshot):
    admin_page.goto(f"{odoo.url}/odoo/companies")

    names = admin_page.locator("td[name=name]")
    expect(names).to_have_text(["Harbor Supplies", "My Company"])
    screenshot("companies")
    screenshot("companies-phone", 375)


def test_branch_and_address_are_in_place(odoo):
    branches = odoo.sql("SELECT name FROM res_company WHERE parent_id IS NOT NULL")
    assert branches == [("Harbor Supplies North",)]
    address = odoo.sql("SELECT value FROM ir_config_parameter WHERE key = %s", "web.base.url")
    assert address == [(odoo.url,)]
