"""What every simulator of UPS's servers has: a table of routes, faults, a record, and controls.

Nothing here knows what UPS does: that is the work of the routes in ``ROUTES``. A subclass adds
routes, memory and controls of its own; ups_pickup's `ups_pickup_simulator.py` is one.
"""

from __future__ import annotations

import contextlib
import inspect
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import ups_simulator_http as http
from ups_simulator_control import Patience
from ups_simulator_faults import Fault, Weather, is_duration
from ups_simulator_http import Answer, Call, RecordedRequest, Refused, check
from ups_simulator_memory import Memory
from werkzeug.datastructures import MultiDict


@dataclass(frozen=True)
class Route:
    """One endpoint.

    :param name: in the record, in faults and in ``calls``; empty for a page for persons, which has
        none of the three.
    :param method: ``*`` for any.
    :param pattern: a regular expression for the whole path; its named groups become arguments.
    :param work: the simulator's method that answers, called with the request and those arguments.
    :param errors: code and words of UPS's, by status, that a queued fault answers with here.
    """

    name: str
    method: str
    pattern: str
    work: str
    errors: dict[int, tuple[str, str]] = field(default_factory=dict)


def control(function):
    """Let a method (or the getter below ``property``) be called from another process, by its name:
    POST /_control/<name> with its arguments as a JSON object.
    """
    function.is_control = True
    return function


class Simulator(Patience):
    """A server with a memory. A context manager; `start` and `stop` do the same by hand."""

    ROUTES: tuple[Route, ...] = ()
    MEMORY = Memory

    def __init__(self, host="localhost", port=0, verbose=False):
        """
        :param port: 0 takes a free one at the first start, and keeps it.
        """
        check(http.is_loopback(host), f"The simulator listens on loopback only, not on {host}")
        self.host, self.port, self.verbose = host, port, verbose
        self.memory = self.MEMORY()
        self._weather = Weather(
            tuple(dict.fromkeys(route.name for route in self.ROUTES if route.name))
        )
        self._requests: list[RecordedRequest] = []
        self._server: http.SimulatorServer | None = None

    # === LIFE === #

    def __enter__(self):
        return self.start()

    def __exit__(self, *_exc) -> None:
        self.stop()

    def start(self):
        """:raise OSError: when the port is taken."""
        self._weather.stop(False)
        self._server = http.SimulatorServer(self.host, self.port, self.handle, self.verbose)
        self.port = self._server.server_address[1]
        return self

    def stop(self) -> None:
        """End every connection. What UPS remembers stays: `start` again, and it was an outage."""
        self._weather.stop(True)
        server, self._server = self._server, None
        if server:
            server.end()

    @property
    def base_url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    # === CONTROLS === #

    @control
    def queue_fault(self, route: str, kind: str, **options) -> None:
        """Let one of the next requests go wrong, first queued first served.

        :param route: the name of a route, or * for any of them.
        :param kind: `status` answers that status (with `body`, or UPS's envelope for it);
            `drop` closes the connection; `hang` holds the answer until `release`, `seconds` or
            `stop`; `truncated` does the work and cuts the answer; `html` is a gateway's page
            (502 unless `status` says other); `oversized` is over 1 MiB; `error_page` is
            authorize's way of saying unavailable.
        :param options: see `Fault`. `when` is `before` UPS does the work (so it never happens;
            after a hang it happens only if the client still waits) or `after` it (the code is
            spent, the token rotated); `times` is how often.
        :raise ValueError: with a sentence, for anything else.
        """
        self._weather.queue(Fault(route, kind, **options))

    @control
    def clear_faults(self) -> None:
        """Forget what is still queued to go wrong."""
        self._weather.clear()

    @control
    def release(self) -> None:
        """Let hanging answers go."""
        self._weather.release()

    @control
    def set_latency(self, seconds: float, route: str = "*") -> None:
        """Answer that much later; on one route, or on all and no longer otherwise on any."""
        check(is_duration(seconds), "seconds is a number from 0 on")
        self._weather.set_latency(seconds, route)

    @control
    def advance_clock(self, seconds: float) -> None:
        """Move UPS's clock, and so every expiry and `issued_at`; negative goes back."""
        check(type(seconds) in (int, float) and abs(seconds) < 1e9, "seconds is a number")
        with self.memory.lock:
            self.memory.offset += seconds

    @control
    def reset(self) -> None:
        """As new, but the secrets issued stay known: the logs they are searched in outlive it."""
        self._weather.clear()
        with self.memory.lock:
            self.memory.forget()
            self._requests.clear()

    @property
    @control
    def requests(self) -> list[RecordedRequest]:
        """Every request to UPS's endpoints, oldest first; not the pages, not the controls."""
        with self.memory.lock:
            return [replace(request) for request in self._requests]

    @control
    def forget_requests(self) -> None:
        with self.memory.lock:
            self._requests.clear()

    @control
    def calls(self, route: str = "*") -> int:
        """How many requests UPS has seen, answered or not."""
        with self.memory.lock:
            return sum(route in ("*", request.route) for request in self._requests)

    # === ONE REQUEST === #

    def handle(self, call: Call) -> Answer | None:
        """Answer one request; None closes the connection without a word."""
        if not http.is_loopback(http.host_name(call.headers.get("Host", ""))):
            # A web page whose name points to 127.0.0.1 must not get in (DNS rebinding).
            return Answer(421, b"The simulator answers to loopback names only.\n")
        if call.path.startswith("/_control/"):
            return self._control(call)
        matches = [(route, re.fullmatch(route.pattern, call.path)) for route in self.ROUTES]
        here = [(route, match.groupdict()) for route, match in matches if match]
        if not here:
            return Refused(404, "10404", "Not Found").answer()
        meant = [one for one in here if one[0].method in (call.method, "*")]
        route, arguments = (meant or here)[0]
        work = getattr(self, route.work) if meant else _not_allowed(here)
        if not route.name:
            return http.ask(work, call, arguments)
        return self._as_ups(call, route, lambda: http.ask(work, call, arguments), bool(meant))

    def _as_ups(self, call, route: Route, work: Callable[[], Answer], is_allowed) -> Answer | None:
        seen = self._weather.releases()  # before the record: who sees the request may release it
        record = self._record(call, route)
        if not self._weather.linger(route.name):
            return None
        answer = self._through_weather(call, record, route, work, seen) if is_allowed else work()
        with self.memory.lock:
            record.status = answer.status if answer else None
        return answer

    def _record(self, call: Call, route: Route) -> RecordedRequest:
        record = RecordedRequest(
            call.method, call.path, route.name, MultiDict(), MultiDict(), call.headers, None,
            time.time(), call.port,
        )  # fmt: skip
        with contextlib.suppress(Refused):  # malformed: that is for the endpoint to say
            record.query, record.form, record.json = call.query, call.form, call.json
        with self.memory.lock:
            self._requests.append(record)
        return record

    def _through_weather(self, call, record, route: Route, work, seen: int) -> Answer | None:
        def do() -> Answer:
            answer = work()
            record.done = answer.status
            return answer

        fault = self._weather.take(route.name)
        if fault is None:
            return do()
        record.fault = fault.kind
        done = do() if fault.does_the_work else None
        if fault.kind != "hang":
            return fault.disguise(done, route.errors)
        goes_on = self._weather.hold(seen, fault.seconds)
        if not goes_on or call.client_gone():
            return None
        return done or do()

    # === THE CONTROLS OVER HTTP === #

    def _control(self, call: Call) -> Answer:
        name = call.path.removeprefix("/_control/")
        member = getattr(type(self), name, None)
        function = getattr(member, "fget", member)
        if call.method != "POST" or not getattr(function, "is_control", False):
            return http.json_answer({"error": f"There is no control {call.method} {name!a}."}, 404)
        # A page elsewhere cannot send this type without asking first, and gets no answer to that.
        if call.mimetype != "application/json":
            return http.json_answer({"error": "Send JSON, as application/json."}, 400)
        try:
            arguments = json.loads(call.body or b"{}")
            check(isinstance(arguments, dict), "The body is a JSON object")
            positional = arguments.pop("*", ())
            bound = inspect.signature(function).bind(self, *positional, **arguments)
            return http.json_answer(function(*bound.args, **bound.kwargs))
        except (TypeError, ValueError, RecursionError) as error:
            return http.json_answer({"error": str(error)}, 400)


def _not_allowed(here: list) -> Callable[..., Answer]:
    def answer(_call, **_arguments) -> Answer:
        refusal = Refused(405, "10405", "Method Not Allowed").answer()
        refusal.headers["Allow"] = ", ".join(route.method for route, _arguments in here)
        return refusal

    return answer
