"""What of a delivery may change when it has joined a pickup?"""

from odoo import api, fields, models
from odoo.addons.ups_pickup.const import ENDED

PACKED = frozenset(("quantity", "product_uom_id", "result_package_id"))


class StockPicking(models.Model):
    # One model in several files, because each answers a question of its own.
    _inherit = "stock.picking"  # pylint: disable=consider-merging-classes-inherited

    ups_pickup_is_weighed = fields.Boolean(
        help="Its weight was entered, and is not what Odoo made of its products.",
        copy=False,
        groups=fields.NO_ACCESS,
    )

    def write(self, vals):
        """A form sends what Odoo has computed in it, too."""
        result = super().write(vals)
        if "shipping_weight" in vals:
            for picking in self.sudo():
                entered = picking.shipping_weight - picking.weight_bulk
                picking.ups_pickup_is_weighed = abs(entered) >= 0.01
            self.env["ups.pickup"]._count_drafts_anew(("picking_id", "in", self.ids))
        return result


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


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        """Override of `base`, which costs nothing unless a country or state is written."""
        if vals.keys().isdisjoint(("country_id", "state_id")):
            return super().write(vals)
        before = {each: (each.country_id, each.state_id) for each in self}
        result = super().write(vals)
        moved = self.filtered(lambda each: before[each] != (each.country_id, each.state_id))
        if moved:  # and with them what Odoo keeps at their address, past this method
            to_them = "picking_id.partner_id", "child_of", moved.ids
            of_them = "picking_id.company_id.partner_id", "in", moved.ids
            self.env["ups.pickup"]._count_drafts_anew("|", to_them, of_them)
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
        pickings = done.sudo().picking_id
        pickups = pickings.ups_pickup_id
        pickups.filtered(lambda each: each.state not in ENDED)._fill_from_deliveries()
        pickings.filtered(lambda each: each._returns())._take_out()
