"""What are requests made of? Account, address and pieces, with UPS's limits and names."""

from __future__ import annotations

from dataclasses import dataclass

from . import codes, countries, problems
from .problems import Checked, Problem, inside

ACCOUNT_FORM = r"[A-Z0-9]{6}|[A-Z0-9]{10}"


def without_empty(content: dict) -> dict:
    """Leave out what is not said: UPS's elements are at least one character long."""
    return {name: value for name, value in content.items() if value not in (None, "", [], {})}


def indicator(value: bool) -> str:
    """Return UPS's Y or N."""
    return "Y" if value else "N"


def common(sub_version: str | None, context: str | None) -> dict:
    """Return the element Request, which UPS's samples omit and its schema demands."""
    reference = {"CustomerContext": context} if context else None
    return without_empty({"SubVersion": sub_version, "TransactionReference": reference})


def common_problems(sub_version: str | None, context: str | None) -> list[Problem]:
    """Check what stands in the element Request."""
    return [
        *problems.one_of("sub_version", sub_version, codes.SUB_VERSIONS, required=False),
        *problems.text("context", context, 512),
    ]


def date_info(day, ready, close) -> dict:
    """Return PickupDateInfo. Hours have always four digits, whatever UPS's sample shows."""
    return {
        "PickupDate": f"{day:%Y%m%d}",
        "ReadyTime": f"{ready:%H%M}",
        "CloseTime": f"{close:%H%M}",
    }


@dataclass(frozen=True, slots=True)
class Account(Checked):
    """The account that pays.

    :param number: 6 or 10 upper-case letters and digits.
    :param country: two upper-case letters.
    """

    number: str
    country: str

    def problems(self) -> list[Problem]:
        """See :class:`Checked`."""
        words = "6 or 10 capital letters and digits"
        return [
            *problems.text(
                "number", self.number, 10, required=True, form=ACCOUNT_FORM, words=words
            ),
            *country_problems("country", self.country),
        ]

    def as_json(self) -> dict:
        """Return UPS's Account."""
        return {"AccountNumber": self.number, "AccountCountryCode": self.country}


def country_problems(field: str, value) -> list[Problem]:
    """Check a country's code, of any country."""
    words = "two capital letters"
    return problems.text(field, value, 2, required=True, form=r"[A-Z]{2}", words=words)


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceAddress(Checked):
    """What a price depends on.

    :param street: one line, 73 characters.
    :param state: 50; where it is needed see ``countries``.
    :param postal_code: 8.
    :param country: one of the 56.
    :param has_postal_codes: whether the country has them: UPS wants one there, and names no list.
    """

    city: str
    country: str
    street: str | None = None
    state: str | None = None
    postal_code: str | None = None
    is_residential: bool = False
    has_postal_codes: bool = True

    def problems(self) -> list[Problem]:
        """See :class:`Checked`."""
        return [
            *problems.text("street", self.street, 73),
            *problems.text("city", self.city, 50, required=True),
            *self._state_problems(),
            *self._postal_code_problems(),
            *problems.one_of("country", self.country, countries.COUNTRIES),
            *problems.yes_or_no("is_residential", self.is_residential),
        ]

    def _state_problems(self) -> list[Problem]:
        country = self.country if isinstance(self.country, str) else ""
        words = "as VN-44" if country == "VN" else "a code of two capital letters"
        return problems.text(
            "state", self.state, 50, required=countries.needs_state(country),
            form=countries.STATE_FORMS.get(country), words=words,
        )  # fmt: skip

    def _postal_code_problems(self) -> list[Problem]:
        country = self.country if isinstance(self.country, str) else ""
        required = self.has_postal_codes and countries.needs_postal_code(country)
        return problems.text("postal_code", self.postal_code, 8, required=required)

    def as_json(self) -> dict:
        """Return UPS's PickupAddress of a price, where AddressLine is a string."""
        return without_empty({"AddressLine": self.street, **self._place()})

    def _place(self) -> dict:
        return {
            "City": self.city,
            "StateProvince": self.state,
            "PostalCode": self.postal_code,
            "CountryCode": self.country,
            "ResidentialIndicator": indicator(self.is_residential),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class PickupAddress(PriceAddress):
    """Where the driver goes.

    :param street: required here; one line, 73 characters.
    :param company_name: 27.
    :param contact_name: 22.
    :param phone: 25, with an extension of 10.
    :param room: 8.
    :param floor: 3.
    :param urbanization: 50; MX barrio, PR, GB shire.
    :param pickup_point: 11; UPS checks it against a list that it does not publish.
    """

    company_name: str
    contact_name: str
    phone: str
    phone_extension: str | None = None
    room: str | None = None
    floor: str | None = None
    urbanization: str | None = None
    pickup_point: str | None = None

    def problems(self) -> list[Problem]:
        """See :class:`Checked`."""
        found = PriceAddress.problems(self)
        if not self.street:
            found.append(Problem("street", problems.REQUIRED))
        return [
            *problems.text("company_name", self.company_name, 27, required=True),
            *problems.text("contact_name", self.contact_name, 22, required=True),
            *problems.text("phone", self.phone, 25, required=True),
            *problems.text("phone_extension", self.phone_extension, 10),
            *problems.text("room", self.room, 8),
            *problems.text("floor", self.floor, 3),
            *problems.text("urbanization", self.urbanization, 50),
            *problems.text("pickup_point", self.pickup_point, 11),
            *found,
        ]

    def for_price(self) -> PriceAddress:
        """Return as much of it as a price asks for."""
        return PriceAddress(
            street=self.street, city=self.city, state=self.state, postal_code=self.postal_code,
            country=self.country, is_residential=self.is_residential,
            has_postal_codes=self.has_postal_codes,
        )  # fmt: skip

    def as_json(self) -> dict:
        """Return UPS's PickupAddress of a request, where AddressLine is an array."""
        phone = {"Number": self.phone, "Extension": self.phone_extension}
        return without_empty(
            {
                "CompanyName": self.company_name,
                "ContactName": self.contact_name,
                "AddressLine": [self.street],
                "Room": self.room,
                "Floor": self.floor,
                "Urbanization": self.urbanization,
                **self._place(),
                "PickupPoint": self.pickup_point,
                "Phone": without_empty(phone),
            }
        )


@dataclass(frozen=True, slots=True)
class Piece(Checked):
    """So many pieces of one service to one country.

    :param service: three digits.
    :param quantity: 1 to 999.
    :param destination: any country, two upper-case letters.
    :param container: ``codes.PACKAGE`` or ``LETTER``.
    """

    service: str
    quantity: int
    destination: str
    container: str = codes.PACKAGE

    def problems(self) -> list[Problem]:
        """See :class:`Checked`."""
        form = {"form": r"[0-9]{3}", "words": "three digits"}
        return [
            *problems.text("service", self.service, 3, required=True, **form),
            *problems.whole_number("quantity", self.quantity, 1, 999),
            *country_problems("destination", self.destination),
            *problems.one_of("container", self.container, (codes.PACKAGE, codes.LETTER)),
        ]

    def as_json(self) -> dict:
        """Return UPS's PickupPiece, whose numbers are texts."""
        return {
            "ServiceCode": self.service,
            "Quantity": str(self.quantity),
            "DestinationCountryCode": self.destination,
            "ContainerCode": self.container,
        }


def pieces_problems(pieces) -> list[Problem]:
    """Check all pieces of a request together."""
    if not pieces:
        return [Problem("pieces", problems.REQUIRED)]
    found = [
        problem
        for number, piece in enumerate(pieces)
        for problem in inside(f"pieces.{number}", piece.problems())
    ]
    if not found and sum(piece.quantity for piece in pieces) > MOST_PIECES:
        found.append(Problem("pieces", problems.TOO_MANY, MOST_PIECES))
    return found


MOST_PIECES = 9999
