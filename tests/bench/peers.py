"""Odoo's own connectors, installed from Odoo's tree, used inside an Odoo process."""

from tests.bench.odoo_process import transaction

MERCADO_PAGO = "payment_mercado_pago"
GMAIL = "google_gmail"


def create(registry) -> tuple[int, int]:
    """:return: the ids of a provider of Mercado Pago and of a mail server of Gmail."""
    with transaction(registry) as env:
        provider = env["payment.provider"].search([("code", "=", "mercado_pago")], limit=1)
        provider.mercado_pago_account_country_id = env.ref("base.mx")
        provider.company_id.country_id = env.ref("base.mx")
        mail_server = env["ir.mail_server"].create(
            {
                "name": "Bench",
                "smtp_host": "smtp.gmail.com",
                "smtp_encryption": "starttls",
                "smtp_authentication": "gmail",
                "smtp_user": "bench@example.com",
                "from_filter": "bench@example.com",
            }
        )
        return provider.id, mail_server.id


def lead_to_loopback(registry, url: str) -> None:
    """Gmail's proxy is a system parameter; Mercado Pago's is led by `addons/peers_on_loopback`."""
    with transaction(registry) as env:
        env["ir.config_parameter"].set_param("mail.server.gmail.iap.endpoint", url)


def use_address(registry, url: str) -> None:
    """Where Odoo serves, and so where the remotes send people back to."""
    with transaction(registry) as env:
        env["ir.config_parameter"].set_param("web.base.url", url)
        env["ir.config_parameter"].set_param("web.base.url.freeze", "True")


def authorize(registry, provider: int, mail_server: int, secret: str) -> None:
    """Tokens that live: an access token as long as those of UPS's simulator."""
    token = {"access": secret * 20, "refresh": secret}
    _write(registry, provider, mail_server, token, "2099-01-01", 2**31 - 1)


def expire(registry, provider: int, mail_server: int, secret: str) -> None:
    """The access tokens have ended; the remote still takes the refresh tokens."""
    token = {"access": secret * 20, "refresh": secret}
    _write(registry, provider, mail_server, token, "2020-01-01", 1)


def mercado_pago(env, provider: int) -> str:
    """What is measured; as superuser, as Odoo's own callers do."""
    return env["payment.provider"].sudo().browse(provider)._mercado_pago_fetch_access_token()


def gmail(env, mail_server: int) -> str:
    """What is measured; as superuser, as Odoo's own callers do."""
    server = env["ir.mail_server"].sudo().browse(mail_server)
    return server._generate_oauth2_string("bench@example.com", server.google_gmail_refresh_token)


def _write(registry, provider, mail_server, token, expiry, timestamp) -> None:
    with transaction(registry) as env:
        env["payment.provider"].browse(provider).write(
            {
                "mercado_pago_access_token": token["access"],
                "mercado_pago_refresh_token": token["refresh"],
                "mercado_pago_access_token_expiry": expiry,
            }
        )
        env["ir.mail_server"].browse(mail_server).write(
            {
                "google_gmail_access_token": token["access"],
                "google_gmail_refresh_token": token["refresh"],
                "google_gmail_access_token_expiration": timestamp,
            }
        )
