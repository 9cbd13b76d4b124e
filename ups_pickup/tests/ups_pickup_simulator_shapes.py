"""What does UPS take? The shape of each request, as strict as Pickup.yaml: what the description
lacks is refused, since UPS ignores it, and a client's misspelling would pass silently.

Written out rather than taken from the client, which it judges.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass

Y_N = r"[YN]"
ACCOUNT = r"[A-Z0-9]{6}|[A-Z0-9]{10}"
COUNTRY = r"[A-Z]{2}"
TIME = r"([01][0-9]|2[0-3])[0-5][0-9]"

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


@dataclass(frozen=True)
class Text:
    """A string; numbers are none."""

    most: int
    form: str = ".+"
    code: str = INVALID

    def check(self, value, name: str) -> None:
        if not isinstance(value, str) or not 1 <= len(value) <= self.most:
            raise Bad(f"{name} is a text of 1 to {self.most} characters", self.code)
        if not re.fullmatch(self.form, value):
            raise Bad(f"{name} is not valid", self.code)


@dataclass(frozen=True)
class Many:
    """An array; one element may come as an object."""

    rule: object
    most: int = 9999

    def check(self, value, name: str) -> None:
        found = value if isinstance(value, list) else [value]
        if not 1 <= len(found) <= self.most:
            raise Bad(f"{name} has 1 to {self.most} entries")
        for entry in found:
            self.rule.check(entry, name)


class Part:
    """An object. A name that ends in ``_`` is required."""

    def __init__(self, also: Callable[[dict], None] | None = None, **rules):
        self.rules = {name.rstrip("_"): rule for name, rule in rules.items()}
        self.required = {name.rstrip("_") for name in rules if name.endswith("_")}
        self.also = also

    def check(self, value, name: str = "") -> None:
        if not isinstance(value, dict):
            raise Bad(f"{name} is an object")
        for unknown in sorted(set(value) - set(self.rules)):
            raise Bad(f"{name} has no element {unknown[:40]!a}")
        for missing in sorted(self.required - set(value)):
            raise Bad(f"Missing {name}/{missing}".replace("//", "/"))
        for key, entry in value.items():
            self.rules[key].check(entry, f"{name}/{key}")
        if self.also:
            self.also(value)


def one_of(*values: str, code: str = INVALID) -> Text:
    return Text(max(map(len, values)), "|".join(map(re.escape, values)), code)


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
    "City_": Text(50),
    "StateProvince": Text(50),
    "PostalCode": Text(8),
    "CountryCode_": one_of(*COUNTRIES.split()),
    "ResidentialIndicator_": Text(1, Y_N),
}
_REQUEST = Part(
    RequestOption=Text(15),
    SubVersion=one_of("1607", "1707", "2007"),
    TransactionReference=Part(CustomerContext=Text(512)),
)
_SMART_REQUEST = Part(TransactionReference=Part(CustomerContext=Text(512)))
_ACCOUNT = Part(AccountNumber_=Text(10, ACCOUNT), AccountCountryCode_=Text(2, COUNTRY))


def _window(info: dict) -> None:
    try:
        datetime.datetime.strptime(info["PickupDate"], "%Y%m%d")
    except ValueError:
        raise Bad("PickupDate is no date") from None
    if info["CloseTime"] <= info["ReadyTime"]:
        raise Bad("CloseTime minus ReadyTime must be greater than the LeadTime")


_DATE_INFO = Part(
    _window,
    PickupDate_=Text(8, r"[0-9]{8}"),
    ReadyTime_=Text(4, TIME),
    CloseTime_=Text(4, TIME),
)
_RATING = {
    "RateChartType": Text(1, r"[13456]"),
    "TaxInformationIndicator": Text(1, Y_N),
    "UserLevelDiscountIndicator": Text(1, Y_N),
}

# === THE REQUESTS === #


def _price(request: dict) -> None:
    if request["ServiceDateOption"] == "03" and "PickupDateInfo" not in request:
        raise Bad("Missing PickupDateInfo: ServiceDateOption is 03")


PRICE = Part(
    _price,
    Request_=_REQUEST,
    ShipperAccount=_ACCOUNT,
    PickupAddress_=Part(_place, AddressLine=Many(Text(73), 1), **_ADDRESS),
    AlternateAddressIndicator_=Text(1, Y_N),
    ServiceDateOption_=one_of("01", "02", "03"),
    PickupDateInfo=_DATE_INFO,
    **_RATING,
)


def _piece(piece: dict) -> None:
    is_freight = piece["ServiceCode"] in ("071", "096")
    if piece["ContainerCode"] == "03" and not is_freight:
        raise Bad("ContainerCode 03 is used for WWEF services only")


_PIECE = Part(
    _piece,
    ServiceCode_=Text(3, r"[0-9]{3}", SERVICE),
    Quantity_=Text(3, r"[1-9][0-9]*"),
    DestinationCountryCode_=Text(2, COUNTRY),
    ContainerCode_=Text(2, r"0[123]"),
)


def _pickup(request: dict) -> None:
    pieces = many(request["PickupPiece"])
    if sum(int(piece["Quantity"]) for piece in pieces) > 9999:
        raise Bad("Quantity is 9999 at most, all pieces together")
    if request["PaymentMethod"] == "01" and "Account" not in request.get("Shipper", {}):
        raise Bad("Missing Shipper/Account for PaymentMethod 01", PAYMENT)
    if request["PaymentMethod"] == "04" and "TrackingData" not in request:
        raise Bad("Missing TrackingData for PaymentMethod 04", PAYMENT)


PICKUP = Part(
    _pickup,
    Request_=_REQUEST,
    RatePickupIndicator_=Text(1, Y_N),
    Shipper=Part(Account=_ACCOUNT),
    PickupDateInfo_=_DATE_INFO,
    PickupAddress_=Part(
        _place,
        CompanyName_=Text(27),
        ContactName_=Text(22),
        AddressLine_=Many(Text(73), 1),
        Room=Text(8),
        Floor=Text(3),
        Urbanization=Text(50),
        PickupPoint=Text(11),
        Phone_=Part(Number_=Text(25), Extension=Text(10)),
        **_ADDRESS,
    ),
    AlternateAddressIndicator_=Text(1, Y_N),
    PickupPiece_=Many(_PIECE),
    TotalWeight=Part(
        Weight_=Text(6, r"[0-9]{1,4}(\.[0-9])?|[0-9]{5,6}"), UnitOfMeasurement_=Text(3, "LBS|KGS")
    ),
    OverweightIndicator=Text(1, Y_N),
    TrackingData=Many(Part(TrackingNumber_=Text(18, r"[A-Z0-9]{18}")), 30),
    PaymentMethod_=one_of("00", "01", "04", "05", "06", "07", code=PAYMENT),
    SpecialInstruction=Text(57),
    ReferenceNumber=Text(35),
    ServiceCategory=Text(2, r"0[123]"),
    CashType=Text(2, r"0[123]"),
    ShippingLabelsAvailable=Text(1, "Y"),
    Notification=Part(ConfirmationEmailAddress=Text(50), UndeliverableEmailAddress=Text(50)),
    **_RATING,
)

TRIGGER = Part(
    Request_=_SMART_REQUEST,
    AccountNumber_=Text(6, r"[A-Z0-9]{6}"),
    ServiceDateOption_=one_of("01", "02"),
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
    REQUESTS[name].check(content, name)
    return name, content


def many(content) -> list:
    """One element as an object is an array of one."""
    return content if isinstance(content, list) else [content]
