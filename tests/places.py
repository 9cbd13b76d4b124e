"""Places where UPS collects, open all day and every day, made through any door of Odoo's."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

ZONE = "America/New_York"  # UPS's own, so that today is the same day there and here
_HOURS = {"hour_from": 0, "hour_to": 24, "day_period": "morning"}
ALL_WEEK = [_HOURS | {"name": day, "dayofweek": day} for day in "0123456"]
_DESK = {"company_name": "Acme", "contact_name": "Kim"}
_DAY = {"ready_time": 9, "close_time": 20, "cutoff_time": 18}


def make(call: Callable, companies: Sequence[int], numbers: Sequence[str], **vals) -> list[int]:
    """One location a company, each at an address and with a UPS account of its own.

    :param call: is given a model, a method and its arguments; of `create`, it returns ids.
    :param numbers: of the accounts, one for each company.
    :param vals: what the locations have beside it.
    """
    [us] = call("res.country", "search", [["code", "=", "US"]])
    [state] = call("res.country.state", "search", [["code", "=", "NY"], ["country_id", "=", us]])
    where = {"city": "New York", "zip": "10004", "country_id": us, "state_id": state}
    docks = [where | {"name": f"Dock {each}", "street": f"{each} Pier Road"} for each in numbers]
    partners = call("res.partner", "create", [each | {"phone": "2125550100"} for each in docks])
    owned = [
        {"name": f"Dock {number}", "company_id": company}
        for number, company in zip(numbers, companies, strict=True)
    ]
    week = {"tz": ZONE, "attendance_ids": [[5, 0, 0], *([0, 0, day] for day in ALL_WEEK)]}
    calendars = call("resource.calendar", "create", [each | week for each in owned])
    payers = [
        each | {"number": number, "country_id": us}
        for each, number in zip(owned, numbers, strict=True)
    ]
    accounts = call("ups.pickup.account", "create", payers)
    rows = [
        own | _DESK | _DAY | {"partner_id": dock, "calendar_id": week, "account_id": account} | vals
        for own, dock, week, account in zip(owned, partners, calendars, accounts, strict=True)
    ]
    return call("ups.pickup.location", "create", rows)


def drafts(call: Callable, locations: Sequence[int], ahead: int = 1) -> list[int]:
    """:return: the ids of new drafts, one a location, for tomorrow or so many days ahead."""
    day = datetime.now(ZoneInfo(ZONE)).date() + timedelta(days=ahead)
    rows = [[str(each), f"{day}"] for each in locations]
    return call("ups.pickup", "load", ["location_id/.id", "pickup_date"], rows)["ids"]
