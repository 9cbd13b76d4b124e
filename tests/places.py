"""Places where UPS collects, open all day and every day, made through any door of Odoo's."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

ZONE = "America/New_York"  # UPS's own, so that today is the same day there and here
ALL_WEEK = [
    {
        "name": f"{day}",
        "dayofweek": f"{day}",
        "hour_from": 0,
        "hour_to": 24,
        "day_period": "morning",
    }
    for day in range(7)
]


def make(call: Callable, companies: Sequence[int], numbers: Sequence[str], **vals) -> list[int]:
    """One location a company, each at an address and with a UPS account of its own.

    :param call: is given a model, a method and its arguments; of `create`, it returns ids.
    :param numbers: of the accounts, one for each company.
    :param vals: what the locations have beside it.
    """
    [us] = call("res.country", "search", [["code", "=", "US"]])
    [state] = call("res.country.state", "search", [["code", "=", "NY"], ["country_id", "=", us]])
    where = {"city": "New York", "zip": "10004", "country_id": us, "state_id": state}
    partners = call(
        "res.partner",
        "create",
        [
            {"name": f"Dock {each}", "street": f"{each} Pier Road", "phone": "2125550100"} | where
            for each in numbers
        ],
    )
    calendars = call(
        "resource.calendar",
        "create",
        [
            {
                "name": f"Dock {each}",
                "company_id": each,
                "tz": ZONE,
                "attendance_ids": [[5, 0, 0], *([0, 0, day] for day in ALL_WEEK)],
            }
            for each in companies
        ],
    )
    owned = [
        {"name": number, "number": number, "company_id": each, "country_id": us}
        for number, each in zip(numbers, companies, strict=True)
    ]
    accounts = call("ups.pickup.account", "create", owned)
    made = zip(numbers, companies, partners, calendars, accounts, strict=True)
    return call(
        "ups.pickup.location",
        "create",
        [
            {
                "name": f"Dock {number}",
                "company_id": company,
                "partner_id": partner,
                "calendar_id": calendar,
                "account_id": account,
                "company_name": "Acme",
                "contact_name": "Kim",
                "ready_time": 9,
                "close_time": 20,
                "cutoff_time": 18,
            }
            | vals
            for number, company, partner, calendar, account in made
        ],
    )


def drafts(call: Callable, locations: Sequence[int], ahead: int = 1) -> list[int]:
    """:return: the ids of new drafts, one a location, for tomorrow or so many days ahead."""
    day = datetime.now(ZoneInfo(ZONE)).date() + timedelta(days=ahead)
    rows = [[str(each), f"{day}"] for each in locations]
    return call("ups.pickup", "load", ["location_id/.id", "pickup_date"], rows)["ids"]
