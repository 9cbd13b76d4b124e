"""A real Odoo, and a simulator of UPS on another site."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from xmlrpc.client import ServerProxy

import tests.plain_python  # noqa: F401  it says where the simulator is
from devenv import database, postgres, server
from devenv.locks import only_one
from devenv.ports import free_port
from tests.administrator import Administrator

# isort: split
from ups_simulator_control import SimulatorControl

__all__ = ["RunningOdoo", "SimulatorControl", "Site", "prepared", "serving"]


@dataclass(frozen=True)
class Site:
    """A database and two ports: all that outlives one process of Odoo."""

    database: str
    odoo_port: int
    simulator_port: int


@dataclass(frozen=True)
class RunningOdoo:
    """Where the tests find Odoo, the simulator and the database; `admin`/`admin` signs in."""

    url: str
    simulator_url: str
    database: str
    log: Path

    def sql(self, query: str, *parameters: object) -> list[tuple]:
        return database.run(self.database, query, *parameters)

    def sign_in(self) -> Administrator:
        return Administrator(self.url, self.database)

    def call(self, model: str, method: str, *args: object, **kwargs: object):
        """Call a public method as the administrator, over Odoo's XML-RPC."""
        models = ServerProxy(f"{self.url}/xmlrpc/2/object")
        return models.execute_kw(self.database, 2, "admin", model, method, args, kwargs)

    def save_settings(self, **values: object) -> None:
        self.sign_in().save_settings(**values)


@contextmanager
def prepared(name: str, client_secret: str = server.SIMULATOR_CLIENT_SECRET) -> Iterator[Site]:
    """A fresh database of that name with the addon and its settings, and UPS up.

    :raise Problem: when PostgreSQL or a program that was downloaded does not do its work.
    """
    site = Site(name, free_port(), free_port(server.SIMULATOR_HOST))
    with only_one(f"test on {name}"), postgres.running():
        database.make_fresh(name)
        credentials = server.SIMULATOR_CLIENT_ID, client_secret
        database.load_demo_data(name, server.odoo_url(site.odoo_port), *credentials)
        with server.simulator(site.simulator_port, site.odoo_port, client_secret):
            yield site


@contextmanager
def serving(site: Site, *options: str, **environment: str) -> Iterator[RunningOdoo]:
    """Odoo in two workers, with more of its own options."""
    simulator_url = server.simulator_url(site.simulator_port)
    environment = {"UPS_BASE_URL": simulator_url} | environment
    options = ("--workers=2", *options)
    with server.odoo(site.database, site.odoo_port, *options, environment=environment) as process:
        url = server.odoo_url(site.odoo_port)
        yield RunningOdoo(url, simulator_url, site.database, process.log)
