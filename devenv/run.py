"""`make run`: an Odoo with the addon, and a UPS to authorize it at."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from devenv import database, postgres, reload, server
from devenv.console import Problem, say
from devenv.locks import only_one
from devenv.ports import require_free_port
from devenv.processes import Process

_ODOO_PORT = 8069
_SIMULATOR_PORT = 9069


def main() -> int:
    real = _real_credentials()
    odoo_port = _port("ODOO_PORT", _ODOO_PORT)
    simulator_port = _port("SIMULATOR_PORT", _SIMULATOR_PORT)
    with ExitStack() as stack:
        stack.enter_context(only_one("make run"))
        require_free_port(server.ODOO_HOST, odoo_port, "ODOO_PORT")
        if not real:
            require_free_port(server.SIMULATOR_HOST, simulator_port, "SIMULATOR_PORT")
        stack.enter_context(postgres.running())
        name = _prepare(odoo_port, real)
        if not real:
            stack.enter_context(server.simulator(simulator_port, odoo_port))
        environment = real or {"UPS_BASE_URL": server.simulator_url(simulator_port)}

        def welcome(process: Process) -> None:
            for line in _welcome(odoo_port, simulator_port, bool(real), process.log):
                say(line)

        try:
            start = partial(server.odoo, name, odoo_port, environment=environment)
            reload.serve(name, start, welcome)
        except SystemExit:  # Ctrl-C, the way to end it
            say("  ending it all ...")
            return 0


def _real_credentials() -> dict[str, str]:
    """UPS's test host, when the developer gives an application's credentials."""
    names = ("UPS_CLIENT_ID", "UPS_CLIENT_SECRET")
    given = {name: os.environ[name] for name in names if os.environ.get(name)}
    if len(given) == 1:
        raise Problem(f"Give both {' and '.join(names)}, or neither to use the simulator.")
    return given and given | {"UPS_ENVIRONMENT": os.environ.get("UPS_ENVIRONMENT") or "cie"}


def _port(variable: str, default: int) -> int:
    value = os.environ.get(variable) or str(default)
    if not value.isdecimal() or not 0 < int(value) < 65535:
        raise Problem(f"{variable}={value} is no port number.")
    return int(value)


def _prepare(odoo_port: int, real: dict[str, str]) -> str:
    """A database of its own for UPS's host, so that no token of the simulator is sent there."""
    name = database.RUN_REAL if real else database.RUN
    database.make_current(name)
    secrets = () if real else (server.SIMULATOR_CLIENT_ID, server.SIMULATOR_CLIENT_SECRET)
    database.load_demo_data(name, server.odoo_url(odoo_port), *secrets)
    return name


def _welcome(odoo_port: int, simulator_port: int, real: bool, log: Path) -> Iterator[str]:
    url = server.odoo_url(odoo_port)
    ups = "UPS's test host" if real else server.simulator_url(simulator_port)
    sign_in = "with a UPS.com login" if real else "with the user name and password that it shows"
    yield ""
    yield f"  Odoo    {url}/odoo     login admin, password admin"
    yield f"  UPS     {ups}"
    yield f"  Log     {log}"
    yield ""
    yield "  1. Settings, Users & Companies, Companies: open Harbor Supplies"
    yield "  2. API, then OAuth"
    yield f"  3. At UPS, sign in {sign_in}: you come back to the company, now Authorized"
    yield "  4. First pickup: choose Pier Warehouse; Price, Request; later Cancel the Pickup"
    if not real:
        yield f"  5. See the truck: {server.simulator_url(simulator_port)}/trucks"
    yield ""
    if real:
        yield f"  The application at UPS needs this redirect URI: {url}{server.CALLBACK}"
        yield ""
    yield "  A saved file of the addon is in Odoo some seconds later. Ctrl-C ends all of it."
    yield "  Warnings of Odoo's log follow here."
