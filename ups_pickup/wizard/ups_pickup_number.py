"""Which number has UPS told by telephone?"""

from odoo import fields, models


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

    def action_enter(self):
        """Say that UPS has the pickup, under this number.

        :return: An action that shows the pickup anew.
        :rtype: dict
        :raise UserError: If the number or the pickup cannot be taken.
        """
        self.ensure_one()
        self.pickup_id.action_mark_requested(self.prn)
        return {"type": "ir.actions.act_window_close"}
