"""The settings in force: what the server's environment says, else what the database says."""

import os
from dataclasses import dataclass, field

from odoo.tools.urls import urljoin

from . import const, token_keys
from .ups_client import CIE, PRODUCTION, OAuthClient, base_url_for

ENVIRONMENTS = (PRODUCTION, CIE)


@dataclass(frozen=True)
class UpsSettings:
    """The settings in force at one moment.

    ``fixed`` names the settings that the server's environment decides, which nobody can change in
    the database. ``secret_is_lost`` says that a secret is stored that no key opens.
    """

    client_id: str
    client_secret: str = field(repr=False)
    environment: str
    use_pkce: bool
    redirect_uri: str
    base_url_override: str
    fixed: frozenset
    secret_is_lost: bool = False

    @property
    def base_url(self):
        """UPS's host, or the operator's replacement.

        :raise FixSettings: if ``UPS_BASE_URL`` or ``UPS_ENVIRONMENT`` is not usable.
        """
        return base_url_for(self.environment, self.base_url_override or None)

    @property
    def client(self):
        """:return: a client for these settings; it costs nothing to make."""
        return OAuthClient(
            self.base_url, self.client_id, self.client_secret, use_pkce=self.use_pkce
        )


def ups_settings(env):
    """Read the settings in force.

    :param odoo.api.Environment env: of any user; the parameters are read as superuser.
    :rtype: UpsSettings
    :raise UserError: if the keys of this server cannot be used.
    """
    get_param = env["ir.config_parameter"].sudo().get_param
    fixed = {
        name: os.environ[variable].strip()
        for name, variable in (
            ("client_id", "UPS_CLIENT_ID"),
            ("client_secret", "UPS_CLIENT_SECRET"),
            ("environment", "UPS_ENVIRONMENT"),
        )
        if os.environ.get(variable, "").strip()
    }
    secret, is_lost = fixed.get("client_secret"), False
    if secret is None:
        secret, is_lost = _stored_secret(env, get_param(const.PARAM_CLIENT_SECRET))
    return UpsSettings(
        client_id=fixed.get("client_id") or get_param(const.PARAM_CLIENT_ID) or "",
        client_secret=secret,
        secret_is_lost=is_lost,
        environment=(fixed.get("environment") or get_param(const.PARAM_ENVIRONMENT) or PRODUCTION),
        use_pkce=get_param(const.PARAM_USE_PKCE) != "0",
        redirect_uri=redirect_uri(env),
        base_url_override=os.environ.get("UPS_BASE_URL", "").strip(),
        fixed=frozenset(fixed),
    )


def redirect_uri(env):
    """:return: the URI to register at UPS, from ``web.base.url``.

    Not ``get_base_url()``: with `website` installed that is the current website's domain, and UPS
    compares the URI to the letter.
    """
    base_url = env["ir.config_parameter"].sudo().get_param("web.base.url") or ""
    return urljoin(base_url, const.CALLBACK_ROUTE)


def _stored_secret(env, sealed):
    if not sealed:
        return "", False
    try:
        return token_keys.unseal(env, sealed), False
    except token_keys.LostKey:
        return "", True
