"""What UPS is told, kept as JSON with the pickup, and made from it into what is sent."""

from datetime import date, time

from .pickup_api import (
    Account,
    PickupAddress,
    PickupRequest,
    Piece,
    PriceRequest,
    SmartTrigger,
    codes,
)

CONTAINERS = {"package": codes.PACKAGE, "letter": codes.LETTER}


def request_from(told, reference):
    """:return: a PickupRequest, or a SmartTrigger.

    :param dict told: what a pickup keeps in the field of that name.
    :param str reference: the only value of ours that UPS tells again.
    """
    if told["kind"] == "smart":
        return SmartTrigger(told["account"]["number"], told["service_day"], context=reference)
    return PickupRequest(
        address=PickupAddress(**told["address"]),
        is_account_address=told["is_account_address"],
        account=Account(**told["account"]),
        pieces=tuple(Piece(**piece) for piece in told["pieces"]),
        payment_method=told["payment_method"],
        weight=told["weight"],
        weight_unit=told["weight_unit"],
        is_overweight=told["is_overweight"],
        instruction=told["instruction"],
        tracking_numbers=tuple(told.get("tracking_numbers", ())),
        confirmation_email=told["confirmation_email"],
        reference=reference,
        **_when(told),
    )


def price_request_from(asked):
    """:return: a PriceRequest.

    :param dict asked: what a pickup keeps as `priced_for`.
    """
    return PriceRequest(
        address=PickupAddress(**asked["address"]).for_price(),
        is_account_address=asked["is_account_address"],
        account=Account(**asked["account"]),
        service_day=codes.THAT_DAY,
        **_when(asked),
    )


def _when(told):
    return {
        "date": date.fromisoformat(told["date"]),
        "ready_time": time.fromisoformat(told["ready_time"]),
        "close_time": time.fromisoformat(told["close_time"]),
    }
