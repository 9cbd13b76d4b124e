"""States, codes and limits that more than one file needs."""

from datetime import timedelta

STATES = [
    ("draft", "Draft"),
    ("sending", "Sending"),
    ("unconfirmed", "Unconfirmed"),
    ("requested", "Requested"),
    ("dispatched", "Dispatched"),
    ("delayed", "Delayed"),
    ("cancelling", "Cancelling"),
    ("done", "Picked Up"),
    ("unsuccessful", "Unsuccessful"),
    ("unknown", "Unknown"),
    ("cancelled", "Cancelled"),
]

LISTED = ("requested", "dispatched", "delayed")
"""UPS has it, and says so in status."""

OPEN = ("sending", "unconfirmed", *LISTED, "cancelling")
"""A truck may come: one for a location, day and environment, and none is deleted."""

OPEN_SQL = ", ".join(f"'{state}'" for state in OPEN)

TO_CHECK = ("unconfirmed", "unknown", "cancelling")

ENDED = ("done", "unsuccessful", "cancelled", "unknown")

TO_CHECK_ACTIVITY = "ups_pickup.mail_activity_type_to_check"
UNSUCCESSFUL_ACTIVITY = "ups_pickup.mail_activity_type_unsuccessful"
PLAN_ACTIVITY = "ups_pickup.mail_activity_type_plan"
CHANGED_ACTIVITY = "ups_pickup.mail_activity_type_changed"
ACCOUNT_ACTIVITY = "ups_pickup.mail_activity_type_account"
BATCH_ACTIVITY = "ups_pickup.mail_activity_type_batch"

CANCELLABLE = (*LISTED, "cancelling")

PATIENCE = timedelta(minutes=3)
"""`sending` and `cancelling` older than this belonged to a process that died."""

LOSER_WAITS = 45  # seconds that a second click on the same pickup waits for the first

SAVE_FIRST_AFTER = "2s"
"""How long a row may stay locked before its caller is asked to save first."""

BETWEEN_LOOKS = timedelta(minutes=10)
"""Two looks that find nothing count only that far apart."""

STATUS_EVERY = timedelta(minutes=15)
STATUS_BEFORE_READY = timedelta(hours=1)
STATUS_AFTER_CLOSE = timedelta(hours=3)

UPS_ZONE = "America/New_York"
"""UPS's days are taken for those of its Eastern time: inferred, since UPS does not say."""

MAX_QUANTITY = 999  # pieces of a line (Pickup.yaml, PickupPiece, Quantity)

SOURCE = "Odoo UPS Pickups"
"""Names this addon to UPS."""
