"""In which currency does UPS ask its price, where Odoo is used with none of that name?"""

from odoo import api, models, tools


class ResCurrency(models.Model):
    _inherit = "res.currency"

    @api.model
    @tools.ormcache(cache="stable")
    def get_all_currencies(self):
        """Let amounts show theirs, also where it is inactive; to activate it would change more."""
        # All, which are few, and once until one of them changes.
        accounts = self.env["ups.pickup.account"].sudo().search([])  # pylint: disable=no-search-all
        used = accounts.country_id.currency_id.filtered(lambda each: not each.active)
        return super().get_all_currencies() | {
            each.id: {
                "name": each.name,
                "symbol": each.symbol,
                "position": each.position,
                "digits": [69, each.decimal_places],
            }
            for each in used
        }
