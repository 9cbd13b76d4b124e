"""General Settings: where the person who has UPS's application looks."""

import re

from guide import Guide
from playwright.sync_api import expect

BLOCK = ["#ups_credentials", "#ups_redirect_uri", "#ups_use_pkce", "#ups_authorization"]


def test_its_search_finds_all_of_ups(guide: Guide, screenshot):
    page = guide.page
    page.goto(f"{guide.odoo.url}/odoo/settings")
    another = page.locator("#active_user_setting")
    for words in ("UPS", "OAuth", "pickup"):
        page.get_by_role("searchbox").fill("")
        expect(another).to_be_visible()
        page.get_by_role("searchbox").fill(words)
        expect(another).not_to_be_visible()
        for setting in BLOCK:
            expect(page.locator(setting)).to_be_visible()
    screenshot("settings-search")


def test_it_marks_the_test_environment_and_leads_to_ups(guide: Guide):
    page = guide.page
    page.goto(f"{guide.odoo.url}/odoo/settings")
    expect(page.locator("#ups_authorization")).to_contain_text("CIE")
    portal = page.locator("#ups_credentials").get_by_role("link")
    expect(portal).to_have_attribute("href", "https://developer.ups.com/")
    guide_of_ups = page.locator("#ups_authorization").get_by_role("link", name="guide")
    expect(guide_of_ups).to_have_attribute("href", re.compile("ups.com/.*OAuth"))
