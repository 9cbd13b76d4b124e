"""The template holds what Odoo itself finds to translate in the addon as it is now."""

from devenv import database, postgres, translations


def test_the_template_is_what_odoo_exports(tmp_path):
    """`make translations` brings it up to date."""
    exported = tmp_path / translations.TEMPLATE.name
    with postgres.running():
        database.make_fresh_unless_current(database.ATTACK)
        translations.export(database.ATTACK, exported)
    assert translations.terms(translations.TEMPLATE) == translations.terms(exported)
