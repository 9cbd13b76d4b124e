"""Where does UPS pick up, and what does an address need there? (Pickup.yaml, PickupAddress)"""

from __future__ import annotations

_ALL = (
    "AE AR AU AT BE BR CA CL CN CR CZ DK DO FI FR DE GR HK HU IN ID IE IT JP LV LT LU MY MO MX MA"
    " NL NZ NG NO PK PH PL PT PR RO RU SA SG SI ZA KR ES SE CH TW TH TR GB US VN"
)
COUNTRIES = frozenset(_ALL.split())
"""The 56 of UPS's guide."""

NEEDS_STATE = frozenset({"US", "CA", "VN", "IE"})
"""StateProvince: a state's code (US, CA), ``VN-44`` (VN), the county (IE)."""

WITHOUT_POSTAL_CODE = frozenset({"AE"})
"""Where none is asked for whatever a caller's list of countries says, such as Odoo's."""

STATE_FORMS = {"US": r"[A-Z]{2}", "CA": r"[A-Z]{2}", "VN": r"VN-[A-Z0-9]{2,3}"}
"""Regular expressions for the whole of StateProvince, where its form is known."""


def needs_state(country: str) -> bool:
    """Whether UPS refuses an address there without a state, province or county."""
    return country in NEEDS_STATE


def needs_postal_code(country: str) -> bool:
    """Whether UPS wants a postal code, if it is a country "with postal codes"."""
    return country in COUNTRIES and country not in WITHOUT_POSTAL_CODE
