"""What waits for a pickup, and until when can UPS be asked?"""

from odoo import fields, models
from odoo.addons.ups_pickup_oauth.settings import ups_environment
from odoo.fields import Domain


class StockPickingType(models.Model):
    _inherit = "stock.picking.type"

    ups_pickup_count = fields.Integer(
        string="Waits for a UPS Pickup", compute="_compute_ups_pickup"
    )
    ups_pickup_until = fields.Char(string="UPS Can Be Asked Until", compute="_compute_ups_pickup")

    def _compute_ups_pickup(self):
        counts = self._ups_counts()
        for kind in self:
            location = kind.sudo().warehouse_id.ups_pickup_location_id
            kind.ups_pickup_count = counts.get(kind.id, 0)
            kind.ups_pickup_until = (
                counts.get(kind.id) and location.active and location._asked_until()
            )

    def _ups_counts(self):
        """:return: how many deliveries of each type wait: one query for all of them."""
        pickings = self.env["stock.picking"].sudo()
        groups = pickings._read_group(self._ups_waiting_domain(), ["picking_type_id"], ["__count"])
        return {kind.id: count for kind, count in groups}

    def _ups_waiting_domain(self):
        """:return: a domain for superuser: others may not search by the pickup."""
        kinds = self.filtered(lambda kind: kind.code == "outgoing")
        # What was shipped while UPS was only tried waits for no real driver.
        in_draft = Domain("ups_pickup_id.environment", "=", ups_environment(self.env))
        in_draft &= Domain("ups_pickup_id.state", "=", "draft")
        locations = kinds.sudo().warehouse_id.ups_pickup_location_id
        waits = self.env["stock.picking"]._ups_waits_domain() & ~locations._went_without_plan()
        return Domain("picking_type_id", "in", kinds.ids) & (in_draft | waits)

    def action_ups_pickup_waiting(self):
        """:return: An action that lists what waits for a pickup."""
        pickings = self.env["stock.picking"].sudo().search(self._ups_waiting_domain())
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Waits for a UPS Pickup"),
            "res_model": "stock.picking",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", pickings.ids)],
        }
