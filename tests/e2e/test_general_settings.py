"""General Settings: where the person who has UPS's application looks."""

import re

from guide import Guide, SimulatorControl
from playwright.sync_api import expect

BLOCK = ["#ups_redirect_uri", "#ups_credentials", "#ups_authorization", "#ups_use_pkce"]


def test_its_search_finds_all_of_ups_which_leads_there(guide: Guide):
    page = guide.page
    page.goto(f"{guide.odoo.url}/odoo/settings")
    another = page.locator("#active_user_setting")
    for words in ("UPS", "OAuth"):
        page.get_by_role("searchbox").fill("")
        expect(another).to_be_visible()
        page.get_by_role("searchbox").fill(words)
        expect(another).not_to_be_visible()
        for setting in BLOCK:
            expect(page.locator(setting)).to_be_visible()
    expect(page.locator("#ups_authorization")).to_contain_text("CIE")
    portal = page.locator("#ups_credentials").get_by_role("link")
    expect(portal).to_have_attribute("href", "https://developer.ups.com/")
    guide_of_ups = page.locator("#ups_authorization").get_by_role("link", name="guide")
    expect(guide_of_ups).to_have_attribute("href", re.compile("ups.com/.*OAuth"))


def test_ctrl_k_leads_to_the_block_which_tests_the_settings(
    guide: Guide, simulator: SimulatorControl
):
    page = guide.page
    guide.open_company("Harbor Supplies")
    page.keyboard.press("Control+k")
    page.locator(".o_command_palette_search input").fill("ups")
    page.locator(".o_command").filter(has_text="UPS settings").click()
    for setting in BLOCK:
        expect(page.locator(setting)).to_be_in_viewport(ratio=1)
    page.get_by_role("button", name="Test settings").click()
    expect(guide.notification).to_contain_text("UPS knows this client ID")
    assert simulator.calls("authorize") == 1
    page.locator(".breadcrumb").get_by_role("link", name="Harbor Supplies").click()
    expect(guide.api_button).to_be_visible()
