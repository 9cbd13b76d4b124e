"""Say of each live authorization to whom it was given: to what the settings name now."""

from odoo import SUPERUSER_ID, api
from odoo.addons.ups_pickup_oauth.database_identity import identity
from odoo.addons.ups_pickup_oauth.settings import ups_settings


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    given = ups_settings(env, with_secret=False).given_to
    connections = env["ups.connection"].search([("state", "=", "authorized")])
    for connection in connections.filtered(lambda each: each.environment == given["environment"]):
        connection.write(
            {
                "client_id": given["client_id"],
                "base_url": given["base_url"],
                "database_identity": identity(cr),
            }
        )
    # A pause used to be a refusal of the settings where it counted no failure.
    for connection in env["ups.connection"].search([("retry_at", "!=", False)]):
        connection.pause = "outage" if connection.failure_count else "settings"
    # Whoever is at UPS.com just now comes back to the company's form, as in the version before.
    cr.execute("UPDATE ups_authorization_attempt SET return_to = 'form' WHERE return_to IS NULL")
