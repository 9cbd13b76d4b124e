"""Copies of a database, made by Odoo's own tools: what they must not do at UPS."""

import shutil
import sys
import zipfile
from types import SimpleNamespace

import pickups
import pytest

from devenv import database, postgres, server
from devenv.console import run_logged
from devenv.database import run as sql
from devenv.paths import ADDON, LOGS
from devenv.server import SIMULATOR_SETTINGS
from tests.administrator import Refused

HOME, COPY = "ups_life_home", "ups_life_copy"
AUTHORIZED = "UPS accepts the authorization of My Company."
# What the page "Restore Database" does for "This database was moved", which `odoo db` cannot.
_MOVE = """
import shutil
import sys
import zipfile
from odoo.service.db import restore_db
from odoo.tools import config

config.parse_config(sys.argv[3:], setup_logging=True)
config["list_db"] = True
restore_db(sys.argv[1], sys.argv[2], copy=False)
"""


@pytest.fixture(scope="module")
def machines(tmp_path_factory):
    """Odoo's data directories: of the original, and of a machine that has no key."""
    names = ("here", "elsewhere")
    return SimpleNamespace(**{name: tmp_path_factory.mktemp(name) for name in names})


@pytest.fixture(scope="module")
def home(pristine, serve, simulator, machines):
    """A database that is authorized in production. Nothing runs."""
    database.copy(pristine, HOME)
    with serve(HOME, f"--data-dir={machines.here}") as odoo:
        admin = odoo.sign_in()
        admin.save_settings(**SIMULATOR_SETTINGS | {"ups_environment": "production"})
        admin.authorize(simulator)
        assert admin.test_authorization() == AUTHORIZED
        # Here each of them sends its truck; those that are made then are for the copies.
        pickups.make(admin, simulator)
        before = simulator.calls("request"), simulator.calls("cancel")
        pickups.press_everything(admin)
        sent = simulator.calls("request") - before[0], simulator.calls("cancel") - before[1]
        assert sent >= (3, 4), "a plan, a batch, a draft; and all are cancelled"
        pickups.make(admin, simulator)
    return HOME


@pytest.fixture
def key(home, machines):
    """The file that opens the tokens of the original."""
    [path] = (machines.here / ADDON.name).glob("*.key")
    return path


@pytest.fixture(autouse=True)
def no_copy():
    """Odoo's tools refuse to make a database that is already there."""
    database.drop(COPY)
    yield
    database.drop(COPY)


@pytest.fixture
def renamed(home):
    """Gives the original another `database.uuid` for a while; its tokens keep the old one."""
    change = "UPDATE ir_config_parameter SET value = %s WHERE key = 'database.uuid'"
    [(uuid,)] = sql(home, "SELECT value FROM ir_config_parameter WHERE key = 'database.uuid'")
    yield lambda: sql(home, change, "another")
    sql(home, change, uuid)


@pytest.fixture
def make_copy(home, machines, tmp_path):
    """`make_copy("raw")`, and the other ways to get one."""

    def copy(how):
        if how == "duplicated":
            odoo_db("duplicate", home, COPY, data_dir=machines.here)
        elif how == "restored":
            odoo_db("dump", home, tmp_path / "backup.zip", data_dir=machines.here)
            move(tmp_path / "backup.zip", machines.here)
        else:
            database.copy(home, COPY, with_its_uuid=how == "raw")
        if how == "neutralized":
            command = server.odoo_command(COPY, subcommand="neutralize")
            run_logged(command, LOGS / "life-neutralize.log")

    return copy


def odoo_db(*args, data_dir):
    """Odoo's database manager on the command line."""
    _run_odoo("-m", "odoo", "db", *_options(data_dir), *args)
    if COPY in args:
        database.remember(COPY)


def move(dump, data_dir):
    _run_odoo("-c", _MOVE, COPY, dump, *_options(data_dir))
    database.remember(COPY)


def _run_odoo(*arguments):
    run_logged([sys.executable, *arguments], LOGS / "life-db.log")


def _options(data_dir):
    config = ("--config", server.write_config(), f"--pg_path={postgres.programs()}")
    return *config, f"--data-dir={data_dir}"


def test_a_duplicate_with_the_key_sends_none_of_the_originals_tokens(
    home, make_copy, serve, simulator, key
):
    make_copy("duplicated")
    calls = simulator.calls()
    with serve(COPY, UPS_TOKEN_KEYS=key.read_text()) as odoo:
        admin = odoo.sign_in()
        assert "This database is a copy" in admin.test_authorization()
        assert admin.authorization() == "reauthorize"
    assert simulator.calls() == calls
    assert sql(home, "SELECT state FROM ups_connection") == [("authorized",)]


@pytest.mark.parametrize("how", ["neutralized", "duplicated", "restored", "raw"])
def test_no_truck_from_a_copy(how, make_copy, serve, simulator, key):
    """Even with the key, and whatever is pressed in it."""
    make_copy(how)
    pickups_there = "SELECT id, state, prn FROM ups_pickup ORDER BY id"
    with serve(COPY, UPS_TOKEN_KEYS=key.read_text()) as odoo:
        before, stored = pickups.asked(simulator), sql(COPY, pickups_there)
        pickups.press_everything(odoo.sign_in())
        assert pickups.asked(simulator) == before
        assert sql(COPY, pickups_there) == stored


def test_a_backup_moved_elsewhere_needs_its_key_or_a_new_authorization(
    home, serve, simulator, machines, key, tmp_path
):
    backup = tmp_path / "backup.zip"
    odoo_db("dump", home, backup, data_dir=machines.here)
    assert not any(key.read_bytes() in content for content in contents(backup))
    move(backup, machines.elsewhere)
    sql(COPY, "UPDATE ups_connection SET database_identity = '1/1'")  # as of another server
    with serve(COPY, f"--data-dir={machines.elsewhere}") as odoo:
        admin = odoo.sign_in()
        calls = simulator.calls()
        assert_key_is_missed(admin)
        assert simulator.calls() == calls

        key_there = machines.elsewhere / ADDON.name / key.name
        key_there.parent.mkdir(mode=0o700, exist_ok=True)
        shutil.copy2(key, key_there)
        assert admin.test_authorization() == AUTHORIZED

        key_there.unlink()
        assert_key_is_missed(admin)
        admin.save_settings(**SIMULATOR_SETTINGS)
        admin.authorize(simulator)
        assert admin.test_authorization() == AUTHORIZED


@pytest.mark.parametrize("needed_for", ["the tokens in this copy", "its uuid", "its tokens"])
def test_uninstalling_in_a_copy_keeps_the_key_file_of_the_original(
    needed_for, home, serve, machines, key, renamed
):
    """A copy by `createdb --template` has the original's `database.uuid`, and so its key file."""
    database.copy(home, COPY, with_its_uuid=True)
    if needed_for != "the tokens in this copy":
        sql(COPY, "UPDATE ups_connection SET database_identity = NULL")
    if needed_for == "its tokens":
        renamed()
    with serve(COPY, f"--data-dir={machines.here}") as odoo:
        admin = odoo.sign_in()
        module = admin.call("ir.module.module", "search", [["name", "=", ADDON.name]])
        admin.call("ir.module.module", "button_immediate_uninstall", module)
    assert key.exists()


def assert_key_is_missed(admin):
    """In sentences; no page is broken."""
    assert "key that had encrypted its tokens is gone" in admin.test_authorization()
    assert admin.authorization() == "reauthorize"
    with pytest.raises(Refused, match="can no longer be decrypted"):
        admin.start_authorization()


def contents(archive):
    with zipfile.ZipFile(archive) as files:
        return [files.read(name) for name in files.namelist()]
