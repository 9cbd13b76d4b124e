"""Which host is UPS? Nothing else may ever be sent a secret."""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from .errors import FixSettings

# Servers in UPS's description, OAuthAuthCode.yaml.
PRODUCTION = "production"
CIE = "cie"  # Customer Integration Environment, UPS's test system
_BASE_URLS = {
    PRODUCTION: "https://onlinetools.ups.com",
    CIE: "https://wwwcie.ups.com",
}
AUTHORIZE_PATH = "/security/v1/oauth/authorize"
TOKEN_PATH = "/security/v1/oauth/token"  # noqa: S105  a path
REFRESH_PATH = "/security/v1/oauth/refresh"
_NAME = re.compile(r"(?=.{1,253}$)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*")  # RFC 1035, and '_'
_LOOPBACK = ip_network("127.0.0.0/8")


def base_url_for(environment: str, override: str | None = None) -> str:
    """Return the base URL of UPS's servers, without a slash at the end.

    :param environment: ``production`` or ``cie``.
    :param override: replaces UPS's host, for the simulator (the operator's ``UPS_BASE_URL``).
    :raise FixSettings: setting ``environment`` when that is unknown, ``base_url`` when the
        override is unsafe.
    """
    if environment not in _BASE_URLS:
        raise FixSettings(
            f"The UPS environment must be one of {', '.join(_BASE_URLS)}.", setting="environment"
        )
    return checked_base_url(override) if override else _BASE_URLS[environment]


def checked_base_url(url: str) -> str:
    """Return the URL without a slash at the end, if secrets may be sent there.

    :raise FixSettings: setting ``base_url``, with what to change. The URL is not repeated: it may
        hold a password.
    """
    problem = _problem_with(url)
    if problem:
        raise FixSettings(
            f"UPS's base URL (UPS_BASE_URL) cannot be used: {problem}.", setting="base_url"
        )
    return url.rstrip("/")


@lru_cache(maxsize=8)
def _problem_with(url: str) -> str | None:
    # urlsplit drops line breaks, and some parsers read a backslash as a slash: refuse them first.
    is_plain = isinstance(url, str) and url.isascii() and url.isprintable()
    if not is_plain or set(url) & set(' \\"<>'):
        return "write it in plain ASCII without spaces, backslashes or quotes"
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return "its host or port is not valid"
    if "@" in parts.netloc:
        return "take the user name and password out of it"
    if "?" in url or "#" in url:
        return "take everything from '?' or '#' on out of it"
    host = parts.hostname or ""
    if not (_NAME.fullmatch(host) or _address(host)):
        return "it names no valid host"
    return _problem_with_scheme(parts)


def _problem_with_scheme(parts: SplitResult) -> str | None:
    if parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname)):
        return None
    return (
        "it must start with https:// "
        "(http:// is for this machine only: localhost, 127.0.0.1 or [::1])"
    )


def is_loopback(hostname: str) -> bool:
    """Whether what is sent to this host never leaves the machine: localhost, 127.0.0.0/8 or ::1."""
    if hostname == "localhost":
        return True
    # Not ip_address().is_loopback: its word on IPv4-mapped addresses depends on Python's version.
    address = _address(hostname)
    return address == ip_address("::1") or (address is not None and address in _LOOPBACK)


def _address(hostname: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(hostname)
    except ValueError:
        return None
