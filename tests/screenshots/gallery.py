"""Walking through the addon in any language, and keeping what is seen."""

from guide import Guide
from playwright.sync_api import Locator, Page, expect
from running_odoo import RunningOdoo

from devenv import server
from devenv.paths import GALLERY

COMPANY = "Harbor Supplies"


class Walk(Guide):
    """The guide's steps by the names of buttons, which are the same in every language.

    :param prefix: of the names of the pictures
    """

    def __init__(self, page: Page, odoo: RunningOdoo, prefix: str = ""):
        super().__init__(page, odoo)
        self._prefix = prefix
        self.company = self.company_id(COMPANY)

    def keep(self, name: str) -> None:
        # Without the spinner of an RPC, the movement of a dialog, or the pointer's colour.
        expect(self.page.locator(".o_loading_indicator")).not_to_be_visible()
        self.page.mouse.move(0, 0)
        self.page.wait_for_function("[...document.images].every(image => image.complete)")
        file = GALLERY / f"{self._prefix}-{name}.png"
        self.page.screenshot(path=file, animations="disabled")
        # What a screen reader makes of it.
        file.with_suffix(".yaml").write_text(self.page.locator("body").aria_snapshot())

    # === IN ODOO === #

    def see_list(self) -> None:
        # Odoo first shows what it remembers of a list, and then what the server says.
        with self.page.expect_response("**/res.company/web_search_read**") as answer:
            self.page.goto(f"{self.odoo.url}/odoo/companies")
        answer.value.finished()
        self.page.evaluate("new Promise(done => requestIdleCallback(done))")  # it is drawn
        expect(self.page.get_by_text(COMPANY).first).to_be_visible()

    def keep_history(self, state: str) -> None:
        """The list of what happened, which a phone shows as cards."""
        self.press("history")
        row = ".o_data_row, .o_kanban_record:not(.o_kanban_ghost)"
        expect(self.page.locator("[name=message_ids]").locator(row).first).to_be_visible()
        self.keep(f"history-{state}")

    def see_settings(self) -> Locator:
        """:return: UPS's block."""
        self.page.goto(f"{self.odoo.url}/odoo/settings")
        block = self.page.locator(".o_settings_container:has(#ups_credentials)")
        expect(block).to_be_visible()
        heading = self.page.get_by_role("heading", name="UPS", exact=True)
        heading.evaluate("node => node.scrollIntoView()")
        return block

    def see_modal(self, company: str = COMPANY) -> Locator:
        """Click the button on the form, or the link that a phone shows instead."""
        self.see_form(company)
        self.api_button.click()
        expect(self.dialog).to_be_visible()
        return self.dialog.locator(".modal-content")

    @property
    def dialog(self) -> Locator:
        return self.page.locator(".modal-dialog").last

    def press(self, name: str) -> None:
        """Press the modal's button of that action."""
        self.dialog.locator(f"footer button[name=action_ups_{name}]").click()

    def test(self) -> None:
        self.see_modal()
        self.press("test")
        expect(self.dialog.locator(".alert-warning")).to_be_visible()

    def authorize(self) -> None:
        self.see_modal()
        self.press("oauth")
        self.agree_at_ups()
        expect(self.dialog.locator(".alert-success")).to_be_visible()

    # === AT UPS, AND BACK === #

    def begin(self) -> str:
        """:return: the address at UPS that the button OAuth leads to."""
        self.odoo.sql("DELETE FROM ups_authorization_attempt")
        return self.odoo.call("res.company", "action_ups_oauth", [self.company])["url"]

    def come_back(self, address: str, name: str) -> None:
        self.page.goto(address)
        expect(self.page.locator(".o_ups_what")).to_be_visible()
        self.keep(f"page-{name}")

    def callback(self, query: str) -> str:
        return f"{self.odoo.url}{server.CALLBACK}?{query}"
