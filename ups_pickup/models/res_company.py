"""What is the authorization for? One click from "Authorized" to the company's first pickup."""

from odoo import models


class ResCompany(models.Model):
    _inherit = "res.company"

    def action_ups_first_pickup(self):
        """Open a new pickup of the company, or its list, whose help leads to a first location.

        :return: An action that makes it the company at work, and goes there.
        :rtype: dict
        """
        self.ensure_one()
        locations = self.env["ups.pickup.location"].with_context(allowed_company_ids=self.ids)
        has_location = locations.search_count([("company_id", "=", self.id)], limit=1)
        return {
            "type": "ir.actions.client",
            "tag": "ups_pickup.first",
            "params": {
                "company_id": self.id,
                "is_new": bool(has_location),
            },
        }
