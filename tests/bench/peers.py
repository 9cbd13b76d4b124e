"""Odoo's own connectors, installed from Odoo's tree, used inside an Odoo process."""

MERCADO_PAGO = "payment_mercado_pago"
GMAIL = "google_gmail"
GMAIL_HOST = "mail.server.gmail.iap.endpoint"


def create(env) -> tuple[int, int]:
    """:return: the ids of a provider of Mercado Pago and of a mail server of Gmail."""
    provider = env["payment.provider"].search([("code", "=", "mercado_pago")], limit=1)
    provider.mercado_pago_account_country_id = env.ref("base.mx")
    provider.company_id.country_id = env.ref("base.mx")
    values = {
        "name": "Bench",
        "smtp_host": "smtp.gmail.com",
        "smtp_encryption": "starttls",
        "smtp_authentication": "gmail",
        "smtp_user": "bench@example.com",
        "from_filter": "bench@example.com",
    }
    return provider.id, env["ir.mail_server"].create(values).id


def set_parameters(env, parameters: dict[str, str]) -> None:
    """Where Odoo serves, or `GMAIL_HOST`; `addons/peers_on_loopback` leads Mercado Pago's."""
    for key, value in parameters.items():
        env["ir.config_parameter"].set_param(key, value)


def authorize(env, provider: int, mail_server: int, secret: str, *, expired: bool = False) -> None:
    """Tokens as long as those of UPS's simulator; the remote still takes the refresh tokens."""
    access, refresh = secret * 20, secret
    env["payment.provider"].browse(provider).write(
        {
            "mercado_pago_access_token": access,
            "mercado_pago_refresh_token": refresh,
            "mercado_pago_access_token_expiry": "2020-01-01" if expired else "2099-01-01",
        }
    )
    env["ir.mail_server"].browse(mail_server).write(
        {
            "google_gmail_access_token": access,
            "google_gmail_refresh_token": refresh,
            "google_gmail_access_token_expiration": 1 if expired else 2**31 - 1,
        }
    )


def mercado_pago(env, provider: int) -> str:
    """What is measured; as superuser, as Odoo's own callers do."""
    return env["payment.provider"].sudo().browse(provider)._mercado_pago_fetch_access_token()


def gmail(env, mail_server: int) -> str:
    """What is measured; as superuser, as Odoo's own callers do."""
    server = env["ir.mail_server"].sudo().browse(mail_server)
    return server._generate_oauth2_string("bench@example.com", server.google_gmail_refresh_token)
