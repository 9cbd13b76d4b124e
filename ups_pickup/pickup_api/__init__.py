"""UPS's Pickup API in plain Python. It knows *how* to ask; models decide *when*."""

from .calls import (
    ask_price,
    ask_status,
    cancel_pickup,
    request_pickup,
    trigger_smart_pickup,
)
from .codes import StatusMeaning, meaning
from .outcomes import (
    Alert,
    Booked,
    Cancelled,
    Charge,
    ChargeLine,
    Entry,
    Listed,
    NeverLeft,
    NoLook,
    NotAnswered,
    Priced,
    Refused,
    Unknown,
)
from .parts import Account, PickupAddress, Piece, PriceAddress
from .problems import PickupValueError, Problem
from .questions import PickupRequest, PriceRequest, SmartTrigger
