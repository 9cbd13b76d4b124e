"""What UPS's own OpenAPI description says, held against the simulator and against the client.

Both are loaded by their place, as in tests/client: the addon's package would import Odoo.
"""

import importlib.util
import sys
from pathlib import Path

import pytest
from openapi_descriptions import Description
from raw_ups import REDIRECT_URI, RawUps

ADDON = Path(__file__).resolve().parents[2] / "ups_pickup_oauth"


def _load(name: str, path: Path) -> None:
    if name in sys.modules:
        return
    places = [str(path.parent)] if path.name == "__init__.py" else None
    spec = importlib.util.spec_from_file_location(name, path, submodule_search_locations=places)
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)


_load("ups_client", ADDON / "ups_client" / "__init__.py")
_load("ups_simulator", ADDON / "tests" / "ups_simulator.py")


@pytest.fixture
def sim():
    from ups_simulator import UpsSimulator

    with UpsSimulator("the-client", "the-secret", [REDIRECT_URI]) as simulator:
        yield simulator


@pytest.fixture
def ups(sim):
    """The simulator's endpoints, called without a client's help."""
    with RawUps(sim.base_url) as raw:
        yield raw


@pytest.fixture
def description(sim) -> Description:
    """UPS's description, served by the simulator."""
    return Description(sim.base_url)
