"""What goes wrong, when, and how late answers are. Nothing here knows UPS's rules."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from http import HTTPStatus

from ups_simulator_http import Answer, Refused, check, json_answer

DEFAULT_ERRORS = {
    400: ("10400", "Invalid Request"),
    401: ("10401", "ClientId is Invalid"),
    403: ("10403", "Blocked Merchant"),
    429: ("10429", "Too Many Requests"),
}
KINDS = ("status", "drop", "hang", "truncated", "html", "oversized", "error_page")
HTML = b"<!doctype html><html><body><h1>Bad Gateway</h1><p>nginx (simulated)</p></body></html>"


@dataclass
class Fault:
    """Something that goes wrong with one of the next requests. See UpsSimulator.queue_fault."""

    route: str
    kind: str
    status: int | None = None
    body: str | dict | list | None = None
    headers: dict[str, str] | None = None
    when: str = "before"
    seconds: float | None = None
    times: int = 1

    def __post_init__(self):
        check(self.kind in KINDS, f"kind is one of {', '.join(KINDS)}")
        check(self.when in ("before", "after"), "when is 'before' or 'after' UPS's work")
        check(type(self.times) is int and self.times >= 1, "times is a whole number from 1 on")
        check(self.kind != "status" or self.status is not None, "kind 'status' needs a status")
        check(
            self.status is None or (type(self.status) is int and 200 <= self.status <= 599),
            "status is a number from 200 to 599",
        )
        only_here = self.kind != "error_page" or self.route == "authorize"
        check(only_here, "error_page is something that only authorize does")

    @property
    def does_the_work(self) -> bool:
        """Whether UPS did what was asked (code spent, token rotated) although the answer is bad."""
        return self.when == "after" or self.kind == "truncated"

    def disguise(self, done: Answer | None, errors: dict) -> Answer | None:
        """The answer that goes out instead of `done`; None to close the connection.

        :param done: what UPS would have answered; None when the work was not done.
        :param errors: the route's own, by status.
        """
        if self.kind == "drop":
            return None
        answer = getattr(self, f"_{self.kind}")(done, errors)
        answer.headers.update(self.headers or {})
        return answer

    def _status(self, _done: Answer | None, errors: dict) -> Answer:
        if self.body is None:
            return _default_error(errors, self.status)
        if isinstance(self.body, str):
            is_json = self.body.lstrip()[:1] in ("{", "[")
            kind = "application/json" if is_json else "text/html; charset=utf-8"
            return Answer(self.status, self.body.encode(), {"Content-Type": kind})
        return json_answer(self.body, self.status)

    def _truncated(self, done: Answer, _errors: dict) -> Answer:
        return replace(done, cut=True)

    def _html(self, _done: Answer | None, _errors: dict) -> Answer:
        return Answer(self.status or 502, HTML, {"Content-Type": "text/html; charset=utf-8"})

    def _oversized(self, done: Answer | None, errors: dict) -> Answer:
        # Blanks keep it valid JSON: a client without a limit would accept it and fail the test.
        real = done or _default_error(errors, 400)
        body = real.body + b" " * (1 << 20)
        return Answer(self.status or 200, body, {"Content-Type": "application/json"})

    def _error_page(self, _done: Answer | None, _errors: dict) -> Answer:
        return Answer(302, headers={"Location": "https://www.ups.com/error.page"})


def _default_error(errors: dict, status: int) -> Answer:
    phrase = HTTPStatus(status).phrase if status in set(HTTPStatus) else "Error"
    fallback = DEFAULT_ERRORS.get(status, (f"10{status}", phrase))
    return Refused(status, *errors.get(status, fallback)).answer()


def is_duration(value) -> bool:
    return type(value) in (int, float) and 0 <= value < float("inf")


class Weather:
    """Faults, latency and hanging answers. It never holds a lock while somebody waits."""

    def __init__(self, routes: tuple[str, ...]):
        self._routes = routes
        self._changed = threading.Condition()
        self._faults: list[Fault] = []
        self._latency: dict[str, float] = {}
        self._releases = 0
        self._stopping = False

    def queue(self, fault: Fault) -> None:
        self._check_route(fault.route)
        with self._changed:
            self._faults.append(fault)

    def _check_route(self, route: str) -> None:
        check(route in ("*", *self._routes), f"route is one of {', '.join(self._routes)} or *")

    def take(self, route: str) -> Fault | None:
        with self._changed:
            for fault in self._faults:
                if fault.route in (route, "*"):
                    fault.times -= 1
                    if not fault.times:
                        self._faults.remove(fault)
                    return fault
        return None

    def set_latency(self, seconds: float, route: str) -> None:
        self._check_route(route)
        with self._changed:
            if route == "*":
                self._latency.clear()
            self._latency[route] = seconds

    def linger(self, route: str) -> bool:
        """Sleep for the route's latency. :return: False when the simulator stops."""
        with self._changed:
            seconds = self._latency.get(route, self._latency.get("*", 0))
            if seconds:
                self._changed.wait_for(lambda: self._stopping, seconds)
            return not self._stopping

    def releases(self) -> int:
        with self._changed:
            return self._releases

    def hold(self, seen: int, seconds: float | None) -> bool:
        """Wait for a release later than the one `seen`. :return: False when the simulator stops."""
        with self._changed:
            self._changed.wait_for(lambda: self._stopping or self._releases > seen, seconds)
            return not self._stopping

    def release(self) -> None:
        with self._changed:
            self._releases += 1
            self._changed.notify_all()

    def clear(self) -> None:
        with self._changed:
            self._faults.clear()
            self._latency.clear()
        self.release()

    def stop(self, stopping: bool) -> None:
        with self._changed:
            self._stopping = stopping
            self._changed.notify_all()
