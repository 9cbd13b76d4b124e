"""In which currency does UPS ask its price, where Odoo is used with none of that name?"""

from odoo import api, models


class ResCurrency(models.Model):
    _inherit = "res.currency"

    @api.model
    def get_all_currencies(self):
        """Let amounts show theirs, also where it is inactive; to activate it would change more."""
        accounts = self.env["ups.pickup.account"].sudo()._search([])  # pylint: disable=no-search-all
        countries = (
            self.env["res.country"].sudo().search([("id", "in", accounts.subselect("country_id"))])
        )
        pickups = self.env["ups.pickup"].sudo()._search([("price_currency_id", "!=", False)])
        used = (
            self.sudo()
            .with_context(active_test=False)
            .search(
                [
                    ("active", "=", False),
                    "|",
                    ("id", "in", countries.currency_id.ids),
                    ("id", "in", pickups.subselect("price_currency_id")),
                ]
            )
        )
        return super().get_all_currencies() | {
            each.id: {
                "name": each.name,
                "symbol": each.symbol,
                "position": each.position,
                "digits": [69, each.decimal_places],
            }
            for each in used
        }
