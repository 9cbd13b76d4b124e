"""What do UPS's codes mean? Tables; whoever meets a code that stands in none shows it as it is."""

from __future__ import annotations

from dataclasses import dataclass

ON_CALL, SMART = "oncall", "smart"
SMART_CANCELLED = "002"
PICKUP_TYPES = {"01": ON_CALL, "02": SMART}
OFF_WEEKEND = "WST"  # of an Alert: UPS says it in an element of its own


@dataclass(frozen=True, slots=True)
class StatusMeaning:
    """What a status code says.

    :param state: ``requested``, ``dispatched``, ``delayed``, ``done``, ``unsuccessful``,
        ``cancelled``, or None where the code changes nothing (008 of on-call, 999, unknown ones).
    :param is_final: whether no later code can follow.
    :param words: UPS's, in English.
    """

    state: str | None
    is_final: bool
    words: str


NO_MEANING = StatusMeaning(None, False, "")

ON_CALL_STATUS = {
    "001": StatusMeaning("requested", False, "Received at dispatch"),
    "002": StatusMeaning("dispatched", False, "Dispatched to driver"),
    "003": StatusMeaning("done", True, "Order successfully completed"),
    "004": StatusMeaning("unsuccessful", True, "Order unsuccessfully completed"),
    "005": StatusMeaning("delayed", False, "Missed commit, updated ETA supplied by driver"),
    "007": StatusMeaning("cancelled", True, "Cancelled"),
    "008": StatusMeaning(None, False, "Order has invalid order status"),
    "012": StatusMeaning("requested", False, "Your pickup request is being processed"),
}
"""Pickup.yaml, PickupStatusMessage."""

SMART_STATUS = {
    "001": StatusMeaning("requested", False, "User triggered"),
    "002": StatusMeaning("cancelled", True, "User cancelled"),
    "003": StatusMeaning("done", True, "Completed"),
    "004": StatusMeaning("unsuccessful", True, "Missed"),
    "005": StatusMeaning("unsuccessful", True, "Not in"),
    "006": StatusMeaning("unsuccessful", True, "Not ready"),
    "007": StatusMeaning("unsuccessful", True, "Closed"),
    "008": StatusMeaning("unsuccessful", True, "Cancelled by driver"),
    "999": StatusMeaning(None, False, "Unknown"),
}
"""Pickup.yaml, PickupCancelResponse_GWNStatus."""


def meaning(kind: str | None, code: str | None) -> StatusMeaning:
    """Return what a status code means.

    :param kind: ``oncall`` or ``smart``; anything else is taken for on-call.
    """
    table = SMART_STATUS if kind == SMART else ON_CALL_STATUS
    return table.get(code or "", NO_MEANING)


PAYMENT_METHODS = {
    "00": "No payment needed",
    "01": "Shipper's account",
    "04": "1Z tracking number",
    "05": "Check",
    "06": "Cash",
    "07": "PayPal",
}
"""Less 03, the charge card: its number would be ours to keep."""

PACKAGE, LETTER = "01", "02"

SAME_DAY, FUTURE_DAY, THAT_DAY = "01", "02", "03"
SERVICE_DAYS = {SAME_DAY: "Same day", FUTURE_DAY: "Future day", THAT_DAY: "A specific day"}
RATE_CHARTS = frozenset("13456")
SUB_VERSIONS = frozenset({"1607", "1707", "2007"})
WEIGHT_UNITS = frozenset({"LBS", "KGS"})
RATE_DAYS = {"SD": "same", "FD": "future"}

REFUSAL_FIELDS = {
    "9500535": "address.pickup_point",
    "9500554": "payment_method",
    "9510029": "account.number",  # no Smart Pickup contract
    "9510119": "pieces.service",
    "9510127": "tracking_numbers",
    "9510154": "account.number",  # not the signed-in user's
    "9510166": "payment_method",
}
"""UPS's code to the field that it complains about, as ``problems()`` would name it."""
