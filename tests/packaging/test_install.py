"""Pip puts the addon where the real Odoo finds it, with no addons_path to this clone."""

from devenv import database
from devenv.paths import ADDON, DATA

DATABASE = "ups_wheel"


def test_the_wheel_installs_in_a_database(wheel, clean_odoo):
    clean_odoo.install(wheel)
    database.make_without_addon(DATABASE)
    options = [f"--init={ADDON.name}", "--stop-after-init", "--no-http", f"--data-dir={DATA}"]
    clean_odoo.run("-m", "odoo", "server", f"--database={DATABASE}", *options)
    with database.connect(DATABASE) as cursor:
        cursor.execute("SELECT state FROM ir_module_module WHERE name = %s", (ADDON.name,))
        assert cursor.fetchone() == ("installed",)
        cursor.execute(
            "SELECT count(*) FROM ir_ui_view WHERE arch_fs LIKE %s", (f"{ADDON.name}/%",)
        )
        assert cursor.fetchone()[0] > 0
    database.drop(DATABASE)


def test_odoo_finds_the_wheel_where_pip_put_it(wheel, clean_odoo):
    clean_odoo.install(wheel)
    assert clean_odoo.module_path() == clean_odoo.odoo_addons / ADDON.name


def test_odoo_finds_what_pip_takes_from_a_repository(clone, clean_odoo):
    clean_odoo.install(f"git+{clone.as_uri()}#subdirectory={ADDON.name}")
    assert clean_odoo.module_path() == clean_odoo.odoo_addons / ADDON.name
