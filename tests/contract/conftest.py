"""What UPS's own OpenAPI description says, held against the simulator and against the client."""

import pytest
from raw_ups import REDIRECT_URI, RawUps

import tests.plain_python  # noqa: F401  it loads what comes next

# isort: split
from ups_simulator import UpsSimulator


@pytest.fixture
def sim():
    with UpsSimulator("the-client", "the-secret", [REDIRECT_URI]) as simulator:
        yield simulator


@pytest.fixture
def ups(sim):
    """The simulator's endpoints, called without a client's help."""
    with RawUps(sim.base_url) as raw:
        yield raw
