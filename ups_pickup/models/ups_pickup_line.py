from odoo import api, fields, models

from ..const import MAX_QUANTITY
from ..no_number import refuse_no_number
from ..other_companies import refuse_of_others


class UpsPickupLine(models.Model):
    _name = "ups.pickup.line"
    _description = "Pieces of a UPS Pickup"
    _inherit = ["ups.pickup.export"]

    pickup_id = fields.Many2one("ups.pickup", required=True, index=True, ondelete="cascade")
    service_id = fields.Many2one("ups.pickup.service", required=True, ondelete="restrict")
    destination_country_id = fields.Many2one(
        "res.country", string="To Country", required=True, ondelete="restrict"
    )
    container = fields.Selection(
        [("package", "Package"), ("letter", "Letter")], required=True, default="package"
    )
    quantity = fields.Integer(string="Pieces", required=True, default=1)

    _quantity_is_ups = models.Constraint(
        f"CHECK(quantity BETWEEN 1 AND {MAX_QUANTITY})",
        f"UPS takes from 1 to {MAX_QUANTITY} pieces a line. Add another line for more.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            refuse_no_number(self, vals)
        lines = super().create(vals_list)
        lines.pickup_id._lines_change()
        return lines

    def write(self, vals):
        refuse_no_number(self, vals)
        self.pickup_id._lines_change()
        result = super().write(vals)
        if "pickup_id" in vals:
            self.pickup_id._lines_change()
        refuse_of_others(self, vals, "pickup_id")
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_of_drafts(self):
        self.pickup_id._lines_change()

    @api.model
    def _quantity_problem(self):
        return self.env._(
            "UPS takes from 1 to %s pieces a line. Add another line for more.", MAX_QUANTITY
        )
