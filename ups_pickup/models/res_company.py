"""What has a company to do with pickups? One click to its first; none open, once archived."""

from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain

from .. import clock
from ..const import OPEN


class ResCompany(models.Model):
    _name = "res.company"
    _inherit = ["res.company", "ups.pickup.archiving"]

    def _ups_opt_out_question(self):
        question = super()._ups_opt_out_question()
        losing = Domain("company_id", "in", (self | self.sudo().ups_branch_ids).ids)
        return " ".join(filter(None, (question, self._drivers_in_words(losing))))

    @api.model
    def _drivers_in_words(self, domain):
        """:return: how many drivers somebody could call off no more, or an empty text."""
        count = self.env["ups.pickup"].sudo().search_count(domain & self._drivers_may_come())
        return count and self.env._(
            "UPS pickups for which a driver may come: %s. Whoever is to call one off cancels it"
            " before.",
            count,
        )

    @api.model
    def _drivers_may_come(self):
        yesterday = clock.now().date() - timedelta(days=1)
        return Domain("state", "in", OPEN) & Domain("pickup_date", ">=", yesterday)

    def write(self, vals):
        woken = self.filtered(lambda each: vals.get("active") and not each.active)
        result = super().write(vals)
        if woken:
            places = self.env["ups.pickup.location"].sudo()
            places.search([("company_id", "in", woken.ids)])._wake_plans()
        return result

    def _needed_by(self):
        # Nobody sees or cancels pickups of an archived company.
        may_come = self._drivers_may_come()
        is_asked_for = Domain("state", "=", "draft") & Domain("queued_on", "!=", False)
        own = Domain("company_id", "=", self.id)
        pickups = self.env["ups.pickup"].sudo().search(own & (may_come | is_asked_for))
        return pickups and self.env._(
            "UPS pickups of %(company)s for which a driver may come, or which a batch is about to"
            " request: %(count)s (%(pickup)s, for example). Cancel what is open, or delete the"
            " drafts of batches, before you archive the company.",
            company=self.name,
            count=len(pickups),
            pickup=pickups[0].display_name,
        )

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
