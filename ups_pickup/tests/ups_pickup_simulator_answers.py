"""How does UPS put its answers? As in Pickup.yaml: every number is a text."""

from __future__ import annotations

import datetime
from decimal import Decimal

NAMES = {
    "price": "PickupRateResponse",
    "request": "PickupCreationResponse",
    "trigger": "PickupTriggerGWNResponse",
    "status": "PickupPendingStatusResponse",
    "cancel": "PickupCancelResponse",
}
NOT_RATED = {"Code": "04", "Description": "Rate not requested"}
RATED = {"Code": "01", "Description": "Rate available"}

PRICES = {"SD": ("17.00", "2.88"), "FD": ("10.42", "1.76")}
"""Base and fuel: together 19.88 for the same day and 12.18 for a later one (an invoice of 2026)."""
RESIDENTIAL = "4.50"
TAX = Decimal("0.19")
CURRENCIES = {"US": "USD", "PR": "USD", "CA": "CAD", "GB": "GBP", "CH": "CHF"}


GOOD = {"ResponseStatus": {"Code": "1", "Description": "Success"}, "Alert": []}


def good() -> dict:
    return {"Response": dict(GOOD)}


def failed(code: str, words: str) -> dict:
    status = {"Code": "0", "Description": "Failure"}
    alerts = [{"Code": code, "Description": words}]
    return {"Response": {"ResponseStatus": status, "Alert": alerts}}


def cancelled(kind: str) -> dict:
    smart = {"GWNStatus": {"Code": "002", "Description": "User Cancelled"}}
    return {"PickupType": kind} | (smart if kind == "02" else {})


def triggered(prn: str, date: str, was_there: bool) -> dict:
    status = ("02", "EXISTING") if was_there else ("01", "NEW")
    trigger_status = dict(zip(("Code", "Description"), status, strict=True))
    return {"ServiceDate": date, "PRN": prn, "TriggerStatus": trigger_status}


def day_kind(asked: dict, today: datetime.date) -> str:
    """SD or FD: by the option of a price, else by the date."""
    option = asked.get("ServiceDateOption", "03")
    if option != "03":
        return "SD" if option == "01" else "FD"
    return "SD" if asked["PickupDateInfo"]["PickupDate"] <= f"{today:%Y%m%d}" else "FD"


def weekend(asked: dict) -> dict:
    """The container is said of each day, the indicator of Saturdays: "Y", for any address."""
    date = asked.get("PickupDateInfo", {}).get("PickupDate")
    is_saturday = date and datetime.datetime.strptime(date, "%Y%m%d").weekday() == 5
    said = {"WeekendServiceTerritory": {"SatWST": "Y", "SunWST": "Y"}}
    return said | ({"WeekendServiceTerritoryIndicator": "Y"} if is_saturday else {})


def booking_rate(asked: dict, today: datetime.date) -> dict:
    """What a request's answer says of its price."""
    if asked["RatePickupIndicator"] != "Y":
        return {"RateStatus": NOT_RATED}
    return {"RateStatus": RATED, "RateResult": rate_result(asked, day_kind(asked, today))}


def rate_result(asked: dict, day: str) -> dict:
    address = asked["PickupAddress"]
    base, fuel = PRICES[day]
    charges = [("B", "BASE CHARGE", base), ("S", "FUEL SURCHARGE", fuel)]
    if address["ResidentialIndicator"] == "Y":
        charges.append(("S", "RESIDENTIAL SURCHARGE", RESIDENTIAL))
    names = ("ChargeCode", "ChargeDescription", "ChargeAmount")
    total = sum(Decimal(amount) for _kind, _words, amount in charges)
    with_taxes = asked.get("TaxInformationIndicator") == "Y"
    tax = (total * TAX).quantize(Decimal("0.01")) if with_taxes else Decimal(0)
    taxes = {
        "TaxCharges": [{"Type": "VAT", "MonetaryValue": str(tax)}],
        "TotalTax": str(tax),
        "PreTaxTotalCharge": str(total),
    }
    return {
        "RateType": day,
        "CurrencyCode": CURRENCIES.get(address["CountryCode"], "EUR"),
        "ChargeDetail": [dict(zip(names, charge, strict=True)) for charge in charges],
        **(taxes if with_taxes else {}),
        "GrandTotalOfAllCharge": str(total + tax),
    }


def as_objects(content):
    """One entry as an object, none left out: what UPS does in places where it says array."""
    if isinstance(content, dict):
        return {name: as_objects(value) for name, value in content.items() if value != []}
    if isinstance(content, list):
        entries = [as_objects(entry) for entry in content]
        return entries[0] if len(entries) == 1 else entries
    return content
