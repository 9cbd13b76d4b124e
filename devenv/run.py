"""`make run`: an Odoo with the addon, and a UPS to authorize it at."""

import os
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from devenv import database, postgres, reload, server
from devenv.console import Problem, say
from devenv.locks import only_one
from devenv.paths import LOGS
from devenv.ports import require_free_port

_ODOO_PORT = 8069
_SIMULATOR_PORT = 9069


def main() -> int:
    real = _real_credentials()
    odoo_port = _port("ODOO_PORT", _ODOO_PORT)
    simulator_port = _port("SIMULATOR_PORT", _SIMULATOR_PORT)
    url, ups = server.odoo_url(odoo_port), server.simulator_url(simulator_port)
    with ExitStack() as stack:
        stack.enter_context(only_one("make run"))
        require_free_port(server.ODOO_HOST, odoo_port, "ODOO_PORT")
        if not real:
            require_free_port(server.SIMULATOR_HOST, simulator_port, "SIMULATOR_PORT")
        stack.enter_context(postgres.running())
        # A database of its own for UPS's host, so that no token of the simulator is sent there.
        name = database.RUN_REAL if real else database.RUN
        database.make_current(name)
        secrets = () if real else (server.SIMULATOR_CLIENT_ID, server.SIMULATOR_CLIENT_SECRET)
        database.load_demo_data(name, url, *secrets)
        if not real:
            stack.enter_context(server.simulator(simulator_port, odoo_port))
        environment = real or {"UPS_BASE_URL": ups}
        try:
            start = partial(server.odoo, name, odoo_port, environment=environment)
            reload.serve(name, start, _welcome(url, LOGS / f"odoo-{name}.log", ups, bool(real)))
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


def _welcome(url: str, log: Path, simulator_url: str, real: bool) -> str:
    ups = "UPS's test host" if real else simulator_url
    sign_in = "with a UPS.com login" if real else "with the user name and password that it shows"
    last = f"  5. See the truck: {simulator_url}/trucks"
    if real:
        last = f"\n  The application at UPS needs this redirect URI: {url}{server.CALLBACK}"
    return f"""
  Odoo    {url}/odoo     login admin, password admin
  UPS     {ups}
  Log     {log}

  1. Settings, Users & Companies, Companies: open Harbor Supplies
  2. API, then OAuth
  3. At UPS, sign in {sign_in}: you come back to the company, now Authorized
  4. First pickup: choose Pier Warehouse; Price, Request; later Cancel the Pickup
{last}

  A saved file of the addon is in Odoo some seconds later. Ctrl-C ends all of it.
  Warnings of Odoo's log follow here."""
