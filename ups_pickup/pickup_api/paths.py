"""Where does each call go? Paths below UPS's host, whose session adds host, token and headers."""

from __future__ import annotations

VERSION = "v2409"
"""The only version that UPS's description (Pickup.yaml) names for new clients."""

PRICE = f"/api/shipments/{VERSION}/pickup/oncall"
REQUEST = f"/api/pickupcreation/{VERSION}/pickup"
"""Takes an on-call request and a smart trigger; which of them, the body's one key says."""

CANCEL = f"/api/shipments/{VERSION}/pickup/02"
"""02 is by PRN. Never 01: by account, it may end more than one pickup (inferred)."""

_STATUS_KINDS = ("oncall", "smart", "both")


def status(kind: str = "oncall") -> str:
    """Return the path of the pending pickups of a kind: ``oncall``, ``smart`` or ``both``."""
    if kind not in _STATUS_KINDS:
        raise ValueError(f"kind is one of {', '.join(_STATUS_KINDS)}, not {kind!r}")
    return f"/api/shipments/{VERSION}/pickup/{kind}"
