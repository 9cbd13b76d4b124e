"""The databases: a template with Odoo's own modules, and copies of it for run and for tests."""

import contextlib
import hashlib
import shutil
import uuid
from collections.abc import Iterator

import psycopg2
from psycopg2 import sql

from devenv import odoo_source, postgres, server
from devenv.console import Problem, step
from devenv.locks import setup_lock
from devenv.paths import ADDON, CACHE, DATA

RUN = "ups_run"
TEST = "ups_test"
E2E = "ups_e2e"
# The modules that the addon depends on, with all that they bring by themselves.
_TEMPLATE_MODULES = "base_setup,mail"
# Written as the database's comment, so that no database of the person's own is ever dropped.
_MARK = f"ups_pickup_oauth devenv of {CACHE}"


@contextlib.contextmanager
def connect(name: str) -> Iterator[psycopg2.extensions.cursor]:
    """A cursor that commits each statement; `name` is the database."""
    connection = psycopg2.connect(dbname=name)
    try:
        connection.autocommit = True
        yield connection.cursor()
    finally:
        connection.close()


def make_fresh(name: str) -> None:
    """A copy of the template with the addon installed, whatever was there before."""
    _copy_template(name)
    with step(f"installing the addon in the database {name}"):
        _odoo_update(name, "--init", ADDON.name)
    _remember_update(name)


def make_uninstalled(name: str) -> None:
    """A copy of the template without the addon, for a runner that installs it itself."""
    _copy_template(name)


def make_current(name: str) -> bool:
    """Make the database, or update it if the addon changed since. True if it was made."""
    if not _exists(name):
        make_fresh(name)
        return True
    odoo_before, addon_before = _remembered_update(name)
    odoo_now, addon_now = _fingerprints()
    if odoo_before != odoo_now:
        with step("updating the database to the other Odoo"):
            _odoo_update(name, "--update", "base")
    elif addon_before != addon_now:
        with step("updating the addon in the database, since it changed"):
            _odoo_update(name, "--update", ADDON.name)
    _remember_update(name)
    return False


def drop(name: str) -> None:
    if _exists(name):
        if not postgres.is_own() and not _comment(name).startswith(_MARK):
            raise Problem(f"The database {name} is not this clone's; rename or drop it yourself.")
        with connect("postgres") as cursor:
            cursor.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
    shutil.rmtree(_filestore(name), ignore_errors=True)


def _copy_template(name: str) -> None:
    with setup_lock():
        template = _ensure_template()
        drop(name)
        _create(name, template)
    if _filestore(template).exists():
        shutil.copytree(_filestore(template), _filestore(name))
    with connect(name) as cursor:
        # Odoo's own "duplicate database" does the same: each copy is a database of its own.
        for key in ("database.uuid", "database.secret"):
            statement = "UPDATE ir_config_parameter SET value = %s WHERE key = %s"
            cursor.execute(statement, (str(uuid.uuid4()), key))


def _ensure_template() -> str:
    """Installed under another name and renamed, so that an interrupted one is made again."""
    odoo = odoo_source.ensure()
    key = f"{odoo.python_path} {odoo.version_id} {_TEMPLATE_MODULES}"
    name = f"ups_template_{hashlib.sha256(key.encode()).hexdigest()[:8]}"
    if _exists(name):
        return name
    building = f"{name}_building"
    drop(building)
    with step(f"making a template database with {_TEMPLATE_MODULES}, once"):
        _create(building, "template0")
        _odoo_update(building, "--init", _TEMPLATE_MODULES)
        shutil.rmtree(_filestore(name), ignore_errors=True)
        if _filestore(building).exists():
            _filestore(building).rename(_filestore(name))
        with connect("postgres") as cursor:
            names = sql.Identifier(building), sql.Identifier(name)
            cursor.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(*names))
    return name


def _create(name: str, template: str) -> None:
    with connect("postgres") as cursor:
        names = sql.Identifier(name), sql.Identifier(template)
        command = sql.SQL("CREATE DATABASE {} TEMPLATE {} ENCODING 'UTF8'").format(*names)
        cursor.execute(command)
    _set_comment(name, _MARK)


def _odoo_update(name: str, *options: str) -> None:
    server.run_once(name, *options, "--stop-after-init", "--no-http", log_name=f"update-{name}")


def _exists(name: str) -> bool:
    with connect("postgres") as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,))
        return cursor.fetchone() is not None


def _filestore(name: str):
    return DATA / "filestore" / name


# --- what a database was last updated with ---


def _fingerprints() -> tuple[str, str]:
    digest = hashlib.sha256()
    for path in sorted(ADDON.rglob("*")):
        inner = path.relative_to(ADDON)
        if path.is_file() and inner.parts[0] != "tests" and path.suffix != ".pyc":
            digest.update(f"{inner}\0".encode() + path.read_bytes() + b"\0")
    odoo = odoo_source.ensure()
    odoo_key = hashlib.sha256(f"{odoo.python_path} {odoo.version_id}".encode()).hexdigest()
    return odoo_key[:12], digest.hexdigest()[:12]


def _remember_update(name: str) -> None:
    _set_comment(name, " ".join((_MARK, *_fingerprints())))


def _remembered_update(name: str) -> tuple[str, str]:
    words = _comment(name).removeprefix(_MARK).split()
    return (words[0], words[1]) if len(words) == 2 else ("", "")


def _comment(name: str) -> str:
    with connect("postgres") as cursor:
        query = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"
        cursor.execute(query, (name,))
        row = cursor.fetchone()
    return (row and row[0]) or ""


def _set_comment(name: str, text: str) -> None:
    with connect("postgres") as cursor:
        command = sql.SQL("COMMENT ON DATABASE {} IS {}")
        cursor.execute(command.format(sql.Identifier(name), sql.Literal(text)))
