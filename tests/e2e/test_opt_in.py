"""Opt-In, as UPS's guide describes it."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from guide import Guide, SimulatorControl
from playwright.sync_api import expect

from devenv import server

COMPANY, OTHER, BRANCH = "Harbor Supplies", "My Company", "Harbor Supplies North"


def test_from_the_form(guide: Guide, simulator: SimulatorControl):
    guide.open_company(COMPANY)
    expect(guide.api_button).to_contain_text("API")
    modal = guide.open_modal()
    expect(modal.get_by_role("button", name="OAuth", exact=True)).to_be_visible()
    expect(modal).to_contain_text("Account Executive")
    guide.press_in_modal("Cancel")
    expect(modal).not_to_be_visible()
    expect(guide.api_button).to_contain_text("API")
    assert simulator.calls() == 0
    guide.opt_in(COMPANY)
    guide.page.get_by_role("link", name="Companies").click()
    expect(guide.row(COMPANY).get_by_role("button", name="Authorized")).to_be_visible()
    assert simulator.calls("token") == 1


def test_from_the_list(guide: Guide):
    guide.open_list()
    guide.row(COMPANY).get_by_role("button", name="API", exact=True).click()
    guide.press_in_modal("OAuth")
    guide.agree_at_ups()
    guide.expect_good_news(COMPANY, "companies")
    authorized = guide.row(COMPANY).get_by_role("button", name="Authorized", exact=True)
    expect(authorized).to_be_visible()
    expect(guide.row(OTHER).get_by_role("button", name="API", exact=True)).to_be_visible()


def test_from_general_settings(guide: Guide):
    guide.page.goto(f"{guide.odoo.url}/odoo/settings")
    link = guide.page.locator("#ups_authorization button:visible")
    expect(link).to_have_text("API")
    link.click()
    guide.press_in_modal("OAuth")
    guide.agree_at_ups()
    guide.expect_good_news(OTHER, "settings")  # the administrator's current company
    expect(link).to_have_text("Authorized")
    expect(link).to_be_in_viewport()


def test_the_code_is_spent_once_whatever_is_reloaded(guide: Guide, simulator: SimulatorControl):
    page, requests = guide.page, []
    page.on("request", lambda request: requests.append(request))
    guide.opt_in(COMPANY)
    page.reload()
    expect(guide.api_button).to_contain_text("Authorized")
    here = page.url
    # Not go_back and go_forward: the one at once after the other meets a page that is being left.
    page.evaluate("history.back()")
    page.wait_for_url(lambda url: url != here)
    page.evaluate("history.forward()")
    page.wait_for_url(here)
    expect(guide.api_button).to_contain_text("Authorized")

    [authorize] = [r for r in requests if "/security/v1/oauth/authorize?" in r.url]
    query = parse_qs(urlsplit(authorize.url).query)
    assert query["redirect_uri"] == [f"{guide.odoo.url}{server.CALLBACK}"]
    assert authorize.resource_type == "document"

    [callback] = {r.url for r in requests if f"{server.CALLBACK}?" in r.url}
    page.goto(callback)
    guide.expect_success(COMPANY)
    assert simulator.calls("token") == 1


def test_not_agreeing_and_going_back_or_trying_again(guide: Guide):
    guide.go_to_ups(COMPANY)
    guide.cancel_at_ups()
    guide.page.get_by_role("link", name="Back to the company").click()
    expect(guide.api_button).to_contain_text("API")
    guide.expect_form(COMPANY)
    guide.go_to_ups(COMPANY)
    guide.cancel_at_ups()
    expect(guide.page.get_by_role("heading")).to_have_text("UPS was not authorized")
    expect(guide.page.get_by_role("main")).to_contain_text("Account Executive")
    guide.page.get_by_role("button", name="Try again").click()
    guide.agree_and_return(COMPANY)


@pytest.mark.usefixtures("restored_settings")
def test_a_wrong_client_id_leads_to_the_settings(guide: Guide):
    settings = guide.page.locator("#ups_credentials")
    guide.page.goto(f"{guide.odoo.url}/odoo/settings")
    settings.get_by_label("Client ID").fill("not-registered")
    settings.get_by_label("Client secret").fill("typed-in-the-browser")
    with guide.page.expect_event("load"):  # the web client reloads after saving
        guide.page.get_by_role("button", name="Save", exact=True).click()
    guide.open_company(COMPANY)
    guide.open_modal()
    guide.press_in_modal("OAuth")
    warning = guide.page.get_by_role("dialog").filter(has_text="UPS does not know the client ID")
    warning.get_by_role("button", name="Open Settings").click()
    expect(settings.get_by_label("Client ID")).to_have_value("not-registered")
    expect(settings.get_by_label("Client secret")).to_have_value("")
    expect(settings).to_be_in_viewport(ratio=1)


@pytest.fixture
def restored_settings(odoo):
    yield
    odoo.save_settings(**server.SIMULATOR_SETTINGS)


def test_two_companies_in_two_tabs(guide: Guide, odoo):
    guide.go_to_ups(COMPANY)
    Guide(guide.page.context.new_page(), odoo).opt_in(OTHER)
    guide.agree_and_return(COMPANY)


def test_a_branch_uses_its_parents_authorization_until_it_has_its_own(guide: Guide):
    guide.opt_in(COMPANY)
    expect(guide.open_modal()).to_contain_text(BRANCH)
    guide.press_in_modal("Close")
    guide.page.get_by_role("tab", name="Branches").click()
    guide.row(BRANCH).get_by_text(BRANCH, exact=True).first.click()
    its_form = guide.page.get_by_role("dialog").filter(has_text="Branches")
    its_form.locator("[name=ups_api]").get_by_role("button", name="Authorized").click()
    modal = guide.modal.last
    expect(modal).to_contain_text(re.compile(rf"no authorization of its own.*{COMPANY}", re.DOTALL))
    expect(modal.get_by_role("button", name="Opt-Out")).not_to_be_visible()
    modal.get_by_role("button", name=COMPANY, exact=True).click()
    expect(guide.modal.last.get_by_role("button", name="Opt-Out")).to_be_visible()
    guide.see_form(BRANCH)
    guide.open_modal()
    guide.press_in_modal("OAuth")
    guide.agree_and_return(BRANCH)
    expect(guide.open_modal().get_by_role("button", name="Opt-Out")).to_be_visible()
