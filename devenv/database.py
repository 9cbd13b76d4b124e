"""The databases: templates with Odoo's own modules, and copies of them for run and for tests."""

import contextlib
import hashlib
import json
import shutil
import uuid
from collections.abc import Iterator

import psycopg2
from psycopg2 import sql

from devenv import addons, odoo_source, postgres, server
from devenv.console import Problem, step
from devenv.locks import setup_lock
from devenv.paths import CACHE, DATA, REPO

RUN = "ups_run"
RUN_REAL = "ups_run_cie"
TEST = "ups_test"
ALONE = "ups_test_alone"
E2E = "ups_e2e"
ATTACK = "ups_attack"
BENCH = "ups_bench"
SOAK = "ups_soak"
# Modules that have to do with companies, settings, deliveries and pages.
MORE_MODULES = "base_setup,mail,account,auth_totp,stock_delivery,website"
# Written as the database's comment, so that no database of the person's own is ever dropped.
_MARK = f"ups_pickup_oauth devenv of {CACHE} "


@contextlib.contextmanager
def connect(name: str) -> Iterator[psycopg2.extensions.cursor]:
    """A cursor that commits each statement; `name` is the database."""
    connection = psycopg2.connect(dbname=name)
    try:
        connection.autocommit = True
        yield connection.cursor()
    finally:
        connection.close()


def run(name: str, statement: str | sql.Composable, *parameters: object) -> list[tuple]:
    """One statement, committed at once; :return: its rows, if it has any."""
    with connect(name) as cursor:
        cursor.execute(statement, parameters or None)
        return cursor.fetchall() if cursor.description else []


def _administer(statement: str, *parts: str | sql.Composable) -> None:
    """:param parts: names of databases and more, each in the place of a `{}`."""
    quoted = [sql.Identifier(part) if isinstance(part, str) else part for part in parts]
    run("postgres", sql.SQL(statement).format(*quoted))


def make_fresh(name: str) -> None:
    """A copy of the template with the addons installed, whatever was there before."""
    make_without_addons(name)
    with step(f"installing {addons.listed()} in the database {name}"):
        server.update(name, "--init", addons.listed())
    remember(name, **_fingerprints())


def make_without_addons(name: str, modules: str | None = None) -> None:
    """A copy of the template with `modules`, for a runner that installs addons itself.

    :param modules: Odoo's own; by default all that our addons depend on
    """
    with setup_lock():
        copy(_ensure_template(modules or addons.needed_modules()), name)


def copy(source: str, name: str, *, with_its_uuid: bool = False) -> None:
    """A copy of a database that nobody uses at the moment, whatever was there before.

    Each is a database of its own, as Odoo's own "duplicate database" makes it.

    :param with_its_uuid: as PostgreSQL alone would copy it
    """
    drop(name)
    _create(name, source)
    if _filestore(source).exists():
        shutil.copytree(_filestore(source), _filestore(name))
    if with_its_uuid:
        return
    for key in ("database.uuid", "database.secret"):
        set_parameter(name, key, str(uuid.uuid4()))


def set_parameter(name: str, key: str, value: str) -> None:
    """An `ir.config_parameter`, while no server has read it."""
    statement = """INSERT INTO ir_config_parameter (key, value) VALUES (%s, %s)
                       ON CONFLICT (key) DO UPDATE SET value = excluded.value"""
    run(name, statement, key, value)


def set_address(name: str, url: str) -> None:
    """Let the database know its address, and keep it: signing in would rewrite it."""
    set_parameter(name, "web.base.url", url)
    set_parameter(name, "web.base.url.freeze", "True")


def make_current(name: str) -> None:
    """Make the database, or update what changed since it was made."""
    if not _exists(name) or "addon" not in _remembered(name):
        make_fresh(name)
        return
    was, now = _remembered(name), _fingerprints()
    if was["odoo"] != now["odoo"]:
        with step("updating the database, since it was made with another Odoo"):
            server.update(name, "--update", "base", "--init", addons.listed())
    elif was["addon"] != now["addon"]:
        with step("updating the addons in the database, since their files changed"):
            server.update(name, *server.install_or_update())
    remember(name, **now)


def make_fresh_unless_current(name: str) -> None:
    """A database that no update has changed: Odoo loads modules in another order then."""
    if not _fingerprints().items() <= _remembered(name).items():
        make_fresh(name)


def load_demo_data(name: str, odoo_url: str, client_id: str = "", client_secret: str = "") -> None:
    """The companies, the address and the simulator's credentials; nothing when they are there."""
    text = (REPO / "devenv" / "demo_data.py").read_text()
    data = _digest(f"{text} {odoo_url} {client_id} {client_secret}")
    if _remembered(name).get("data") == data:
        return
    set_address(name, odoo_url)
    with step("loading the companies and settings to try"):
        secrets = {"DEMO_CLIENT_ID": client_id, "DEMO_CLIENT_SECRET": client_secret}
        server.run_script(name, "demo_data.py", secrets)
    remember(name, data=data)


def drop(name: str) -> None:
    if _exists(name):
        if not postgres.is_own() and not _comment(name).startswith(_MARK):
            raise Problem(f"The database {name} is not this clone's; rename or drop it yourself.")
        _administer("DROP DATABASE {} WITH (FORCE)", name)
    shutil.rmtree(_filestore(name), ignore_errors=True)


def _ensure_template(modules: str) -> str:
    """Installed under another name and renamed, so that an interrupted one is made again."""
    odoo = odoo_source.ensure()
    # The list of modules that Odoo knows is in it, too.
    key = f"{odoo.python_path} {odoo.version_id} {modules} {addons.listed()}"
    name = f"ups_template_{hashlib.sha256(key.encode()).hexdigest()[:8]}"
    if _exists(name):
        return name
    building = f"{name}_building"
    drop(building)
    with step(f"making a template database with {modules}, once"):
        _create(building, "template0")
        server.update(building, "--init", modules)
        server.run_script(building, "assets.py")
        shutil.rmtree(_filestore(name), ignore_errors=True)
        if _filestore(building).exists():
            _filestore(building).rename(_filestore(name))
        _administer("ALTER DATABASE {} RENAME TO {}", building, name)
    return name


def _create(name: str, template: str) -> None:
    _administer("CREATE DATABASE {} TEMPLATE {} ENCODING 'UTF8'", name, template)
    remember(name)


def _exists(name: str) -> bool:
    return bool(run("postgres", "SELECT 1 FROM pg_database WHERE datname = %s", name))


def _filestore(name: str):
    return DATA / "filestore" / name


# --- what a database was last updated with ---


def _fingerprints() -> dict[str, str]:
    odoo = odoo_source.ensure()
    return {"odoo": _digest(f"{odoo.python_path} {odoo.version_id}"), "addon": addons_digest()}


def addons_digest() -> str:
    """Changes when a file does that a running Odoo reads; an editor's own files are none."""
    digest = hashlib.sha256()
    for path in sorted(path for folder in addons.folders() for path in folder.rglob("*")):
        inner = path.relative_to(REPO)
        if inner.parts[1] == "tests" or path.name.startswith(".") or path.name.endswith("~"):
            continue
        if path.is_file() and path.suffix != ".pyc":
            digest.update(f"{inner}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def remember(name: str, **fingerprints: str) -> None:
    """Mark a database as ours to drop, made of `odoo`, `addon` (``addons_digest``) and `data`."""
    text = _MARK + json.dumps(_remembered(name) | fingerprints)
    _administer("COMMENT ON DATABASE {} IS {}", name, sql.Literal(text))


def _remembered(name: str) -> dict[str, str]:
    comment = _comment(name)
    if not comment.startswith(_MARK):
        return {}
    with contextlib.suppress(json.JSONDecodeError):
        return json.loads(comment.removeprefix(_MARK))
    return {}


def _comment(name: str) -> str:
    query = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"
    return "".join(told or "" for (told,) in run("postgres", query, name))
