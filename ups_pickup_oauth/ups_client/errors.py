"""What should the caller do about a failed call? The class answers it, the attributes say why."""

from __future__ import annotations

import requests


class UpsError(Exception):
    """A call to UPS that did not end well.

    ``str(error)`` is an English technical sentence that is safe to log: no attribute holds a
    secret, and what UPS said has been stripped of control characters, bounded and redacted (see
    ``redaction``). All arguments have defaults, so that pickling and copying work as for any
    exception.

    :param sentence: what happened.
    :param operation: ``authorize``, ``token``, ``refresh`` or ``api``; None before any call was
        made.
    :param http_status: the answer's status, None when there was no answer.
    :param ups_code: UPS's error code, for example ``10401``.
    :param ups_message: UPS's own words.
    """

    def __init__(
        self,
        sentence: str = "",
        *,
        operation: str | None = None,
        http_status: int | None = None,
        ups_code: str | None = None,
        ups_message: str | None = None,
    ) -> None:
        super().__init__(sentence)
        self.operation = operation
        self.http_status = http_status
        self.ups_code = ups_code
        self.ups_message = ups_message


class AskPersonAgain(UpsError):
    """The code or the refresh token was refused: only a person can authorize again."""


class FixSettings(UpsError):
    """An administrator must change something before any further call can succeed.

    :param setting: ``client_id``, ``client_secret``, ``redirect_uri``, ``base_url``,
        ``environment``, ``application`` (UPS has blocked the application or the merchant: a matter
        for UPS's developer portal) or None when UPS does not say.
    """

    def __init__(self, sentence: str = "", *, setting: str | None = None, **why) -> None:
        super().__init__(sentence, **why)
        self.setting = setting


class TryLater(UpsError):
    """An outage. It says nothing about the authorization, so nothing must be thrown away.

    :param retry_after: seconds to wait as UPS asked for them, 0 to 3600, or None.
    :param answer_lost: True when UPS may have carried the request out although no usable answer
        came back: a code or a refresh token may be spent. False when it was surely not carried out.
    :param dropped: True when the connection broke after the request had left, or the answer could
        not be read to its end, without a time-out: asking once more costs little time, and tells
        whether a lost answer had spent the token.
    :param has_left: True when anything of the request was sent. Where it was not, UPS knows nothing
        of it.
    """

    def __init__(
        self,
        sentence: str = "",
        *,
        retry_after: int | None = None,
        answer_lost: bool = False,
        dropped: bool = False,
        has_left: bool = True,
        **why,
    ) -> None:
        super().__init__(sentence, **why)
        self.retry_after = retry_after
        self.answer_lost = answer_lost
        self.dropped = dropped
        self.has_left = has_left


class UpsApiError(UpsError):
    """What UPS says in its error envelope to a call of its API: ``code``, ``message`` (of several
    errors: the first code, all words) and ``http_status``. What it means depends on the call."""

    @property
    def code(self) -> str | None:
        return self.ups_code

    @property
    def message(self) -> str | None:
        return self.ups_message

    def in_words(self) -> str:
        """The code and the words, for a sentence."""
        return " ".join(filter(None, (self.code, self.message)))


class UpsNeverLeft(requests.ConnectionError):
    """Not one byte of the request was sent: UPS knows nothing of it, and it may be sent again."""

    never_left = True  # for addons whose plain client never imports this one


class UpsAnswerLost(requests.ConnectionError):
    """The request was sent and no whole answer came: UPS may have carried it out.

    ``timed_out`` says whether it was waited for in vain, rather than that the connection broke.
    """

    never_left = False
    timed_out = False
