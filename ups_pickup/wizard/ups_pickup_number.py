"""Which number has UPS told by telephone?"""

from odoo import api, fields, models

from ..other_companies import refuse_of_others


class UpsPickupNumber(models.TransientModel):
    _name = "ups.pickup.number"
    _description = "PRN of an Unconfirmed UPS Pickup"

    pickup_id = fields.Many2one(
        "ups.pickup",
        required=True,
        ondelete="cascade",
        default=lambda self: self.env.context.get("active_id"),
    )
    prn = fields.Char(string="PRN", required=True, help="UPS's Pickup Request Number.")

    @api.model_create_multi
    def create(self, vals_list):
        made = super().create(vals_list)
        refuse_of_others(made, {"pickup_id": True}, "pickup_id")
        return made

    def write(self, vals):
        result = super().write(vals)
        refuse_of_others(self, vals, "pickup_id")
        return result

    def action_enter(self):
        """Say that UPS has the pickup, under this number.

        :return: An action that shows the pickup anew.
        :rtype: dict
        :raise UserError: If the number or the pickup cannot be taken.
        """
        self.ensure_one()
        self.pickup_id.action_mark_requested(self.prn)
        return {"type": "ir.actions.act_window_close"}
