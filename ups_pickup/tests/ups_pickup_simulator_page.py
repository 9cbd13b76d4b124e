"""The driver's side, for a person who tries the addon: which trucks are on their way.

It refreshes itself without JavaScript, and its buttons do what a driver does.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from ups_pickup_simulator_shapes import many
from ups_pickup_simulator_trucks import MESSAGES, ON_CALL, Truck
from ups_simulator_pages import PAGE, STYLE

REFRESH = '<meta http-equiv="refresh" content="5">'  # seconds
LOOK = """
main { max-width: 64rem; }
.truck { margin: 1rem 0; padding: .75rem 1rem; border: 1px solid #6d6685; border-radius: .25rem; }
.truck h2 { margin: 0; font-size: 1.1rem; }
.truck p { margin: .25rem 0; overflow-wrap: anywhere; }
.ended { color: #5b5470; background: #f3f0fa; }
.prn { font: 700 1.25rem ui-monospace, monospace; }
"""
BUTTONS = {
    ON_CALL: {"002": "Dispatch", "005": "Be late", "003": "Collect", "004": "Nobody there"},
    "02": {"003": "Collect", "004": "Miss it", "005": "Not in", "006": "Not ready"},
}


def trucks_page(trucks: Iterable[Truck], today: str) -> str:
    """Newest first.

    :param today: UPS's, in words.
    """
    found = [_truck(truck) for truck in reversed(list(trucks))]
    none = "<p>No driver has been asked for. Request a pickup in Odoo: it shows here.</p>"
    content = f'<p class="step">UPS\'s day is {escape(today)}.</p>\n' + ("\n".join(found) or none)
    page = PAGE.format(title="Trucks on their way", style=STYLE + LOOK, content=content)
    return page.replace("<title>", f"{REFRESH}\n<title>", 1)


def _truck(truck: Truck) -> str:
    state = "" if truck.is_open else " ended"
    words = MESSAGES[truck.kind].get(truck.code, truck.message)
    return f"""<section class="truck{state}" id="{escape(truck.prn)}">
<h2><span class="prn">{escape(truck.prn)}</span> &middot; {_day(truck.date)}</h2>
<p>Account {escape(truck.account or "none")}</p>
<p><strong>{escape(truck.code)} {escape(words)}</strong></p>
{"".join(_ask(ask) for ask in truck.asks)}
{_buttons(truck) if truck.is_open else ""}
</section>"""


def _day(date: str) -> str:
    return f"{date[:4]}-{date[4:6]}-{date[6:]}"


def _ask(ask: dict) -> str:
    if "PickupAddress" not in ask:
        return f"<p>Smart Pickup of account {escape(ask['AccountNumber'])}</p>"
    address, when = ask["PickupAddress"], ask["PickupDateInfo"]
    count = sum(int(piece["Quantity"]) for piece in many(ask["PickupPiece"]))
    pieces = "1 piece" if count == 1 else f"{count} pieces"
    parts = (address.get(name, "") for name in ("Room", "Floor", "PickupPoint"))
    where = [address["CompanyName"], *many(address["AddressLine"]), address["City"], *parts]
    lines = (
        ", ".join(filter(None, where)),
        f"{_hour(when['ReadyTime'])} to {_hour(when['CloseTime'])}, {pieces}, "
        f"ask for {address['ContactName']}, {address['Phone']['Number']}",
        ask.get("SpecialInstruction", ""),
        "Reference " + ask.get("ReferenceNumber", "none"),
    )
    return "".join(f"<p>{escape(line)}</p>" for line in lines if line)


def _hour(text: str) -> str:
    return f"{text[:2]}:{text[2:]}"


def _buttons(truck: Truck) -> str:
    buttons = (
        f'<button type="submit" name="code" value="{code}">{escape(words)}</button>'
        for code, words in BUTTONS[truck.kind].items()
    )
    return f"""<form method="post" action="/trucks" class="buttons">
<input type="hidden" name="prn" value="{escape(truck.prn)}">{"".join(buttons)}</form>"""
