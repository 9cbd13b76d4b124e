"""A real Odoo in two languages, a simulator of UPS, and a browser in three widths."""

import functools
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from gallery import Gallery, Walk
from guide import Guide
from playwright.sync_api import Browser
from running_odoo import RunningOdoo, SimulatorControl, prepared, serving

from devenv import database
from devenv.console import Problem
from devenv.paths import GALLERY

HEIGHTS = {1400: 900, 700: 900, 375: 812}
LANGUAGES = {"en": "en_US", "de": "de_DE"}


@pytest.fixture(scope="session")
def odoo() -> Iterator[RunningOdoo]:
    with ExitStack() as stack:
        try:
            site = stack.enter_context(prepared(database.SCREENSHOTS))
            running = stack.enter_context(serving(site))
        except Problem as problem:
            pytest.exit(str(problem), returncode=1)
        _install_german(running)
        yield running


def _install_german(odoo: RunningOdoo) -> None:
    """As Settings, Translations, Languages does; with it come the modules' own i18n/de.po."""
    [[german]] = odoo.sql("SELECT id FROM res_lang WHERE code = 'de_DE'")
    wizard = odoo.call("base.language.install", "create", {"lang_ids": [german]})
    odoo.call("base.language.install", "lang_install", [wizard])


@pytest.fixture
def simulator(odoo: RunningOdoo) -> SimulatorControl:
    """UPS, as if nobody had ever been there."""
    control = SimulatorControl(odoo.simulator_url)
    control.reset()
    return control


@pytest.fixture
def nobody_authorized(odoo: RunningOdoo, simulator: SimulatorControl) -> None:
    odoo.sql("DELETE FROM mail_activity WHERE res_model = 'ups.connection'")
    odoo.sql("DELETE FROM mail_message WHERE model = 'ups.connection'")
    odoo.sql("DELETE FROM ups_connection")
    odoo.sql("DELETE FROM ups_authorization_attempt")


@pytest.fixture(params=HEIGHTS)
def width(request) -> int:
    return request.param


@pytest.fixture(params=LANGUAGES)
def language(request) -> str:
    return request.param


@pytest.fixture(scope="session")
def cookies(browser: Browser, odoo: RunningOdoo) -> Callable[[str], list]:
    """`cookies("de")`: of a browser in which the administrator has signed in while it is set."""

    @functools.cache
    def sign_in(language: str) -> list:
        context = browser.new_context(locale="en-US")
        Guide(context.new_page(), odoo).sign_in()
        found = context.cookies()
        context.close()
        return found

    return sign_in


@pytest.fixture
def walk(
    browser: Browser, odoo: RunningOdoo, nobody_authorized, cookies, language: str, width: int
) -> Iterator[Walk]:
    """The administrator, signed in with that language on a screen of that width."""
    # The web client asks for the user's language; a page takes that of the moment of signing in.
    odoo.call("res.users", "write", [2], {"lang": LANGUAGES[language]})
    size = {"width": width, "height": HEIGHTS[width]}
    context = browser.new_context(viewport=size, locale="en-US", timezone_id="UTC")
    context.add_cookies(cookies(language))
    yield Walk(context.new_page(), odoo, Gallery(GALLERY, f"{language}-{width}"))
    context.close()
    odoo.call("res.users", "write", [2], {"lang": "en_US"})
