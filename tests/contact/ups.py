"""UPS as the steps see it. It knows what was booked, and cancels it."""

from __future__ import annotations

import datetime
import re
import secrets
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, replace
from types import SimpleNamespace

import pickup_api
from pickup_api import Booked, Cancelled, Entry, PickupRequest, Refused, Unknown, answers, paths
from pickup_api.reading import json_in as texts_in
from requests.auth import HTTPBasicAuth
from ups_client import AskPersonAgain, TokenSet, UpsError, UpsSession, transport
from ups_client.complaints import Complaint, complaint_in, json_in
from ups_client.hosts import REFRESH_PATH, TOKEN_PATH
from ups_client.token_set import NotApprovedError, UnreadableError, read_token_set

from tests.contact.browser import Browser
from tests.contact.settings import Settings


@dataclass(frozen=True)
class Finding:
    """What UPS did.

    :param said: in words of ours, the same whenever UPS does the same.
    :param note: UPS's words beside it; the report makes them fit to show.
    """

    said: str
    note: str = ""


class Unclear(Exception):
    """UPS's answer tells nothing about the assumption; the sentence says what it was."""


class Ups:
    """What a step may ask.

    :param prns: of what is booked and not yet cancelled, and how often.
    :param unsure: references of what a lost answer may have booked, and for which day.
    """

    def __init__(self, settings: Settings, browser: Browser):
        self.settings, self.browser, self.client = settings, browser, settings.client
        self.tokens: TokenSet | None = None
        self.token_answer = self.last = None
        self.secrets = {settings.client_id, settings.client_secret, settings.account}
        self.prns: Counter[str] = Counter()
        self.unsure: dict[str, datetime.date] = {}
        self._cancelled: set[str] = set()
        self.session = UpsSession(settings.base_url, lambda refused=None: self.tokens.access_token)
        self.session.hooks["response"].append(self._remember)
        self.run = f"contact-{secrets.token_hex(4)}"
        self._count = 0
        self._not_ours: set[str] = set()

    # === SIGNING IN === #

    def code(self, use_pkce: bool) -> tuple[str, str | None]:
        """Have the person bring a code; its verifier comes with it."""
        errand = replace(self.client, use_pkce=use_pkce).begin(self.settings.redirect_uri)
        code = self.browser.fetch(errand)
        self.secrets |= {code, errand.state, errand.code_verifier or code}
        return code, errand.code_verifier

    def exchange(self, code: str, verifier: str | None, basic: bool = False) -> Finding:
        """Spend a code, in ways that the client does not know, too."""
        form = {"grant_type": "authorization_code", "code": code}
        form["redirect_uri"] = self.settings.redirect_uri
        if verifier:
            form |= {"client_id": self.client.client_id, "code_verifier": verifier}
        return self._tokens("token", TOKEN_PATH, form, basic)

    def refresh(self, token: str) -> Finding:
        form = {"grant_type": "refresh_token", "refresh_token": token}
        return self._tokens("refresh", REFRESH_PATH, form, basic=True)

    def sign_in(self) -> None:
        """Have tokens, an earlier step's if there are. :raise AskPersonAgain: UPS gives none."""
        for use_pkce in (True, False):
            if not self.tokens:
                found = self.exchange(*self.code(use_pkce), basic=not use_pkce)
        if not self.tokens:
            raise AskPersonAgain(f"UPS gave no tokens: {found.said} {found.note}")
        # What the account had before is not cancelled.
        self._not_ours = {prn for prn, entry in self.listed().items() if _is_open(entry)}

    def _tokens(self, operation: str, path: str, form: dict, basic: bool) -> Finding:
        user = (self.client.client_id.encode(), self.client.client_secret.encode())
        auth = HTTPBasicAuth(*user) if basic else transport.anonymous
        asked_at = datetime.datetime.now(datetime.timezone.utc)
        url = self.client.base_url + path
        answer = transport.ask(operation, "POST", url, form=form, auth=auth)
        try:
            self.tokens = read_token_set(json_in(answer.body), asked_at)
        except (NotApprovedError, UnreadableError):
            return refusal(answer.status, complaint_in(answer, str))
        self.token_answer = json_in(answer.body)
        self.secrets |= {self.tokens.access_token, self.tokens.refresh_token}
        return Finding("tokens")

    # === PICKUPS === #

    def request(self, days: int = 1, **changes) -> PickupRequest:
        """Return a pickup in so many business days, not yet asked for."""
        country = self.settings.address.country
        self._count += 1
        request = PickupRequest(
            address=self.settings.address, is_account_address=False, date=self.day(days),
            ready_time=datetime.time(10), close_time=datetime.time(17),
            pieces=(pickup_api.Piece("003" if country == "US" else "065", 1, country),),
            account=self.settings.payer, reference=f"{self.run}-{self._count}",
        )  # fmt: skip
        return replace(request, **changes)

    def day(self, business_days: int) -> datetime.date:
        day = self.settings.now.date()
        while business_days:
            day += datetime.timedelta(days=1)
            business_days -= day.weekday() < 5
        return day

    def at(self, point: str, **changes) -> PickupRequest:
        return self.request(address=replace(self.settings.address, pickup_point=point), **changes)

    def ask(self, request: PickupRequest, **unknown: str) -> Finding:
        """Ask for a pickup, with elements in it that UPS does not know."""
        body = request.as_json()
        body["PickupCreationRequest"] |= unknown
        return finding(self._send(request, body))

    def book(self, request: PickupRequest) -> str:
        """:return: the PRN. :raise Unclear: UPS does not book it."""
        outcome = self._send(request, request.as_json())
        if isinstance(outcome, Booked):
            return outcome.prn
        found = finding(outcome)
        raise Unclear(f"the booking was {found.said} {found.note}")

    def _send(self, request: PickupRequest, body: dict) -> object:
        self.unsure[request.reference] = request.date
        told = SimpleNamespace(as_json=lambda: body, date=request.date)
        outcome = pickup_api.request_pickup(self.session, told)
        if not isinstance(outcome, Unknown):
            del self.unsure[request.reference]
        return outcome

    def cancel(self, prn: str) -> Finding:
        if prn in self._not_ours:
            raise Unclear("the account had a pickup there before")
        outcome = pickup_api.cancel_pickup(self.session, prn)
        if isinstance(outcome, Cancelled):
            self._cancelled.add(prn)
            self.prns[prn] -= 1
        elif prn in self._cancelled:  # they were one, and the first cancelling has ended them all
            self.prns[prn] = 0
        self.prns = +self.prns
        return finding(outcome)

    def listed(self) -> dict[str, Entry]:
        """Return what a status tells, by PRN. :raise Unclear: it tells nothing."""
        looked = pickup_api.ask_status(self.session, self.settings.account)
        if not getattr(looked, "is_whole", False):
            raise Unclear(f"the status was {finding(getattr(looked, 'refusal', None) or looked)}")
        return {entry.prn: entry for entry in looked.entries}

    def is_open(self, prn: str) -> bool:
        entry = self.listed().get(prn)
        return entry is not None and _is_open(entry)

    # === LEAVING NOTHING BEHIND === #

    def clean(self, look: bool = True) -> None:
        """Cancel what is booked; and `look` for what a lost answer may have booked."""
        with suppress(UpsError, Unclear):
            for prn, entry in self.listed().items() if look and self.unsure else ():
                if (entry.reference or "").startswith(self.run) and _is_open(entry):
                    self.unsure.pop(entry.reference, None)
                    self.prns[prn] = max(self.prns[prn], 1)
        for prn in list(self.prns.elements()):
            with suppress(UpsError, Unclear):
                self.cancel(prn)

    def _remember(self, response, **_kwargs) -> None:
        """Keep the answer, and the PRN that a booking brought, whatever else came with it."""
        self.last = json_in(response.content)
        content = answers.content_of(texts_in(response.content), "PickupCreationResponse")
        prn = response.request.path_url == paths.REQUEST and answers.prn(content)
        if prn:
            self.prns[prn] += 1
            self.secrets.add(prn)


def _is_open(entry: Entry) -> bool:
    return not pickup_api.meaning(entry.kind, entry.code).is_final


def refusal(status: int, complaint: Complaint | None) -> Finding:
    """No word of UPS's but its number. :raise Unclear: it is an outage, or a gateway's refusal."""
    if complaint is None or status == 429 or status >= 500:
        raise Unclear(f"HTTP {status} {complaint.message if complaint else ''}")
    is_number = re.fullmatch(r"[A-Z]{0,2}[0-9]{4,7}", complaint.code or "")
    number = complaint.code if is_number else "without a number"
    return Finding(f"refused: HTTP {status}, {number}", complaint.message or "")


def finding(outcome: object) -> Finding:
    """Say how a call ended."""
    if isinstance(outcome, Refused):
        return refusal(outcome.http_status, Complaint(outcome.code, outcome.words))
    if isinstance(outcome, Booked | Cancelled):
        return Finding(type(outcome).__name__.lower())
    raise Unclear(f"no clear answer: {outcome.reason} {outcome.detail}")
