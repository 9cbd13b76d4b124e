"""What does an answer of UPS's mean for the caller?

Refusal or outage is the question that matters: a refusal ends an authorization or sends an
administrator to the settings, an outage must change nothing. Only UPS's own error envelope is a
refusal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from .complaints import Complaint, complaint_in, json_in
from .errors import AskPersonAgain, FixSettings, TryLater, UpsError
from .redaction import redactor
from .token_set import NotApprovedError, TokenSet, UnreadableError, read_token_set
from .transport import Answer

_REFUSALS = (400, 401, 403)  # HTTP statuses; in UPS's envelope only
_LONGEST_WAIT = 3600  # seconds; a company that ships cannot be parked for longer
# What UPS's words name, and the setting to fix then; the first that fits. Seen at UPS: "Invalid
# Redirect URL", "ClientId is Invalid", "Invalid/Missing Authorization Header".
_NAMED_SETTINGS = (
    ("redirect", "redirect_uri"),
    ("authorizationheader", "client_secret"),
    ("clientsecret", "client_secret"),
    ("client", "client_id"),
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Judges the answer to one call.

    :param operation: ``authorize``, ``token`` or ``refresh``.
    :param redact: makes a text of UPS's fit to log, see :func:`verdict_on`.
    """

    operation: str
    redact: Callable[[str], str]

    def check_login_page(self, answer: Answer) -> str | None:
        """Raise if UPS itself says that it would not show the person its login page.

        What else comes back may be meant for servers only (a bot filter's 403), or be new at UPS:
        the person is sent on, for the browser may well get the page.

        :return: what was odd about the answer, fit to log; None when nothing was.
        :raise FixSettings: UPS refuses the client id, the redirect URI or the application.
        :raise TryLater: UPS says that it is unavailable.
        """
        place = _place_of(answer.headers.get("Location", ""))
        if 300 <= answer.status < 400 and place and _is_error_page(*place):
            raise self._error_for(answer)
        if answer.status == 302 and place:
            return None
        if complaint_in(answer, self.redact):
            raise self._error_for(answer)
        return f"HTTP {answer.status}, neither UPS's login page nor an error of UPS's own"

    def tokens_in(self, answer: Answer, asked_at: datetime) -> TokenSet:
        """Return the tokens.

        :param asked_at: see :func:`read_token_set`.
        :raise AskPersonAgain: UPS refuses the code or the refresh token.
        :raise FixSettings: UPS refuses who asks, not what is asked.
        :raise TryLater: anything else.
        """
        try:
            tokens = read_token_set(json_in(answer.body), asked_at)
        except NotApprovedError as refusal:
            error = self._not_approved(str(refusal)) if answer.status == 200 else None
        except UnreadableError as reason:
            problem = f"unreadable: {reason}"
            error = self._outage(answer, problem) if answer.status == 200 else None
        else:
            odd = () if answer.status == 200 else ("http_status",)
            return replace(tokens, oddities=(*odd, *tokens.oddities)) if odd else tokens
        if error is None:
            error = self._error_for(answer)
        raise error  # out here without a context: nothing of the answer in tracebacks

    def _error_for(self, answer: Answer) -> UpsError:
        complaint = complaint_in(answer, self.redact)
        if complaint and answer.status in _REFUSALS:
            return self._refusal(answer.status, complaint)
        problem = complaint.in_words() if complaint else "not an answer that UPS describes"
        return self._outage(answer, problem, complaint)

    def _refusal(self, status: int, complaint: Complaint) -> UpsError:
        sentence = f"UPS refused {self.operation}: HTTP {status}, {complaint.in_words()}"
        why = self._why(status, complaint)
        setting = "application" if status == 403 else self._setting_named(complaint)
        # Before anybody has logged in there is nothing that a person could do again.
        if setting or self.operation == "authorize":
            return FixSettings(sentence, setting=setting, **why)
        return AskPersonAgain(sentence, **why)

    def _why(self, status: int, complaint: Complaint | None) -> dict:
        return {
            "operation": self.operation,
            "http_status": status,
            "ups_code": complaint and complaint.code,
            "ups_message": complaint and complaint.message,
        }

    def _setting_named(self, complaint: Complaint) -> str | None:
        for word, setting in _NAMED_SETTINGS:
            # A refresh sends no redirect URI.
            if complaint.names(word) and (self.operation, word) != ("refresh", "redirect"):
                return setting
        return None

    def _not_approved(self, status: str) -> UpsError:
        said = self.redact(status)
        sentence = f"UPS did not approve {self.operation}: {said}"
        return AskPersonAgain(sentence, operation=self.operation, http_status=200, ups_message=said)

    def _outage(self, answer: Answer, problem: str, complaint: Complaint | None = None) -> TryLater:
        return TryLater(
            f"No usable answer from UPS to {self.operation}: HTTP {answer.status}, {problem}",
            **self._why(answer.status, complaint),
            retry_after=seconds_to_wait(answer.headers.get("Retry-After", "")),
            # 429 is UPS's own word that it did nothing, and looking at the authorize page does
            # nothing. Behind all else, a proxy's 401 or 403 included, UPS may have done its work:
            # its answer may just not have got through.
            answer_lost=answer.status != 429 and self.operation != "authorize",
        )


def verdict_on(operation: str, secrets: Iterable[str]) -> Verdict:
    """Return the judge for one call.

    :param secrets: every secret of the call, so that none is repeated even if UPS echoes it.
    """
    return Verdict(operation, redactor(secrets))


def _place_of(location: str) -> tuple[str, str] | None:
    """:return: host and path of where a redirect leads; None for nowhere."""
    try:
        parts = urlsplit(location)
    except ValueError:
        return None
    return (parts.hostname or "", parts.path) if location else None


def _is_error_page(host: str, path: str) -> bool:
    """Whether UPS sends the browser to ``https://www.ups.com/error.page``: it is unavailable."""
    return f".{host}".endswith(".ups.com") and path.rstrip("/").endswith("/error.page")


def seconds_to_wait(retry_after: str) -> int | None:
    """Read a Retry-After header, an HTTP date or seconds (RFC 9110 section 10.2.3).

    :return: seconds from now, 0 to 3600, or None when it is missing or odd.
    """
    text = retry_after.strip()
    if text.isascii() and text.isdigit():
        return min(int(text[:10]), _LONGEST_WAIT)
    try:
        moment = parsedate_to_datetime(text)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
        seconds = (moment - datetime.now(timezone.utc)).total_seconds()
    except (TypeError, ValueError, OverflowError):
        return None
    return max(0, min(int(seconds), _LONGEST_WAIT))
