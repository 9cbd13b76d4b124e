"""What of deliveries more than one file needs."""

import re

UPS_CONNECTORS = ("ups", "ups_rest", "ups_oca")
"""`delivery_type` of Enterprise's connectors and of OCA's; recognized where they are installed."""

TRACKING_NUMBER = re.compile(r"\b1Z[0-9A-Z]{16}\b")
MOST_TRACKING_NUMBERS = 30

OVERWEIGHT = {"LBS": 70, "KGS": 32}
"""A package above is "overweight" to UPS."""

IN_UNIT = {("KGS", "LBS"): 2.20462, ("LBS", "KGS"): 1 / 2.20462}
"""How much of the second is one of the first."""

MOST_WEIGHT = 9999.9
"""What UPS takes, of all packages together."""

FREED = ("unsuccessful", "cancelled")
"""States of a pickup whose packages still stand on the ramp."""

OVER = ("done", "unknown")
"""States of a pickup whose packages the driver has taken along, as far as anybody knows."""

LOOK_BACK = 14  # days: what nobody collected for that long was handed over otherwise

JOIN_WAITS = 5
"""Seconds that the end of a validation may wait for other joins; then the plan's cron does it."""
