"""All of it without a mouse."""

from guide import Guide
from playwright.sync_api import Locator, expect

COMPANY = "Harbor Supplies"


def button(guide: Guide, name: str) -> Locator:
    footer = guide.page.get_by_role("dialog").last.locator(".modal-footer")
    return footer.get_by_role("button", name=name, exact=True)


def open_modal(guide: Guide) -> None:
    guide.api_button.focus()
    guide.page.keyboard.press("Enter")
    expect(guide.modal).to_be_visible()


def test_the_whole_way(guide: Guide):
    press = guide.page.keyboard.press
    dialogs = guide.page.get_by_role("dialog")
    guide.open_company(COMPANY)
    open_modal(guide)
    for name in ("OAuth", "Cancel", "OAuth"):
        expect(button(guide, name)).to_be_focused()
        press("Tab")
    press("Shift+Tab")
    press("Enter")
    guide.agree_and_return(COMPANY)
    open_modal(guide)
    note = guide.modal.get_by_label("UPS.com user")
    for key in ("x", "Enter"):  # a hasty key does nothing
        press(key)
    expect(guide.modal).to_be_visible()
    press("Tab")
    expect(note).to_be_focused()
    expect(note).to_have_value("")
    press("Tab")
    for name in ("First pickup", "Test", "Connect again", "History", "Opt-Out"):
        press("Tab")
        expect(button(guide, name)).to_be_focused()
    press("Enter")
    expect(button(guide, "OK")).to_be_focused()
    for left in (1, 0):  # Escape closes one dialog after the other
        press("Escape")
        expect(dialogs).to_have_count(left)
    expect(guide.api_button).to_contain_text("Authorized")

    open_modal(guide)
    guide.press_opt_out()
    expect(button(guide, "OK")).to_be_focused()
    press("Enter")
    expect(guide.modal).to_contain_text("opted out")
    press("Escape")
    expect(guide.modal).not_to_be_visible()
    expect(guide.api_button).not_to_contain_text("Authorized")
