"""One good request of each kind, to change in tests."""

import datetime
from dataclasses import replace

from pickup_api import Account, PickupAddress, PickupRequest, Piece, PriceRequest, SmartTrigger
from ups_pickup_simulator import ACCOUNT, SMART_ACCOUNT

TODAY = datetime.date(2026, 3, 10)
ADDRESS = PickupAddress(
    street="123 Main Street", city="Allendale", state="NJ", postal_code="07401", country="US",
    company_name="Parcel House", contact_name="Ramp Two", phone="5555555555",
)  # fmt: skip
PICKUP = PickupRequest(
    address=ADDRESS, is_account_address=False, date=TODAY, ready_time=datetime.time(9),
    close_time=datetime.time(17, 30), pieces=(Piece("003", 11, "US"),),
    account=Account(ACCOUNT, "US"), reference="a-reference",
)  # fmt: skip
PRICE = PriceRequest(
    address=ADDRESS.for_price(), is_account_address=False, service_day="01",
    account=Account(ACCOUNT, "US"),
)  # fmt: skip
TRIGGER = SmartTrigger(SMART_ACCOUNT)


def changed(request, way: str, value):
    """The request with one value changed: ``address.city``, ``pieces.0.quantity``."""
    name, _, rest = way.partition(".")
    if isinstance(request, tuple):
        entries = list(request)
        entries[int(name)] = changed(entries[int(name)], rest, value) if rest else value
        return tuple(entries)
    if rest:
        value = changed(getattr(request, name), rest, value)
    return replace(request, **{name: value})
