"""Which drivers were asked for? UPS's memory of pickups, without HTTP; its caller has the lock."""

from __future__ import annotations

import datetime
import secrets
import string
from collections.abc import Iterable
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

EASTERN = ZoneInfo("America/New_York")
"""UPS's day: what "today and tomorrow" means in a status (inferred)."""

ON_CALL, SMART = "01", "02"
MESSAGES = {
    ON_CALL: {
        "001": "Received at dispatch",
        "002": "Dispatched to driver",
        "003": "Order successfully completed",
        "004": "Order unsuccessfully completed",
        "005": "Missed commit - Updated ETA supplied by driver",
        "007": "Cancelled",
        "008": "Order has invalid order status",
        "012": "Your pickup request is being processed",
    },
    SMART: {
        "001": "User Triggered",
        "002": "User Cancelled",
        "003": "Completed",
        "004": "Missed",
        "005": "Not In",
        "006": "Not Ready",
        "007": "Closed",
        "008": "Cancelled By Driver",
        "999": "Unknown",
    },
}
ENDS = {ON_CALL: ("003", "004", "007"), SMART: ("002", "003", "004", "005", "006", "007", "008")}
CANCELLED = {ON_CALL: "007", SMART: "002"}


@dataclass
class Truck:
    """A driver's errand.

    :param kind: ``01`` on-call, ``02`` smart.
    :param date: yyyyMMdd, local to the address.
    :param asks: what was asked for, oldest first: UPS's own JSON of each merged request.
    :param is_listed: False once a control has let it vanish from the status.
    """

    prn: str
    account: str
    kind: str
    date: str
    code: str = "001"
    asks: list[dict] = field(default_factory=list)
    is_listed: bool = True

    @property
    def is_open(self) -> bool:
        return self.code not in ENDS[self.kind]

    @property
    def first(self) -> dict:
        return self.asks[0]

    @property
    def message(self) -> str:
        return MESSAGES[self.kind].get(self.code, f"Status {self.code}")

    @property
    def references(self) -> list[str]:
        return [ask["ReferenceNumber"] for ask in self.asks if "ReferenceNumber" in ask]

    @property
    def place(self) -> tuple:
        """What makes two requests one truck: address, point and day."""
        return place_of(self.first)

    def pending(self) -> dict:
        """How a status tells of it. A merged truck shows the first request's reference."""
        code = "GWNStatusCode" if self.kind == SMART else "OnCallStatusCode"
        told = {
            "PickupType": self.kind,
            "ServiceDate": self.date,
            "PRN": self.prn,
            code: self.code,
            "PickupStatusMessage": self.message,
            "BillingCode": "01",
        }
        contact = self.first.get("PickupAddress", {}).get("ContactName")
        more = {"ContactName": contact, "ReferenceNumber": next(iter(self.references), None)}
        return told | {name: text for name, text in more.items() if text}

    def as_dict(self) -> dict:
        """For whoever steers the simulator."""
        names = ("prn", "account", "kind", "date", "code", "asks", "is_listed", "is_open")
        return {name: getattr(self, name) for name in names} | {"references": self.references}


def place_of(request: dict) -> tuple:
    """Address and point, without what only names a person. Pickup.yaml, PRN: the same one is
    returned "if a pickup request already exists for a pickup address".
    """
    address = request.get("PickupAddress", {})
    lines = address.get("AddressLine", "")
    street = " ".join(lines) if isinstance(lines, list) else lines
    names = ("City", "StateProvince", "PostalCode", "CountryCode", "Room", "Floor", "PickupPoint")
    return tuple(text.upper() for text in (street, *(address.get(name, "") for name in names)))


class Trucks:
    """All of them, by PRN, oldest first."""

    def __init__(self):
        self.by_prn: dict[str, Truck] = {}

    def __iter__(self):
        return iter(self.by_prn.values())

    def send(self, request: dict, account: str) -> Truck:
        """Have a driver come, or return the one who comes already."""
        date, place = request["PickupDateInfo"]["PickupDate"], place_of(request)
        same = (truck for truck in self if truck.kind == ON_CALL and truck.date == date)
        found = next((truck for truck in same if truck.is_open and truck.place == place), None)
        truck = found or self._new(account, ON_CALL, date)
        truck.asks.append(request)
        return truck

    def trigger(self, request: dict, date: str) -> tuple[Truck, bool]:
        """:return: the truck, and whether it came already."""
        account = request["AccountNumber"]
        same = (truck for truck in self if truck.kind == SMART and truck.date == date)
        found = next((truck for truck in same if truck.is_open and truck.account == account), None)
        truck = found or self._new(account, SMART, date)
        truck.asks.append(request)
        return truck, found is not None

    def _new(self, account: str, kind: str, date: str) -> Truck:
        letters = string.ascii_uppercase + string.digits
        prn = "29" + "".join(secrets.choice(letters) for _ in range(9))
        truck = self.by_prn[prn] = Truck(prn, account, kind, date)
        return truck

    def listed(self, account: str, kinds: Iterable[str], today: datetime.date, ended: bool):
        """Yield what a status tells: of the account, of today and tomorrow.

        :param ended: whether those that have ended are told, too.
        """
        days = {f"{today + datetime.timedelta(days=more):%Y%m%d}" for more in (0, 1)}
        for truck in self:
            is_asked = truck.account == account and truck.kind in kinds and truck.date in days
            if is_asked and truck.is_listed and (ended or truck.is_open):
                yield truck


def next_business_day(day: datetime.date) -> datetime.date:
    """Monday to Friday."""
    day += datetime.timedelta(days=1)
    while day.weekday() > 4:
        day += datetime.timedelta(days=1)
    return day
