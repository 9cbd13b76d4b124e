"""How Odoo and the simulator are started: their options, their environment, their logs."""

import contextlib
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from devenv import addons, odoo_source
from devenv.console import run_logged
from devenv.paths import DATA, LOGS, ODOO_BIN, ODOO_CONF, REPO, SCREENSHOTS, SIMULATOR
from devenv.ports import free_port
from devenv.processes import Process, until_stopped

ODOO_HOST = "127.0.0.1"
# Another site than Odoo's to a browser, as UPS is.
SIMULATOR_HOST = "localhost"
CALLBACK = "/ups_pickup_oauth/callback"
SIMULATOR_CLIENT_ID = "simulator-client-id"
SIMULATOR_CLIENT_SECRET = "simulator-client-secret"  # noqa: S105  opens nothing but the simulator
SIMULATOR_SETTINGS = {
    "ups_client_id": SIMULATOR_CLIENT_ID,
    "ups_client_secret": SIMULATOR_CLIENT_SECRET,
    "ups_environment": "cie",
    "ups_use_pkce": True,
}


def odoo_url(port: int) -> str:
    return f"http://{ODOO_HOST}:{port}"


def simulator_url(port: int) -> str:
    return f"http://{SIMULATOR_HOST}:{port}"


def simulator(
    port: int, odoo_port: int, client_secret: str = SIMULATOR_CLIENT_SECRET, verbose: bool = True
) -> contextlib.AbstractContextManager[Process]:
    """The stand-in for UPS; the secret goes by the environment, out of the process list."""
    command = [sys.executable, str(SIMULATOR), "--host", SIMULATOR_HOST, "--port", str(port)]
    command += ["--client-id", SIMULATOR_CLIENT_ID]
    command += ["--redirect-uri", odoo_url(odoo_port) + CALLBACK, *["--verbose"] * verbose]
    environment = _environment(UPS_SIMULATOR_CLIENT_SECRET=client_secret)
    process = Process("The simulator", command, LOGS / f"simulator-{port}.log", environment)
    return until_stopped(process, simulator_url(port))


def odoo(
    database: str,
    port: int,
    *options: str,
    environment: dict[str, str],
    on_line: Callable[[str], None] | None = None,
    log: Path | None = None,
) -> contextlib.AbstractContextManager[Process]:
    """An Odoo that serves the addon; `environment` holds the addon's UPS_… variables."""
    ports = (f"--http-port={port}", f"--gevent-port={free_port()}")
    command = odoo_command(database, *ports, *options)
    log = log or LOGS / f"odoo-{database}.log"
    # More threads than database connections would end in errors 500.
    more = {"ODOO_MAX_HTTP_THREADS": "auto"} | environment
    process = Process("Odoo", command, log, _environment(**more), on_line)
    return until_stopped(process, odoo_url(port) + "/web/health")


def update(database: str, *options: str) -> None:
    """An Odoo that installs or updates modules, and ends."""
    command = odoo_command(database, *options, "--stop-after-init", "--no-http")
    run_logged(command, LOGS / f"update-{database}.log", cwd=REPO)


def install_or_update() -> tuple[str, ...]:
    """Options for all addons: Odoo installs those that are new, and updates the others."""
    return "--init", addons.listed(), "--update", addons.listed()


def run_script(database: str, script: str, variables: Mapping[str, str] | None = None) -> None:
    """A Python file of this folder in an Odoo shell; secrets go by the environment."""
    command = odoo_command(database, "--no-http", subcommand="shell")
    log = LOGS / f"{script.removesuffix('.py')}-{database}.log"
    with (REPO / "devenv" / script).open() as source:
        run_logged(command, log, cwd=REPO, stdin=source, env=os.environ | (variables or {}))


def odoo_command(database: str, *options: str, subcommand: str = "") -> list[str]:
    # Without a subcommand it is a server, and Odoo can put one of its own there.
    command = [sys.executable, str(ODOO_BIN), *filter(None, [subcommand])]
    return [*command, f"--config={write_config()}", f"--database={database}", *options]


def write_config() -> Path:
    """The options that every Odoo started here shares; PostgreSQL comes by PGHOST."""
    options = {
        "addons_path": f"{odoo_source.ensure().addons_path},{REPO}",
        "data_dir": DATA,
        "http_interface": ODOO_HOST,
        "list_db": False,
        "max_cron_threads": 1,
        # Odoo's browser tests leave theirs in /tmp otherwise.
        "screenshots": SCREENSHOTS,
    }
    DATA.mkdir(mode=0o700, parents=True, exist_ok=True)  # it holds the addon's token keys
    lines = "".join(f"{key} = {value}\n" for key, value in options.items())
    # Replaced at once, since another command may be reading it.
    beside = ODOO_CONF.with_name(f"{ODOO_CONF.name}.{os.getpid()}")
    beside.write_text(f"[options]\n{lines}")
    return beside.replace(ODOO_CONF)


def _environment(**more: str) -> dict[str, str]:
    """Ours, less what decides the addon's settings, and less make's copy of its arguments."""
    decides = ("UPS_CLIENT_ID", "UPS_CLIENT_SECRET", "UPS_ENVIRONMENT", "UPS_BASE_URL")
    makes_own = ("MAKEFLAGS", "MAKEOVERRIDES", "MFLAGS")
    kept = {name: value for name, value in os.environ.items() if name not in decides + makes_own}
    return kept | more
