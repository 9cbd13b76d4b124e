"""Real Odoo servers on databases of their own, and a UPS simulator for all of them."""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from administrator import Administrator

from devenv import database, postgres, server
from devenv.console import Problem
from devenv.locks import only_one
from devenv.paths import SIMULATOR
from devenv.ports import free_port

# Loaded by its place: the addon's package would import Odoo.
sys.path.append(str(SIMULATOR.parent))

from ups_pickup_simulator import UpsPickupSimulator

PRISTINE = "ups_life"


@dataclass(frozen=True)
class RunningOdoo:
    """An Odoo that serves one database."""

    url: str
    database: str
    log: Path

    def sign_in(self) -> Administrator:
        return Administrator(self.url, self.database)

    def sql(self, query: str, *parameters: object) -> list[tuple]:
        return sql(self.database, query, *parameters)


def sql(name: str, query: str, *parameters: object) -> list[tuple]:
    """Run one statement, committed at once. :return: its rows, if it has any."""
    with database.connect(name) as cursor:
        cursor.execute(query, parameters or None)
        return cursor.fetchall() if cursor.description else []


@pytest.fixture(scope="session", autouse=True)
def _postgres() -> Iterator[None]:
    with ExitStack() as stack:
        try:
            stack.enter_context(only_one("test of the addon's life"))
            stack.enter_context(postgres.running())
        except Problem as problem:
            pytest.exit(str(problem), returncode=1)  # once, not once a test
        yield


@pytest.fixture(scope="session")
def simulator() -> Iterator[UpsPickupSimulator]:
    credentials = server.SIMULATOR_CLIENT_ID, server.SIMULATOR_CLIENT_SECRET
    with UpsPickupSimulator(*credentials, []) as simulator:
        yield simulator


@pytest.fixture(scope="session")
def pristine() -> str:
    """A database with the addon installed, to be copied; no server ever runs on it."""
    database.make_fresh(PRISTINE)
    return PRISTINE


@pytest.fixture(scope="session")
def serve(simulator: UpsPickupSimulator) -> Callable:
    """`with serve(database, *options, **environment) as odoo:` a server whose UPS is the simulator.

    Its keys come from a file. No cron runs, so that only the test changes anything.
    """

    @contextmanager
    def start(name: str, *options: str, **environment: str) -> Iterator[RunningOdoo]:
        port = free_port()
        url = server.odoo_url(port)
        set_address(name, url)
        simulator.register_redirect_uri(url + server.CALLBACK)
        environment = {"UPS_BASE_URL": simulator.base_url, "UPS_TOKEN_KEYS": ""} | environment
        options = ("--max-cron-threads=0", *options)
        with server.odoo(name, port, *options, environment=environment) as process:
            yield RunningOdoo(url, name, process.log)

    return start


def set_address(name: str, url: str) -> None:
    """Let the database know its address, and keep it: signing in would rewrite it."""
    for key, value in (("web.base.url", url), ("web.base.url.freeze", "True")):
        sql(
            name,
            """INSERT INTO ir_config_parameter (key, value) VALUES (%s, %s)
                   ON CONFLICT (key) DO UPDATE SET value = excluded.value""",
            key,
            value,
        )
