"""What do UPS's good answers say? Lenient readers of each, into the types of ``outcomes``."""

from __future__ import annotations

import datetime
from decimal import Decimal

from . import codes
from .outcomes import Alert, Charge, ChargeLine, Entry
from .reading import amount, day, entries, part, status_code, words


def content_of(body: object, name: str) -> object:
    """Return the answer inside its envelope, or the body where a gateway has taken that off."""
    content = part(body, name)
    return body if content is None and part(body, "Response") is not None else content


def said(content: object) -> str | None:
    """Return UPS's own verdict: ``1`` good, ``0`` failed, None when it says neither."""
    code = words(part(content, "Response", "ResponseStatus", "Code"))
    return code if code in ("0", "1") else None


def alerts(content: object) -> tuple[Alert, ...]:
    """Return what UPS adds."""
    found = (
        Alert(words(part(entry, "Code"), 20), words(part(entry, "Description")))
        for entry in entries(part(content, "Response", "Alert"))
    )
    return tuple(alert for alert in found if alert.code or alert.words)


def off_weekend(content: object, date: datetime.date | None) -> tuple[Alert, ...]:
    """Return what UPS says of the weekend, where the day is one and the address has no service.

    Pickup.yaml contradicts itself in whether it is said of other days, too.
    """
    territory = part(content, "WeekendServiceTerritory")
    said = {
        5: (part(territory, "SatWST"), part(content, "WeekendServiceTerritoryIndicator")),
        6: (part(territory, "SunWST"),),
    }.get(date.weekday() if date else None, ())
    if "N" not in map(words, said):
        return ()
    outside = "The address is outside of the Weekend Service Territory."
    return (Alert(codes.OFF_WEEKEND, outside),)


def prn(content: object) -> str:
    """Return the PRN, "" where there is none. A smart trigger's may stand inside ``Response``."""
    return words(part(content, "PRN"), 40) or words(part(content, "Response", "PRN"), 40)


def beside_or_inside(content: object, *names: str) -> object:
    """Return an element that a smart answer has beside ``Response``, or in its sample, inside."""
    found = part(content, *names)
    return part(content, "Response", *names) if found is None else found


def charge(content: object) -> Charge | None:
    """Read RateResult; None where it has no total."""
    result = part(content, "RateResult")
    total = amount(part(result, "GrandTotalOfAllCharge"))
    if total is None:
        total = _sum_of_parts(result)
    if total is None:
        return None
    return Charge(
        total=total,
        currency=words(part(result, "CurrencyCode"), 3).upper() or None,
        day=codes.RATE_DAYS.get(words(part(result, "RateType"))),
        lines=tuple(_line(entry) for entry in entries(part(result, "ChargeDetail"))),
        total_tax=amount(part(result, "TotalTax")),
        incented_total=amount(part(result, "GrandTotalOfAllIncentedCharge")),
        pre_tax_total=amount(part(result, "PreTaxTotalCharge")),
        disclaimer=words(part(result, "Disclaimer", "Description"), 600) or None,
    )


def _sum_of_parts(result: object) -> Decimal | None:
    # The price's schema does not require the total (that of a request does).
    lines = [_line(entry) for entry in entries(part(result, "ChargeDetail"))]
    amounts = [line.amount for line in lines]
    if not amounts or None in amounts:
        return None
    return sum(amounts, amount(part(result, "TotalTax")) or Decimal(0))


def _line(entry: object) -> ChargeLine:
    return ChargeLine(
        kind=words(part(entry, "ChargeCode"), 10),
        words=words(part(entry, "ChargeDescription")),
        amount=amount(part(entry, "ChargeAmount")),
        incented_amount=amount(part(entry, "IncentedAmount")),
        tax=amount(part(entry, "TaxAmount")),
    )


def pending(content: object, most: int) -> list[Entry]:
    """Read PendingStatus, as many of it; an entry without a PRN comes with an empty one."""
    return [_entry(entry) for entry in entries(part(content, "PendingStatus"))[:most]]


def _entry(entry: object) -> Entry:
    on_call = status_code(part(entry, "OnCallStatusCode"))
    smart = status_code(part(entry, "GWNStatusCode"))
    kind = codes.PICKUP_TYPES.get(words(part(entry, "PickupType")).zfill(2))
    if kind is None and (on_call or smart):
        kind = codes.ON_CALL if on_call else codes.SMART
    return Entry(
        prn=words(part(entry, "PRN"), 40),
        kind=kind,
        service_date=day(part(entry, "ServiceDate")),
        code=(smart or on_call) if kind == codes.SMART else (on_call or smart),
        message=words(part(entry, "PickupStatusMessage")),
        billing_code=words(part(entry, "BillingCode"), 10) or None,
        contact_name=words(part(entry, "ContactName"), 50),
        reference=words(part(entry, "ReferenceNumber"), 50) or None,
    )
