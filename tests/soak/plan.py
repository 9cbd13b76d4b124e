"""What is done at each step: the same for the same seed, however fast the machine is."""

import random
from dataclasses import dataclass

SPACING = 5
"""Steps from one trouble to the next."""

TICK = 10
"""Steps after which the clock moves."""

PICKUPS = ("price", "request", "status", "cancel")

# What UPS does instead of answering well, and to which routes. Each meets one request of a route,
# for pickups one of each of theirs.
_FAULTS = {
    "answers 400": ({"kind": "status", "status": 400}, "pickups"),
    "answers 401": ({"kind": "status", "status": 401}, "countries pickups"),
    "answers 429": (
        {"kind": "status", "status": 429, "headers": {"Retry-After": "1"}},
        "refresh countries pickups",
    ),
    "answers 500": ({"kind": "status", "status": 500}, "refresh countries token"),
    "answers 503": ({"kind": "status", "status": 503}, "authorize"),
    "answers 503 after the work": (
        {"kind": "status", "status": 503, "when": "after"},
        "refresh pickups",
    ),
    "answers with HTML": ({"kind": "html"}, "refresh countries pickups"),
    "answers with HTML and 200": ({"kind": "html", "status": 200}, "refresh"),
    "answers with HTML and 200 after the work": (
        {"kind": "html", "status": 200, "when": "after"},
        "pickups",
    ),
    "cuts the answer short": ({"kind": "truncated"}, "refresh countries token pickups"),
    "answers with a megabyte": ({"kind": "oversized"}, "refresh"),
    "answers with a megabyte after the work": ({"kind": "oversized", "when": "after"}, "pickups"),
    "takes 2 seconds": ({"kind": "hang", "seconds": 2}, "refresh countries pickups"),
    "drops the connection": ({"kind": "drop"}, "refresh countries token pickups"),
    "drops it after the work": ({"kind": "drop", "when": "after"}, "refresh token pickups"),
    "leads to its error page": ({"kind": "error_page"}, "authorize"),
}
BAD_ANSWERS = {
    f"UPS, {each}: {said}": (PICKUPS if each == "pickups" else (each,), fault)
    for said, (fault, routes) in _FAULTS.items()
    for each in routes.split()
}


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
