"""Pip puts the addons where the real Odoo finds them, with no addons_path to this clone."""

from devenv import addons, database
from devenv.paths import DATA

DATABASE = "ups_wheel"


def test_the_wheels_install_in_a_database(wheels, clean_odoo):
    clean_odoo.install(*wheels.values())
    database.make_without_addons(DATABASE)
    options = [f"--init={addons.listed()}", "--stop-after-init", "--no-http", f"--data-dir={DATA}"]
    clean_odoo.run("-m", "odoo", "server", f"--database={DATABASE}", *options)
    query = "SELECT name FROM ir_module_module WHERE state = 'installed' AND name = ANY(%s)"
    assert len(database.run(DATABASE, query, addons.names())) == len(addons.names())
    database.drop(DATABASE)


def test_odoo_finds_what_pip_takes_from_a_repository(clone, clean_odoo):
    clean_odoo.install(*(f"git+{clone.as_uri()}#subdirectory={name}" for name in addons.names()))
    for name in addons.names():
        assert clean_odoo.module_path(name) == clean_odoo.odoo_addons / name
