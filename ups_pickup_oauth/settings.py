"""The settings in force: what the server's environment says, else what the database says."""

import os
from dataclasses import dataclass, field

from odoo.tools.urls import urljoin

from . import const, messages, token_keys
from .exceptions import UpsSettingsWrong
from .ups_client import CIE, PRODUCTION, FixSettings, OAuthClient, base_url_for

ENVIRONMENTS = (PRODUCTION, CIE)

VARIABLES = {
    "client_id": "UPS_CLIENT_ID",
    "client_secret": "UPS_CLIENT_SECRET",
    "environment": "UPS_ENVIRONMENT",
}
"""By setting: the variable of the server's environment that decides it."""

HOST_VARIABLE = "UPS_BASE_URL"


@dataclass(frozen=True)
class UpsSettings:
    """The settings in force at one moment.

    ``environment`` is what somebody wrote, in lower case: it may be none of `ENVIRONMENTS`.
    ``fixed`` names the settings that the server's environment decides, which nobody can change in
    the database. ``has_client_secret`` says that there is a secret; the secret itself is empty
    where it was not asked for, and where no key opens it. ``is_secret_in_plain`` says that somebody
    wrote it past General Settings, which seal it: then it is not used.
    """

    client_id: str
    client_secret: str = field(repr=False)
    environment: str
    use_pkce: bool
    web_base_url: str
    base_url_override: str
    fixed: frozenset
    has_client_secret: bool
    is_secret_in_plain: bool

    @property
    def has_environment(self):
        """:return: whether the environment is one of UPS's."""
        return self.environment in ENVIRONMENTS

    @property
    def redirect_uri(self):
        """The URI to register at UPS, see :func:`redirect_uri`."""
        return _redirect_uri(self.web_base_url)

    @property
    def base_url(self):
        """UPS's host, or the operator's replacement.

        :raise FixSettings: if ``UPS_BASE_URL`` or ``UPS_ENVIRONMENT`` is not usable.
        """
        return base_url_for(self.environment, self.base_url_override or None)

    @property
    def given_to(self):
        """:return: what an authorization is bound to: it is of no use to another application, in
        the other environment, or at another host; the last two are empty where they cannot be
        told."""
        try:
            base_url = self.base_url
        except FixSettings:
            base_url = ""
        return {
            "client_id": self.client_id,
            "environment": self.environment if self.has_environment else "",
            "base_url": base_url,
        }

    def fingerprint(self, env):
        """Tell these settings from others, without showing any of them.

        :return: the same text as long as what UPS judges is the same; empty without a key.
        :raise UpsSettingsWrong: if the keys of this server cannot be used.
        """
        return token_keys.fingerprint(env, self.client_secret, *self.given_to.values())

    @property
    def client(self):
        """:return: a client for these settings; it costs nothing to make."""
        return OAuthClient(
            self.base_url, self.client_id, self.client_secret, use_pkce=self.use_pkce
        )


def ups_settings(env, with_secret=True):
    """Read the settings in force.

    :param odoo.api.Environment env: of any user; the parameters are read as superuser.
    :param bool with_secret: whether to open the client secret, which fails when the server's keys
        cannot be used.
    :rtype: UpsSettings
    :raise UpsSettingsWrong: if the keys of this server cannot be used.
    """
    parameters = env["ir.config_parameter"].sudo()

    def get_param(name):
        # Where a person has pasted it, there may be a space around it.
        return (parameters.get_param(name) or "").strip()

    fixed = {
        name: os.environ[variable].strip()
        for name, variable in VARIABLES.items()
        if os.environ.get(variable, "").strip()
    }
    sealed = "" if "client_secret" in fixed else get_param(const.PARAM_CLIENT_SECRET)
    secret = fixed.get("client_secret") or (with_secret and token_keys.opened(env, sealed)) or ""
    environment = fixed.get("environment") or get_param(const.PARAM_ENVIRONMENT) or PRODUCTION
    return UpsSettings(
        client_id=fixed.get("client_id") or get_param(const.PARAM_CLIENT_ID) or "",
        client_secret=secret,
        has_client_secret=bool(secret or sealed),
        is_secret_in_plain=bool(sealed) and not token_keys.is_sealed(sealed),
        environment=environment.lower(),
        use_pkce=get_param(const.PARAM_USE_PKCE) != "0",
        web_base_url=get_param("web.base.url"),
        base_url_override=os.environ.get(HOST_VARIABLE, "").strip(),
        fixed=frozenset(fixed),
    )


def ups_environment(env):
    """:return: the environment in force, without opening the secret; it may be none of UPS's, and
    then is that of nothing that is stored."""
    return ups_settings(env, with_secret=False).environment


def environment_to_store(env):
    """As :func:`ups_environment`, for what is made now.

    :raise UpsSettingsWrong: if the settings name none of UPS's environments.
    """
    settings = ups_settings(env, with_secret=False)
    if not settings.has_environment:
        raise UpsSettingsWrong(" ".join(messages.unknown_environment(env, settings)))
    return settings.environment


def redirect_uri(env):
    """:return: the URI to register at UPS, from ``web.base.url``.

    Not ``get_base_url()``: with `website` installed that is the current website's domain, and UPS
    compares the URI to the letter.
    """
    return _redirect_uri(env["ir.config_parameter"].sudo().get_param("web.base.url") or "")


def _redirect_uri(web_base_url):
    try:
        return urljoin(web_base_url.strip(), const.CALLBACK_ROUTE)
    except ValueError:  # such as http://[
        return ""
