"""The pickups' client and UPS's side of it, without Odoo."""

import pytest

import tests.plain_python  # noqa: F401  it loads what comes next

# isort: split
from ups_client import UpsSession, connections, session
from ups_pickup_simulator import UpsPickupSimulator

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
