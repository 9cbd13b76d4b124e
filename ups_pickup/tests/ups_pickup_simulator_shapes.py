"""What does UPS take? The shape of each request, as strict as Pickup.yaml: what the description
lacks is refused, since UPS ignores it, and a client's misspelling would pass silently.

Written out rather than taken from the client, which it judges.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable

ACCOUNT = r"[A-Z0-9]{6}|[A-Z0-9]{10}"

PAYMENT = "9500554"
PICKUP_POINT = "9500535"
SERVICE = "9510119"
INVALID = "9500400"
"""The first three are UPS's; this one is inferred, as UPS publishes no number for most elements."""

PICKUP_POINTS = (
    "Lobby", "Warehouse", "Front Door", "Side Door", "Back Door", "Garage", "Porch",
    "Reception", "Office", "Mail Room", "Dock",
)  # fmt: skip
"""The first three passed at UPS, the rest is inferred: UPS publishes no list."""


class Bad(Exception):
    """What is wrong, with UPS's code."""

    def __init__(self, sentence: str, code: str = INVALID):
        super().__init__(sentence)
        self.code = code


# A rule is called with a value and its name, and raises Bad.


def text(most: int, form: str = ".+", code: str = INVALID):
    """A string; numbers are none."""

    def rule(value, name):
        if not isinstance(value, str) or not 1 <= len(value) <= most:
            raise Bad(f"{name} is a text of 1 to {most} characters", code)
        if not re.fullmatch(form, value):
            raise Bad(f"{name} is not valid", code)

    return rule


def texts(**most: int) -> dict:
    return {name: text(length) for name, length in most.items()}


def one_of(values: str, code: str = INVALID):
    return text(15, values.replace(" ", "|"), code)


def array(each, most: int = 9999):
    """One element may come as an object."""

    def rule(value, name):
        found = many(value)
        if not 1 <= len(found) <= most:
            raise Bad(f"{name} has 1 to {most} entries")
        for entry in found:
            each(entry, name)

    return rule


def part(also: Callable[[dict], None] | None = None, **rules):
    """An object. A name that ends in ``_`` is required."""
    by_name = {name.rstrip("_"): rule for name, rule in rules.items()}
    required = {name.rstrip("_") for name in rules if name.endswith("_")}

    def rule(value, name):
        if not isinstance(value, dict):
            raise Bad(f"{name} is an object")
        for unknown in sorted(set(value) - set(by_name)):
            raise Bad(f"{name} has no element {unknown[:40]!a}")
        for missing in sorted(required - set(value)):
            raise Bad(f"Missing {name}/{missing}")
        for key, entry in value.items():
            by_name[key](entry, f"{name}/{key}")
        if also:
            also(value)

    return rule


Y_N, HOUR = text(1, r"[YN]"), text(4, r"([01][0-9]|2[0-3])[0-5][0-9]")
COUNTRY = text(2, r"[A-Z]{2}")

# === ADDRESSES === #

WITHOUT_POSTAL_CODE = ("AE", "CL", "CR", "DO", "HK", "IE", "MO", "NG", "VN")
STATES = {"US": r"[A-Z]{2}", "CA": r"[A-Z]{2}", "VN": r"VN-[A-Z0-9]{2,3}", "IE": r".+"}
COUNTRIES = (
    "AE AR AU AT BE BR CA CL CN CR CZ DK DO FI FR DE GR HK HU IN ID IE IT JP LV LT LU MY MO MX MA"
    " NL NZ NG NO PK PH PL PT PR RO RU SA SG SI ZA KR ES SE CH TW TH TR GB US VN"
)


def _place(address: dict) -> None:
    country = address["CountryCode"]
    state = STATES.get(country)
    if state and not re.fullmatch(state, address.get("StateProvince", "")):
        raise Bad(f"Missing or invalid StateProvince for {country}")
    if country not in WITHOUT_POSTAL_CODE and "PostalCode" not in address:
        raise Bad(f"Missing PostalCode for {country}")


_ADDRESS = {
    **texts(City_=50, StateProvince=50, PostalCode=8),
    "CountryCode_": one_of(COUNTRIES),
    "ResidentialIndicator_": Y_N,
}
_TO_3 = one_of("01 02 03")
_REFERENCE = part(CustomerContext=text(512))
_REQUEST = part(
    RequestOption=text(15), SubVersion=one_of("1607 1707 2007"), TransactionReference=_REFERENCE
)
_SMART_REQUEST = part(TransactionReference=_REFERENCE)
_ACCOUNT = part(AccountNumber_=text(10, ACCOUNT), AccountCountryCode_=COUNTRY)


def _window(info: dict) -> None:
    try:
        datetime.datetime.strptime(info["PickupDate"], "%Y%m%d")
    except ValueError:
        raise Bad("PickupDate is no date") from None
    if info["CloseTime"] <= info["ReadyTime"]:
        raise Bad("CloseTime minus ReadyTime must be greater than the LeadTime")


_DATE_INFO = part(_window, PickupDate_=text(8, r"[0-9]{8}"), ReadyTime_=HOUR, CloseTime_=HOUR)
_RATING = {
    "RateChartType": text(1, r"[13456]"),
    "TaxInformationIndicator": Y_N,
    "UserLevelDiscountIndicator": Y_N,
}

# === THE REQUESTS === #


def _price(request: dict) -> None:
    if request["ServiceDateOption"] == "03" and "PickupDateInfo" not in request:
        raise Bad("Missing PickupDateInfo: ServiceDateOption is 03")


PRICE = part(
    _price,
    Request_=_REQUEST,
    ShipperAccount=_ACCOUNT,
    PickupAddress_=part(_place, AddressLine=array(text(73), 1), **_ADDRESS),
    AlternateAddressIndicator_=Y_N,
    ServiceDateOption_=_TO_3,
    PickupDateInfo=_DATE_INFO,
    **_RATING,
)


_PIECE = part(
    ServiceCode_=text(3, r"[0-9]{3}", SERVICE), Quantity_=text(3, r"[1-9][0-9]*"),
    DestinationCountryCode_=COUNTRY, ContainerCode_=one_of("01 02"),
)  # fmt: skip


def _pickup(request: dict) -> None:
    pieces = many(request["PickupPiece"])
    if sum(int(piece["Quantity"]) for piece in pieces) > 9999:
        raise Bad("Quantity is 9999 at most, all pieces together")
    if request["PaymentMethod"] == "01" and "Account" not in request.get("Shipper", {}):
        raise Bad("Missing Shipper/Account for PaymentMethod 01", PAYMENT)
    if request["PaymentMethod"] == "04" and "TrackingData" not in request:
        raise Bad("Missing TrackingData for PaymentMethod 04", PAYMENT)


_WEIGHT = text(6, r"[0-9]{1,4}(\.[0-9])?|[0-9]{5,6}")
PICKUP = part(
    _pickup,
    Request_=_REQUEST,
    RatePickupIndicator_=Y_N,
    Shipper=part(Account=_ACCOUNT),
    PickupDateInfo_=_DATE_INFO,
    PickupAddress_=part(
        _place, **texts(CompanyName_=27, ContactName_=22, Room=8, Floor=3, Urbanization=50),
        **texts(PickupPoint=11), AddressLine_=array(text(73), 1),
        Phone_=part(**texts(Number_=25, Extension=10)), **_ADDRESS,
    ),
    AlternateAddressIndicator_=Y_N,
    PickupPiece_=array(_PIECE),
    TotalWeight=part(Weight_=_WEIGHT, UnitOfMeasurement_=one_of("LBS KGS")),
    OverweightIndicator=Y_N,
    TrackingData=array(part(TrackingNumber_=text(18, r"[A-Z0-9]{18}")), 30),
    PaymentMethod_=one_of("00 01 04 05 06 07", PAYMENT),
    **texts(SpecialInstruction=57, ReferenceNumber=35),
    ServiceCategory=_TO_3,
    CashType=_TO_3,
    ShippingLabelsAvailable=one_of("Y"),
    Notification=part(**texts(ConfirmationEmailAddress=50, UndeliverableEmailAddress=50)),
    **_RATING,
)  # fmt: skip

TRIGGER = part(
    Request_=_SMART_REQUEST,
    AccountNumber_=text(6, r"[A-Z0-9]{6}"),
    ServiceDateOption_=one_of("01 02"),
)

REQUESTS = {
    "PickupRateRequest": PRICE,
    "PickupCreationRequest": PICKUP,
    "PickupTriggerGWNRequest": TRIGGER,
}


def check(body: object, *names: str) -> tuple[str, dict]:
    """Return the name of the request and what is in it.

    :raise Bad: when it is none of those, or not as UPS wants it.
    """
    if not isinstance(body, dict) or len(body) != 1 or next(iter(body)) not in names:
        raise Bad(f"The body is an object with one element, {' or '.join(names)}")
    ((name, content),) = body.items()
    REQUESTS[name](content, name)
    return name, content


def many(content) -> list:
    """One element as an object is an array of one."""
    return content if isinstance(content, list) else [content]
