"""The steps of UPS's guide, as a person takes them in the browser."""

import re

from playwright.sync_api import Browser, Locator, Page, expect
from running_odoo import RunningOdoo, SimulatorControl  # it knows where the simulator's files are
from ups_simulator_pages import PASSWORD, USERNAME

__all__ = ["Guide", "SimulatorControl"]

# A busy machine takes its time to load the web client. Nothing waits longer than it has to.
expect.set_options(timeout=30_000)


def signed_in(browser: Browser, odoo: RunningOdoo) -> list:
    """:return: the cookies of a browser in which the administrator has just signed in."""
    context = browser.new_context(locale="en-US")
    Guide(context.new_page(), odoo).sign_in()
    cookies = context.cookies()
    context.close()
    return cookies


class Guide:
    """One tab of one administrator."""

    def __init__(self, page: Page, odoo: RunningOdoo):
        self.page, self.odoo = page, odoo

    # === IN ODOO === #

    def sign_in(self) -> None:
        self.page.goto(f"{self.odoo.url}/web/login")
        self.press_log_in()
        self.page.wait_for_url("**/odoo**")

    def press_log_in(self) -> None:
        """Fill in Odoo's login page, wherever it leads."""
        self.page.get_by_label("Email").fill("admin")
        self.page.get_by_label("Password").fill("admin")
        self.page.get_by_role("button", name="Log in", exact=True).click()

    def open_list(self) -> None:
        self.page.goto(f"{self.odoo.url}/odoo/companies")
        expect(self.row("Harbor Supplies")).to_be_visible()

    def company_id(self, name: str) -> int:
        [[found]] = self.odoo.sql("SELECT id FROM res_company WHERE name = %s", name)
        return found

    def work_for(self, company: str) -> int:
        """Choose it as the current one; :return: its id."""
        found = self.company_id(company)
        cookie = {"name": "cids", "value": f"{found}", "url": self.odoo.url}
        self.page.context.add_cookies([cookie])
        return found

    def see_form(self, name: str) -> None:
        """Open the company by its address, on a screen of any size and in any language."""
        self.page.goto(f"{self.odoo.url}/odoo/companies/{self.company_id(name)}")
        self.expect_form(name)

    def expect_form(self, name: str) -> None:
        expect(self.page.locator(".o_action_manager [name=name] input")).to_have_value(name)

    def open_company(self, name: str) -> None:
        self.open_list()
        self.row(name).get_by_text(name).first.click()
        expect(self.api_button).to_be_visible()

    def row(self, name: str) -> Locator:
        return self.page.locator(".o_data_row").filter(has_text=name)

    @property
    def api_button(self) -> Locator:
        """The link on the company's form; its text is the state."""
        return self.page.locator(".o_action_manager .o_form_sheet [name=ups_api]").get_by_role(
            "button"
        )

    @property
    def modal(self) -> Locator:
        return self.page.get_by_role("dialog").filter(has_text="UPS API")

    def open_modal(self) -> Locator:
        self.api_button.click()
        expect(self.modal).to_be_visible()
        return self.modal

    def press_in_modal(self, name: str) -> None:
        footer = self.modal.locator(".modal-footer")  # not the cross, which is named Close too
        footer.get_by_role("button", name=name, exact=True).click()

    @property
    def notification(self) -> Locator:
        return self.page.locator(".o_notification")

    def end_authorization(self, company: str) -> None:
        self.odoo.sql(
            """INSERT INTO ups_connection (company_id, state, reason, environment, failure_count)
               VALUES (%s, 'reauthorize', 'refused', 'cie', 0)""",
            self.company_id(company),
        )

    # === AT UPS === #

    def expect_to_be_at_ups(self) -> None:
        expect(self.page).to_have_url(re.compile(re.escape(self.odoo.simulator_url)))

    def agree_at_ups(self) -> None:
        self.sign_in_at_ups()
        self.page.get_by_role("button", name="Allow").click()

    def sign_in_at_ups(self) -> None:
        self.expect_to_be_at_ups()
        self.page.get_by_label("User name").fill(USERNAME)
        self.page.get_by_role("checkbox").check()
        self.page.get_by_role("button", name="Continue").click()
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name="Log in").click()

    def cancel_at_ups(self) -> None:
        self.expect_to_be_at_ups()
        self.page.get_by_role("button", name="Cancel").click()

    # === BACK IN ODOO === #

    def expect_success(self, company: str) -> None:
        """Back on the company's form, with the good news in the dialog; close it."""
        self.expect_good_news(company, r"companies/\d+")
        expect(self.api_button).to_contain_text("Authorized")
        self.expect_form(company)

    def expect_good_news(self, company: str, path: str) -> None:
        """Back on that page of Odoo, with the good news in the dialog; close it."""
        expect(self.modal).to_contain_text("Odoo can now act for this company at UPS.")
        expect(self.modal.get_by_role("heading", name=company)).to_contain_text("Authorized")
        expect(self.page).to_have_url(re.compile(rf"^{re.escape(self.odoo.url)}/odoo/{path}$"))
        self.press_in_modal("Close")
        expect(self.modal).not_to_be_visible()

    # === ALL TOGETHER === #

    def go_to_ups(self, company: str) -> None:
        self.open_company(company)
        self.open_modal()
        self.press_in_modal("OAuth")
        self.expect_to_be_at_ups()

    def opt_in(self, company: str) -> None:
        self.go_to_ups(company)
        self.agree_and_return(company)

    def agree_and_return(self, company: str) -> None:
        self.agree_at_ups()
        self.expect_success(company)

    def press_test(self, finding: str, role: str = "status") -> None:
        self.open_modal()
        self.press_in_modal("Test")
        expect(self.modal.get_by_role(role)).to_contain_text(finding)

    def press_opt_out(self) -> Locator:
        """:return: the question, whether it is meant so."""
        self.press_in_modal("Opt-Out")
        return self.page.get_by_role("dialog").filter(has_text="Opt out of UPS?")

    def confirm_opt_out(self, *asked: str) -> None:
        """In the modal, which stays open. :param asked: what the question says"""
        question = self.press_opt_out()
        for words in asked:
            expect(question).to_contain_text(words)
        question.get_by_role("button", name="OK", exact=True).click()
        expect(self.modal.get_by_role("status")).to_contain_text("reset your UPS.com password")
