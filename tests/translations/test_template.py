"""The templates hold what Odoo itself finds to translate in the addons as they are now."""

import pytest

from devenv import addons, database, postgres, translations


@pytest.mark.parametrize("addon", addons.names())
def test_the_template_is_what_odoo_exports(addon, tmp_path):
    """`make translations` brings it up to date."""
    template, exported = translations.template(addon), tmp_path / f"{addon}.pot"
    with postgres.running():
        database.make_fresh_unless_current(database.ATTACK)
        translations.export(database.ATTACK, addon, exported)
    assert translations.terms(template) == translations.terms(exported)
