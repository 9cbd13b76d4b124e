"""The administrator before Odoo in two languages, and a browser in three widths."""

import functools
import itertools
from collections.abc import Callable, Iterator

import pytest
from gallery import Walk
from guide import signed_in
from playwright.sync_api import Browser
from running_odoo import RunningOdoo, SimulatorControl

HEIGHTS = {1400: 900, 700: 900, 375: 812}
LANGUAGES = {"en": "en_US", "de": "de_DE"}


@pytest.fixture(scope="session", autouse=True)
def _german(odoo: RunningOdoo) -> None:
    """As Settings, Translations, Languages does; with it come the modules' own i18n/de.po."""
    [[german]] = odoo.sql("SELECT id FROM res_lang WHERE code = 'de_DE'")
    wizard = odoo.call("base.language.install", "create", {"lang_ids": [german]})
    odoo.call("base.language.install", "lang_install", [wizard])


@pytest.fixture
def nobody_authorized(odoo: RunningOdoo, simulator: SimulatorControl) -> None:
    odoo.sql("DELETE FROM mail_activity WHERE res_model = 'ups.connection'")
    odoo.sql("DELETE FROM mail_message WHERE model = 'ups.connection'")
    odoo.sql("DELETE FROM ups_connection")
    odoo.sql("DELETE FROM ups_authorization_attempt")


@pytest.fixture(scope="session")
def cookies(browser: Browser, odoo: RunningOdoo) -> Callable[[str], list]:
    """`cookies("de")`: of a browser in which the administrator has signed in while it is set."""
    return functools.cache(lambda _language: signed_in(browser, odoo))


@pytest.fixture(params=itertools.product(LANGUAGES, HEIGHTS), ids=str)
def walk(
    request, browser: Browser, odoo: RunningOdoo, nobody_authorized, cookies
) -> Iterator[Walk]:
    """The administrator, signed in with a language on a screen of some width."""
    language, width = request.param
    # The web client asks for the user's language; a page takes that of the moment of signing in.
    odoo.call("res.users", "write", [2], {"lang": LANGUAGES[language]})
    size = {"width": width, "height": HEIGHTS[width]}
    context = browser.new_context(viewport=size, locale="en-US", timezone_id="UTC")
    context.add_cookies(cookies(language))
    yield Walk(context.new_page(), odoo, f"{language}-{width}")
    context.close()
    odoo.call("res.users", "write", [2], {"lang": "en_US"})
