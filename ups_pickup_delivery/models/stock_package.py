"""What a package weighs may be known only when its delivery has joined a pickup."""

from odoo import models


class StockPackage(models.Model):
    _inherit = "stock.package"

    def write(self, vals):
        result = super().write(vals)
        if "shipping_weight" in vals:
            self.sudo()._ups_drafts()._fill_from_deliveries()
        return result

    def _ups_drafts(self):
        """:return: the pickups that they, or what they stand in, have joined and UPS knows not."""
        lines = self.env["stock.move.line"].search(
            [
                ("picking_id.ups_pickup_id.state", "=", "draft"),
                ("result_package_id", "child_of", self.ids),
            ]
        )
        return lines.picking_id.ups_pickup_id
