from odoo import models


class UpsPickupService(models.Model):
    _inherit = "ups.pickup.service"

    def write(self, vals):
        result = super().write(vals)
        if "active" in vals:  # an archived one is the location's usual one
            carriers = "picking_id.carrier_id.ups_pickup_service_id", "in", self.ids
            self.env["ups.pickup"]._count_drafts_anew(carriers)
        return result

    def _is_used_beyond(self, companies):
        if super()._is_used_beyond(companies):
            return True
        carriers = self.env["delivery.carrier"].sudo().with_context(active_test=False)
        its = [("ups_pickup_service_id", "=", self.id)]  # one without a company is of all
        return bool(carriers.search_count([*its, ("company_id", "not in", companies.ids)], limit=1))

    def _needed_by(self):
        carriers = self.env["delivery.carrier"].sudo()
        carriers = carriers.search([("ups_pickup_service_id", "=", self.id)])
        if not carriers:
            return super()._needed_by()
        return self.env._(
            "UPS collects by %(service)s what is shipped by %(carriers)s. Choose another UPS pickup"
            " service there before you archive it.",
            service=self.display_name,
            carriers=self._named(carriers),
        )
