"""A stand-in for UPS's Pickup API: UPS's simulator with trucks.

As strict as UPS's description (tests/contract/ups/Pickup.yaml), but it books a past date, as UPS
does. It keeps trucks, returns the same PRN for the same open address, point and day, and tells of
today and tomorrow only.
Where UPS's behaviour is not published, the comment says "inferred", and there is a control for the
other way.

In a test::

    with UpsPickupSimulator("id", "secret", [uri], accounts=["A1B2C3"]) as sim:
        sim.set_time("2026-03-08T23:30:00-05:00")
        sim.queue_fault("request", "drop", when="after")     # a lost answer: the truck comes
        sim.set_code(sim.trucks()[0]["prn"], "002")

On its own, as ``ups_simulator.py``, whose options it has; the trucks show at /trucks.

Routes for faults: ``price``, ``request`` (a smart trigger, too), ``status``, ``cancel``, and those
of UPS's simulator.
"""

from __future__ import annotations

import datetime
import os
import re
import sys
from collections.abc import Iterable

# As ups_simulator.py does. That stands beside this addon, or wherever PYTHONPATH says.
sys.path.append(os.path.dirname(os.path.abspath(__file__)))
sys.path.append(os.path.abspath(f"{__file__}/../../../ups_pickup_oauth/tests"))

import ups_pickup_simulator_answers as answers
import ups_pickup_simulator_shapes as shapes
import ups_pickup_simulator_trucks as fleet
import ups_simulator
import ups_simulator_http as http
from ups_pickup_simulator_page import trucks_page
from ups_simulator_base import Route, control
from ups_simulator_login import PAGE_HEADERS, html_page
from ups_simulator_memory import Memory

Answer, Call, Refused, check = http.Answer, http.Call, http.Refused, http.check
EASTERN = fleet.EASTERN

ACCOUNT, SMART_ACCOUNT = "SIM001", "SIM002"
"""What the signed-in user owns, where nothing else is said."""

NOT_THE_USERS_ACCOUNT = "9510154", "The account does not belong to the user."
NO_SMART_PICKUP = "9510029", "The account has no Smart Pickup."
NO_SUCH_PICKUP = "9510201", "There is no such pickup, or it can no longer be cancelled."
"""The number is inferred, and that "already" and "too late" cannot be told apart."""

_API = "/api/shipments/v2409/pickup"
_BAD_TOKEN = {401: ("250002", "Invalid Authentication Information.")}
_KINDS = {"oncall": (fleet.ON_CALL,), "smart": (fleet.SMART,), "both": (fleet.ON_CALL, fleet.SMART)}


class PickupMemory(Memory):
    """What UPS's simulator remembers, and the trucks."""

    def forget(self) -> None:
        super().forget()
        self.trucks = fleet.Trucks()
        self.time_offset = 0.0  # of the pickups' clock alone: tokens have the other


class UpsPickupSimulator(ups_simulator.UpsSimulator):
    """UPS on this machine, with drivers."""

    MEMORY = PickupMemory
    ROUTES = (
        Route("", "*", "/|/trucks", "_driver"),
        Route("price", "POST", f"{_API}/oncall", "_price", _BAD_TOKEN),
        Route("status", "GET", f"{_API}/(?P<kind>oncall|smart|both)", "_status", _BAD_TOKEN),
        Route("cancel", "DELETE", f"{_API}/(?P<by>[0-9]+)", "_cancel", _BAD_TOKEN),
        Route("request", "POST", "/api/pickupcreation/v2409/pickup", "_request", _BAD_TOKEN),
        *ups_simulator.UpsSimulator.ROUTES,
    )

    def __init__(
        self,
        *oauth,
        accounts: Iterable[str] | None = None,
        smart_accounts: Iterable[str] | None = None,
        **more,
    ):
        """
        :param accounts: that the signed-in user owns.
        :param smart_accounts: those with a Smart Pickup contract, which are owned, too.
        :param oauth: and more: see `UpsSimulator`.
        """
        smart = [SMART_ACCOUNT] if smart_accounts is None else smart_accounts
        self._first_accounts = {*([ACCOUNT] if accounts is None else accounts), *smart}, set(smart)
        super().__init__(*oauth, **more)

    def _as_given(self) -> None:
        super()._as_given()
        owned, smart = self._first_accounts
        self.accounts, self.smart_accounts = set(owned), set(smart)
        self._shape, self._lists_ended = "array", True

    # === CONTROLS === #

    @control
    def own_account(self, number: str) -> None:
        """Let the user own an account."""
        check(isinstance(number, str) and re.fullmatch(shapes.ACCOUNT, number), "number is none")
        with self.memory.lock:
            self.accounts.add(number)

    @control
    def set_time(self, moment: str) -> None:
        """Set the pickups' clock, which goes on from there. Tokens keep theirs.

        :param moment: ISO 8601 with an offset, as 2026-03-08T23:30:00-05:00.
        """
        when = datetime.datetime.fromisoformat(moment)
        check(when.tzinfo, "moment has an offset from UTC")
        with self.memory.lock:
            self.memory.time_offset = when.timestamp() - self.memory.now()

    @control
    def set_shape(self, shape: str) -> None:
        """`array`: as described, empty ones included. `object`: one entry comes as an object, none
        not at all, and a smart trigger's answer stands inside `Response`, as in UPS's samples.
        """
        check(shape in ("array", "object"), "shape is array or object")
        self._shape = shape

    @control
    def set_lists_ended(self, lists_ended: bool) -> None:
        """Whether a status tells of those that have ended today (inferred; at first it does)."""
        check(isinstance(lists_ended, bool), "lists_ended is true or false")
        self._lists_ended = lists_ended

    @control
    def set_code(self, prn: str, code: str) -> None:
        """Any code, known or not: what the driver, or UPS's office, has done."""
        with self.memory.lock:
            self._truck(prn).code = code

    @control
    def forget_truck(self, prn: str) -> None:
        """Let it vanish from the status; it still comes."""
        with self.memory.lock:
            self._truck(prn).is_listed = False

    def _truck(self, prn: str):
        truck = self.memory.trucks.by_prn.get(prn)
        check(truck, "There is no truck with that PRN")
        return truck

    @control
    def refuse_next(self, route: str, code: str, words: str, status: int = 400, times: int = 1):
        """Refuse in UPS's envelope; with status 200, by ResponseStatus 0."""
        body = {"response": {"errors": [{"code": code, "message": words}]}}
        if status == 200:
            check(route in answers.NAMES, f"route is one of {', '.join(answers.NAMES)}")
            body = {answers.NAMES[route]: answers.failed(code, words)}
        self.queue_fault(route, "status", status=status, body=body, times=times)

    @control
    def trucks(self) -> list[dict]:
        """Every driver asked for, oldest first; `asks` is what UPS was sent for him."""
        with self.memory.lock:
            return [truck.as_dict() for truck in self.memory.trucks]

    def today(self) -> datetime.date:
        """UPS's. The caller holds the lock."""
        moment = self.memory.now() + self.memory.time_offset
        return datetime.datetime.fromtimestamp(moment, EASTERN).date()

    # === UPS'S ENDPOINTS === #

    def _price(self, call: Call) -> Answer:
        _name, asked = self._asked(call, "PickupRateRequest")
        account = asked.get("ShipperAccount")
        with self.memory.lock:
            if account:
                self._check_owned(account["AccountNumber"])
            day = answers.day_kind(asked, self.today())
        result = answers.rate_result(asked, day)
        weekend = answers.weekend(asked)
        return self._answer("price", answers.good() | {"RateResult": result} | weekend)

    def _request(self, call: Call) -> Answer:
        name, asked = self._asked(call, "PickupCreationRequest", "PickupTriggerGWNRequest")
        with self.memory.lock:
            return (self._book if name == "PickupCreationRequest" else self._trigger)(asked)

    def _book(self, asked: dict) -> Answer:
        """A past date is booked, too (measured)."""
        account = asked.get("Shipper", {}).get("Account", {}).get("AccountNumber", "")
        if account:
            self._check_owned(account)
        _check_tables(asked)
        truck = self.memory.trucks.send(asked, account)
        rated = answers.booking_rate(asked, self.today())
        weekend = answers.weekend(asked)
        return self._answer("request", answers.good() | {"PRN": truck.prn} | rated | weekend)

    def _trigger(self, asked: dict) -> Answer:
        number, today = asked["AccountNumber"], self.today()
        self._check_owned(number)
        if number not in self.smart_accounts:
            raise Refused(400, *NO_SMART_PICKUP)
        day = today if asked["ServiceDateOption"] == "01" else fleet.next_business_day(today)
        truck, was_there = self.memory.trucks.trigger(asked, f"{day:%Y%m%d}")
        content = answers.triggered(truck.prn, truck.date, was_there)
        if self._shape == "object":
            answer = {"Response": answers.good()["Response"] | content}
        else:
            answer = answers.good() | content
        return self._answer("trigger", answer)

    def _status(self, call: Call, kind: str) -> Answer:
        self._check_caller(call)
        number = call.headers.get("AccountNumber", "")
        if not re.fullmatch(shapes.ACCOUNT, number):
            raise Refused(400, shapes.INVALID, "Missing or invalid AccountNumber")
        with self.memory.lock:
            self._check_owned(number)
            listed = self.memory.trucks.listed(
                number, _KINDS[kind], self.today(), self._lists_ended
            )
            found = [truck.pending() for truck in listed]
        return self._answer("status", answers.good() | {"PendingStatus": found})

    def _cancel(self, call: Call, by: str) -> Answer:
        self._check_caller(call)
        if by != "02":
            raise Refused(400, shapes.INVALID, "CancelBy 01 may end more than one: not simulated")
        prn = call.headers.get("Prn", "")
        if not re.fullmatch(r"[0-9A-Z]{11}", prn):
            raise Refused(400, shapes.INVALID, "Missing or invalid Prn")
        with self.memory.lock:
            truck = self.memory.trucks.by_prn.get(prn)
            if truck is None or not truck.is_open:
                raise Refused(400, *NO_SUCH_PICKUP)
            truck.code = fleet.CANCELLED[truck.kind]
            return self._answer("cancel", answers.good() | answers.cancelled(truck.kind))

    def _check_caller(self, call: Call) -> None:
        """Pickup.yaml requires transId and transactionSrc for countries only; a session which left
        them out here would be a mistake of ours.
        """
        self.check_transaction(call)
        self.check_bearer(call)
        http.parameters(call.query, set())

    def _asked(self, call: Call, *names: str) -> tuple[str, dict]:
        self._check_caller(call)
        try:
            return shapes.check(call.json, *names)
        except shapes.Bad as bad:
            raise Refused(400, bad.code, str(bad)) from None

    def _check_owned(self, number: str) -> None:
        if number not in self.accounts:
            raise Refused(400, *NOT_THE_USERS_ACCOUNT)

    def _answer(self, route: str, content: dict) -> Answer:
        if self._shape == "object":
            content = answers.as_objects(content)
        return http.json_answer({answers.NAMES[route]: content})

    # === THE DRIVER'S PAGE === #

    def _driver(self, call: Call) -> Answer:
        if call.method == "POST":
            return self._driver_does(call)
        if call.method != "GET":
            return html_page("", 405)
        with self.memory.lock:
            return html_page(trucks_page(self.memory.trucks, f"{self.today():%A, %d %B %Y}"))

    def _driver_does(self, call: Call) -> Answer:
        # A page elsewhere must not drive; the Origin would be "null", as no referrer is sent.
        if call.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
            return html_page("", 403)
        form = call.form
        with self.memory.lock:
            truck = self.memory.trucks.by_prn.get(form.get("prn", ""))
            if truck and truck.is_open and re.fullmatch(r"[0-9]{3}", form.get("code", "")):
                truck.code = form["code"]
        return Answer(303, headers={**PAGE_HEADERS, "Location": "/trucks"})


def _check_tables(asked: dict) -> None:
    """What UPS keeps in lists that it does not publish: no client can know it before."""
    address = asked["PickupAddress"]
    point = address.get("PickupPoint")
    if point is not None and point not in shapes.PICKUP_POINTS:
        raise Refused(400, shapes.PICKUP_POINT, "The pickup point is not valid.")
    services = {piece["ServiceCode"] for piece in shapes.many(asked["PickupPiece"])}
    if address["CountryCode"] == "DE" and "001" in services:  # measured
        raise Refused(400, shapes.SERVICE, "The service is not valid for the country.")


if __name__ == "__main__":
    sys.exit(ups_simulator.main(UpsPickupSimulator))
