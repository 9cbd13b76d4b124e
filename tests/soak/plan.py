"""What is done at each step: the same for the same seed, however fast the machine is."""

import random
from dataclasses import dataclass

SPACING = 5
"""Steps from one trouble to the next."""

TICK = 10
"""Steps after which the clock moves."""

PICKUPS = "price, request, status, cancel"
"""Routes that each meet a fault once: of a trouble for all four."""

# What UPS does instead of answering well. Each of these meets one request of each route.
BAD_ANSWERS = (
    ("refresh", {"kind": "status", "status": 429, "headers": {"Retry-After": "1"}}),
    ("refresh", {"kind": "status", "status": 500}),
    ("refresh", {"kind": "status", "status": 503, "when": "after"}),
    ("refresh", {"kind": "html"}),
    ("refresh", {"kind": "html", "status": 200}),
    ("refresh", {"kind": "truncated"}),
    ("refresh", {"kind": "oversized"}),
    ("refresh", {"kind": "hang", "seconds": 2}),
    ("refresh", {"kind": "drop", "when": "before"}),
    ("refresh", {"kind": "drop", "when": "after"}),
    ("countries", {"kind": "status", "status": 429, "headers": {"Retry-After": "1"}}),
    ("countries", {"kind": "status", "status": 500}),
    ("countries", {"kind": "status", "status": 401}),
    ("countries", {"kind": "html"}),
    ("countries", {"kind": "truncated"}),
    ("countries", {"kind": "hang", "seconds": 2}),
    ("countries", {"kind": "drop"}),
    ("token", {"kind": "status", "status": 500}),
    ("token", {"kind": "truncated"}),
    ("token", {"kind": "drop", "when": "before"}),
    ("token", {"kind": "drop", "when": "after"}),
    ("authorize", {"kind": "status", "status": 503}),
    ("authorize", {"kind": "error_page"}),
    *((PICKUPS, fault) for fault in (
        {"kind": "status", "status": 400},
        {"kind": "status", "status": 401},
        {"kind": "status", "status": 429, "headers": {"Retry-After": "1"}},
        {"kind": "status", "status": 503, "when": "after"},
        {"kind": "html"},
        {"kind": "html", "status": 200, "when": "after"},
        {"kind": "truncated"},
        {"kind": "oversized", "when": "after"},
        {"kind": "hang", "seconds": 2},
        {"kind": "drop", "when": "before"},
        {"kind": "drop", "when": "after"},
    )),
)  # fmt: skip


@dataclass(frozen=True)
class Step:
    """One thing that somebody does."""

    number: int
    company: int  # which one, from 0 on
    hosts: tuple[int, int]  # which Odoo is asked, and to which one the browser comes back
    wish: float  # 0 to 1: what is done, given how the company stands


def step(seed: int, number: int, companies: int) -> Step:
    draw = random.Random(f"{seed} step {number}")  # noqa: S311  no secret comes of it
    hosts = draw.randrange(2), draw.randrange(2)
    return Step(number, draw.randrange(companies), hosts, draw.random())


def troubles(seed: int, round_number: int, kinds: list) -> list:
    """Each trouble once, in an order of this round's own."""
    draw = random.Random(f"{seed} round {round_number}")  # noqa: S311
    return draw.sample(kinds, len(kinds))
