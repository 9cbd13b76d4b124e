"""Real Odoo servers on databases of their own, and a UPS simulator for all of them."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from running_odoo import RunningOdoo, Site, serving

import tests.plain_python  # noqa: F401  it says where the simulator is
from devenv import database, postgres, server
from devenv.locks import only_one
from devenv.ports import free_port

# isort: split
from ups_pickup_simulator import UpsPickupSimulator

PRISTINE = "ups_life"


@pytest.fixture(scope="session", autouse=True)
def _postgres() -> Iterator[None]:
    with only_one("test of the addon's life"), postgres.running():
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

    def start(name: str, *options: str, **environment: str) -> AbstractContextManager[RunningOdoo]:
        site = Site(name, free_port(), simulator.port)
        url = server.odoo_url(site.odoo_port)
        database.set_address(name, url)
        simulator.register_redirect_uri(url + server.CALLBACK)
        options = ("--workers=0", "--max-cron-threads=0", *options)
        return serving(site, *options, **{"UPS_TOKEN_KEYS": ""} | environment)

    return start
