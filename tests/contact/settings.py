"""Who asks UPS, and where? The environment says it, and loses it: no browser inherits it."""

from __future__ import annotations

import datetime
from collections.abc import Container, MutableMapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from pickup_api import Account, PickupAddress, PriceAddress
from pickup_api.problems import PickupValueError
from ups_client import CIE, FixSettings, OAuthClient, base_url_for
from ups_client.hosts import is_loopback
from ups_pickup_simulator import EASTERN

from devenv.console import Problem

_SAMPLE = "123 Main Street; Allendale; NJ; 07401; US"
_NEEDED = ("UPS_CLIENT_ID", "UPS_CLIENT_SECRET", "UPS_ACCOUNT")
_MAKES = ("MAKEFLAGS", "MAKEOVERRIDES", "MFLAGS")  # make repeats there what was typed


@dataclass(frozen=True)
class Settings:
    """What a run needs: the names of the steps to take, and the time in New York."""

    client_id: str = field(repr=False)
    client_secret: str = field(repr=False)
    account: str = field(repr=False)
    address: PickupAddress = field(repr=False)
    base_url: str
    port: int
    redirect_uri: str
    steps: tuple[str, ...]
    now: datetime.datetime

    @property
    def client(self) -> OAuthClient:
        return OAuthClient(self.base_url, self.client_id, self.client_secret)

    @property
    def payer(self) -> Account:
        return Account(self.account, self.address.country)


def read(environ: MutableMapping[str, str], all_steps: Container[str]) -> Settings:
    """Take them out of the environment. :raise Problem: with what to type instead."""
    given = {name: environ.pop(name, "").strip() for name in (*_NEEDED, "UPS_ADDRESS")}
    for name in _MAKES:
        environ.pop(name, None)
    missing = [name for name in _NEEDED if not given[name]]
    if missing:
        raise Problem(f"Type make contact {' '.join(f'{name}=…' for name in _NEEDED)}.")
    port = environ.get("CONTACT_PORT") or "8765"
    if not (port.isdecimal() and 0 < int(port) < 65536):
        raise Problem("CONTACT_PORT is a number from 1 to 65535.")
    settings = Settings(
        client_id=given["UPS_CLIENT_ID"],
        client_secret=given["UPS_CLIENT_SECRET"],
        account=given["UPS_ACCOUNT"].upper(),
        address=_address(given["UPS_ADDRESS"] or _SAMPLE),
        base_url=_cie(environ),
        port=int(port),
        redirect_uri=environ.get("UPS_REDIRECT_URI") or f"http://localhost:{port}/callback",
        steps=_steps(environ.get("STEPS") or "", all_steps),
        now=datetime.datetime.now(EASTERN),
    )
    try:
        _ = settings.client
        settings.payer.check()
    except (FixSettings, PickupValueError) as error:
        raise Problem(str(error)) from None
    return settings


def _cie(environ) -> str:
    try:
        base_url = base_url_for(CIE, environ.get("UPS_BASE_URL"))
    except FixSettings as error:
        raise Problem(str(error)) from None
    host = urlsplit(base_url).hostname
    is_test = host == urlsplit(base_url_for(CIE)).hostname or is_loopback(host)
    if not is_test or (environ.get("UPS_ENVIRONMENT") or CIE) != CIE:
        raise Problem(
            "make contact books pickups, so it talks to UPS's test system (CIE) or to a simulator "
            "on this machine only. Take UPS_BASE_URL and UPS_ENVIRONMENT away."
        )
    return base_url


def _address(text: str) -> PickupAddress:
    parts = [part.strip() for part in text.split(";")]
    names = ("street", "city", "state", "postal_code", "country")
    try:
        PriceAddress(**dict(zip(names, parts, strict=True))).check()
    except PickupValueError as error:
        raise Problem(f"UPS_ADDRESS: {error}") from None
    except ValueError:
        raise Problem(f"UPS_ADDRESS has five parts, as {_SAMPLE!r}.") from None
    return PickupAddress(
        **dict(zip(names, parts, strict=True)),
        company_name="First Contact", contact_name="First Contact", phone="5555555555",
    )  # fmt: skip


def _steps(text: str, all_steps: Container[str]) -> tuple[str, ...]:
    """`a,b`: those alone; `-a,-b`: all but those."""
    named = [name.strip() for name in text.split(",") if name.strip()]
    unknown = [name for name in named if name.removeprefix("-") not in all_steps]
    if unknown:
        raise Problem(f"STEPS: there is no step {unknown[0]}. There are {', '.join(all_steps)}.")
    alone = [name for name in named if not name.startswith("-")]
    return tuple(
        name for name in all_steps if f"-{name}" not in named and (not alone or name in alone)
    )
