"""Walking through the addon in any language, and keeping what is seen."""

from dataclasses import dataclass
from pathlib import Path

from guide import Guide
from playwright.sync_api import Locator, Page, expect
from running_odoo import RunningOdoo

COMPANY = "Harbor Supplies"


@dataclass(frozen=True)
class Gallery:
    """A folder of pictures, whose names begin alike."""

    folder: Path
    prefix: str

    def keep(self, page: Page, name: str) -> None:
        # Without the spinner of an RPC, the movement of a dialog, or the pointer's colour.
        expect(page.locator(".o_loading_indicator")).not_to_be_visible()
        page.mouse.move(0, 0)
        page.wait_for_function("[...document.images].every(image => image.complete)")
        file = self.folder / f"{self.prefix}-{name}.png"
        page.screenshot(path=file, animations="disabled")
        # What a screen reader makes of it.
        file.with_suffix(".yaml").write_text(page.locator("body").aria_snapshot())


class Walk(Guide):
    """The guide's steps by the names of buttons, which are the same in every language."""

    def __init__(self, page: Page, odoo: RunningOdoo, gallery: Gallery):
        super().__init__(page, odoo)
        self.gallery = gallery
        self.company = self.company_id(COMPANY)

    def company_id(self, name: str) -> int:
        [[found]] = self.odoo.sql("SELECT id FROM res_company WHERE name = %s", name)
        return found

    def keep(self, name: str) -> None:
        self.gallery.keep(self.page, name)

    # === IN ODOO === #

    def see_list(self) -> None:
        # Odoo first shows what it remembers of a list, and then what the server says.
        with self.page.expect_response("**/res.company/web_search_read**") as answer:
            self.page.goto(f"{self.odoo.url}/odoo/companies")
        answer.value.finished()
        self.page.evaluate("new Promise(done => requestIdleCallback(done))")  # it is drawn
        expect(self.page.get_by_text(COMPANY).first).to_be_visible()

    def see_form(self, name: str = COMPANY) -> None:
        self.page.goto(f"{self.odoo.url}/odoo/companies/{self.company_id(name)}")
        self.expect_form(name)

    def expect_form(self, name: str = COMPANY) -> None:
        expect(self.page.locator(".o_action_manager [name=name] input")).to_have_value(name)

    def expect_history(self) -> None:
        """The list of what happened, which a phone shows as cards."""
        row = ".o_data_row, .o_kanban_record:not(.o_kanban_ghost)"
        expect(self.page.locator("[name=message_ids]").locator(row).first).to_be_visible()

    def see_settings(self) -> None:
        self.page.goto(f"{self.odoo.url}/odoo/settings")
        expect(self.settings_block).to_be_visible()
        heading = self.page.get_by_role("heading", name="UPS", exact=True)
        heading.evaluate("node => node.scrollIntoView()")

    @property
    def settings_block(self) -> Locator:
        return self.page.locator(".o_settings_container:has(#ups_credentials)")

    def see_modal(self) -> Locator:
        """Click the button at the top, or the link that a phone shows instead."""
        self.api_button.click()
        expect(self.dialog).to_be_visible()
        return self.dialog

    @property
    def dialog(self) -> Locator:
        return self.page.locator(".modal-dialog").last

    def press(self, name: str) -> None:
        """Press the modal's button of that action."""
        self.dialog.locator(f"footer button[name=action_ups_{name}]").click()

    def opt_in(self) -> None:
        self.see_form()
        self.see_modal()
        self.press("oauth")
        self.agree_at_ups()
        expect(self.dialog.locator(".alert-success")).to_be_visible()

    # === AT UPS, AND BACK === #

    def begin(self) -> str:
        """:return: the address at UPS that the button OAuth leads to."""
        return self.odoo.call("res.company", "action_ups_oauth", [self.company])["url"]

    def come_back(self, address: str) -> None:
        self.page.goto(address)
        expect(self.page.locator(".o_ups_what")).to_be_visible()

    def callback(self, query: str) -> str:
        return f"{self.odoo.url}/ups_pickup_oauth/callback?{query}"
