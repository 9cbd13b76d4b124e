"""Did a request that raised reach UPS?"""

from __future__ import annotations

import http.client
import ssl

import requests
import urllib3

NETWORK_ERRORS = (
    requests.RequestException,
    urllib3.exceptions.HTTPError,
    http.client.HTTPException,
    OSError,
)
"""What a call may raise for want of an answer. Everything else is the session's own word, for
example that nobody has authorized: it passes, untouched, to who made the session."""

_NOTHING_SENT = (
    requests.exceptions.ConnectTimeout,
    requests.exceptions.InvalidURL,
    requests.exceptions.InvalidSchema,
    requests.exceptions.MissingSchema,
    requests.exceptions.InvalidHeader,
    urllib3.exceptions.NewConnectionError,
    urllib3.exceptions.ConnectTimeoutError,
    ssl.SSLCertVerificationError,
)
_TIMEOUTS = (requests.Timeout, urllib3.exceptions.TimeoutError, TimeoutError)


def never_left(error: BaseException) -> bool:
    """Whether surely no byte of the request was sent. When in doubt: no.

    :param error: it may say so itself, by an attribute ``never_left``. Of requests' own, a TLS or
        a proxy error is trusted only for what lies inside: they come from broken answers, too.
    """
    told = getattr(error, "never_left", None)
    if isinstance(told, bool):
        return told
    return any(_sent_nothing(cause) for cause in _causes(error))


def timed_out(error: BaseException) -> bool:
    """Whether it took too long. It may say so itself, by an attribute ``timed_out``."""
    told = getattr(error, "timed_out", None)
    return (
        told
        if isinstance(told, bool)
        else any(isinstance(cause, _TIMEOUTS) for cause in _causes(error))
    )


def _sent_nothing(error: BaseException) -> bool:
    # http.client says so, in words only, when a proxy refuses the tunnel to UPS.
    is_tunnel = isinstance(error, OSError) and str(error).startswith("Tunnel connection failed")
    return isinstance(error, _NOTHING_SENT) or is_tunnel


def _causes(error: BaseException):
    """Yield the error and those it carries: requests and urllib3 keep them in their arguments."""
    found, seen = [error], set()
    while found:
        error = found.pop()
        if id(error) in seen:
            continue
        seen.add(id(error))
        yield error
        carried = (*error.args, getattr(error, "reason", None), error.__cause__)
        found += [cause for cause in carried if isinstance(cause, BaseException)]
