"""Steering the simulator from another process."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request

from ups_simulator_http import RecordedRequest


class Patience:
    """What UpsSimulator and SimulatorControl can both do, given `calls`."""

    def wait_for_calls(self, route: str, count: int, timeout: float = 10) -> None:
        """Return as soon as UPS has seen `count` requests, answered or not.

        :raise TimeoutError: when they do not come.
        """
        deadline = time.monotonic() + timeout
        while self.calls(route) < count:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{self.calls(route)} of {count} calls to {route} came")
            time.sleep(0.005)


# Past any proxy of this machine.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class SimulatorControl(Patience):
    """Steers a simulator in another process: whatever is a `control` there is a method here.

    Its values have come as JSON; those that are something else stand below.
    """

    def __init__(self, base_url: str):
        self.base_url = base_url.rstrip("/")

    def __getattr__(self, name: str):
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *positional, **named: self._ask(name, {**named, "*": positional})

    @property
    def requests(self) -> list[RecordedRequest]:
        return [RecordedRequest.from_json(request) for request in self._ask("requests", {})]

    def issued_secrets(self) -> set[str]:
        return set(self._ask("issued_secrets", {}))

    def _ask(self, name: str, arguments: dict):
        """:raise ValueError: with the simulator's sentence, when it refuses."""
        request = urllib.request.Request(  # noqa: S310  the test's own address
            f"{self.base_url}/_control/{name}", json.dumps(arguments).encode(),
            {"Content-Type": "application/json"},
        )  # fmt: skip
        try:
            with _OPENER.open(request, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                raise ValueError(json.load(error)["error"]) from None
