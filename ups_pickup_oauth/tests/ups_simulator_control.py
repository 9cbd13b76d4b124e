"""Steering the simulator from another process, and walking its pages as a person does."""

from __future__ import annotations

import html.parser
import json
import time
import urllib.error
import urllib.request
from urllib.parse import urlencode, urljoin, urlsplit

if __package__:
    from .ups_simulator_http import RecordedRequest, check
    from .ups_simulator_pages import PASSWORD, USERNAME
else:
    from ups_simulator_http import RecordedRequest, check
    from ups_simulator_pages import PASSWORD, USERNAME


class Vocabulary:
    """What UpsSimulator and SimulatorControl can both do, given the rest."""

    base_url: str

    def person_agrees(self, authorize_url: str) -> str:
        """Walk the pages as a person does. :return: the URL the browser is sent back to."""
        return Person(authorize_url).walk("allow")

    def person_cancels(self, authorize_url: str) -> str:
        """Press Cancel on the first page. :return: the URL the browser is sent back to."""
        return Person(authorize_url).walk("cancel")

    def wait_for_calls(self, route: str, count: int, timeout: float = 10) -> None:
        """Return as soon as UPS has seen `count` requests, answered or not.

        :raise TimeoutError: when they do not come.
        """
        deadline = time.monotonic() + timeout
        while self.calls(route) < count:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{self.calls(route)} of {count} calls to {route} came")
            time.sleep(0.005)


class Person:
    """Someone with a browser who knows the user name and the password."""

    def __init__(self, authorize_url: str):
        self._site = "{0.scheme}://{0.netloc}".format(urlsplit(authorize_url))
        self._start = authorize_url

    def walk(self, consent: str) -> str:
        """:raise ValueError: when UPS refuses the authorize URL, or a page what is typed."""
        url, form = self._start, None
        for _ in range(12):
            status, location, page = self._visit(url, form)
            form = None
            if location:
                url = urljoin(url, location)
                if not url.startswith(f"{self._site}/login"):
                    return url
            else:
                fields = _FormReader(page).fields
                check(status == 200 and "action" in fields, f"UPS answered {status}: {page[:500]}")
                form = self._fill_in(fields, consent)
        raise ValueError("The pages lead nowhere.")

    def _fill_in(self, form: dict[str, str], consent: str) -> dict[str, str]:
        known = {"username": USERNAME, "password": PASSWORD, "agreement": "yes"}
        filled = {name: known[name] for name in form if name in known}
        return {**filled, "action": "cancel" if consent == "cancel" else form["action"]}

    def _visit(self, url: str, form: dict | None = None) -> tuple[int, str, str]:
        data = urlencode(form).encode() if form else None
        try:
            answer = _OPENER.open(url, data, timeout=60)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            return answer.status, answer.headers.get("Location", ""), answer.read().decode()


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follow no redirect: the last one leads to the application."""

    def redirect_request(self, *_args):
        return None


# Past any proxy of this machine.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}), _Stay())


class _FormReader(html.parser.HTMLParser):
    """The names of a page's inputs, and its first button."""

    def __init__(self, page: str):
        super().__init__()
        self.fields: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if tag in ("input", "button") and "name" in attributes:
            self.fields.setdefault(attributes["name"], attributes.get("value", ""))


class SimulatorControl(Vocabulary):
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
