"""What of a delivery may change when it has joined a pickup?"""

from odoo import api, models
from odoo.addons.ups_pickup.const import ENDED

PACKED = frozenset(("quantity", "product_uom_id", "result_package_id"))


class StockPackage(models.Model):
    _inherit = "stock.package"

    def write(self, vals):
        result = super().write(vals)
        if not vals.keys().isdisjoint(("shipping_weight", "package_type_id")):
            self.env["ups.pickup"]._count_drafts_anew(("result_package_id", "in", self.ids))
        return result


class ProductProduct(models.Model):
    _inherit = "product.product"

    def write(self, vals):
        result = super().write(vals)
        if "weight" in vals:
            self.env["ups.pickup"]._count_drafts_anew(("product_id", "in", self.ids))
        return result


class StockMoveLine(models.Model):
    """A validated transfer that is unlocked may be packed otherwise."""

    _inherit = "stock.move.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._packed_otherwise()
        return lines

    def write(self, vals):
        result = super().write(vals)
        if not PACKED.isdisjoint(vals):
            self._packed_otherwise()
        return result

    def _packed_otherwise(self):
        done = self.filtered(lambda line: line.state == "done")
        pickups = done.sudo().picking_id.ups_pickup_id
        pickups.filtered(lambda each: each.state not in ENDED)._fill_from_deliveries()
