"""The pickups' client and UPS's side of it, without Odoo: loaded by place, as in tests/client."""

import importlib.util
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
_PARTS = {
    "ups_client": "ups_pickup_oauth/ups_client/__init__.py",
    "ups_simulator": "ups_pickup_oauth/tests/ups_simulator.py",
    "pickup_api": "ups_pickup/pickup_api/__init__.py",
    "ups_pickup_simulator": "ups_pickup/tests/ups_pickup_simulator.py",
}


def _load(name: str, path: Path) -> None:
    if name in sys.modules:  # by another folder's conftest: one set of classes for all
        return
    places = [str(path.parent)] if path.name == "__init__.py" else None
    spec = importlib.util.spec_from_file_location(name, path, submodule_search_locations=places)
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)


for _name, _path in _PARTS.items():
    _load(_name, ROOT / _path)

from ups_client import UpsSession, connections, session  # noqa: E402
from ups_pickup_simulator import UpsPickupSimulator  # noqa: E402

NOON = "2026-03-10T12:00:00-04:00"  # a Tuesday in New York


@pytest.fixture(scope="session")
def _simulator():
    with UpsPickupSimulator("id", "secret", ["http://127.0.0.1:8069/callback"]) as simulator:
        yield simulator


@pytest.fixture
def sim(_simulator):
    _simulator.reset()
    _simulator.set_time(NOON)
    return _simulator


@pytest.fixture
def ups(sim, monkeypatch):
    """The session that Odoo has, with its patience cut short."""
    monkeypatch.setattr(session, "PAUSES", (0, 0))
    monkeypatch.setattr(connections, "READ_TIMEOUT", 0.5)
    tokens = sim.issue_tokens()
    with UpsSession(sim.base_url, lambda refused=None: tokens["access_token"]) as ups_session:
        yield ups_session
    sim.release()
