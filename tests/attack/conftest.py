"""A database, a UPS whose client secret is odd in every encoding, and who attacks."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from running_odoo import RunningOdoo, SimulatorControl, Site, prepared
from secret_search import CLIENT_SECRET

from devenv import database
from devenv.console import Problem


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    with ExitStack() as stack:
        try:
            site = stack.enter_context(prepared(database.ATTACK, CLIENT_SECRET))
        except Problem as problem:
            pytest.exit(str(problem), returncode=1)  # once, not once a test
        yield site


@pytest.fixture
def simulator(odoo: RunningOdoo) -> SimulatorControl:
    """UPS, as if nobody had ever been there; each file of tests starts an `odoo` of its own."""
    control = SimulatorControl(odoo.simulator_url)
    control.reset()
    return control
