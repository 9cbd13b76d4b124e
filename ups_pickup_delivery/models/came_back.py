"""What of a delivery has come back, or was scrapped, while its driver was still to come?"""

from collections import Counter

from odoo import models
from odoo.addons.ups_pickup.const import ENDED

from .stock_picking import is_outside

RETURNED_OF = "move_id.origin_returned_move_id.picking_id"
SCRAPPED_OF = "move_id.picking_id"  # the line itself has none


class StockPicking(models.Model):
    # One model in several files, because each answers a question of its own.
    _inherit = "stock.picking"  # pylint: disable=consider-merging-classes-inherited

    def _returns(self):
        """:return: whether it brings back what was delivered.

        Its type may be the delivery's own: Odoo takes that where it has none for returns.
        """
        return is_outside(self.location_id) and bool(self.move_ids.origin_returned_move_id)

    def _take_out(self):
        """Let leave what these returns have brought back."""
        self.move_ids.origin_returned_move_id.picking_id._less_is_there()

    def _less_is_there(self):
        """A delivery leaves when nothing of it is there any more; of others, pieces do."""
        joined = self.sudo().filtered(lambda each: each.ups_pickup_id or each.ups_pickup_waits)
        gone = joined._all_back()
        gone._leave_ups_pickup()
        pickups = (joined - gone).ups_pickup_id
        pickups.filtered(lambda each: each.state not in ENDED)._fill_from_deliveries()

    def _all_back(self):
        """:return: those of which nothing is there any more."""
        left = self._ups_not_back(self._ups_shipped())
        return self - self.browse().union(*(line[0] for line in left))

    def _ups_not_back(self, lines):
        """A line is back when as much of its product is as was in its package, or as was shipped.

        The package is that which the return names. Where a part is back and no package is named,
        nobody knows of which it is.

        :param lines: as `_ups_shipped` tells them.
        :return: those that are not back whole.
        """
        back = self._ups_back()
        shipped = Counter()
        for picking, _package, product, quantity in lines:
            shipped[picking, product] += quantity

        def is_back(picking, package, product, quantity):
            in_all, named = back[picking, product], back[picking, package, product]
            return bool(in_all) and (
                product.uom_id.compare(in_all, shipped[picking, product]) >= 0
                or product.uom_id.compare(named, quantity) >= 0
            )

        return [line for line in lines if not is_back(*line)]

    def _ups_back(self):
        """:return: quantities by transfer and product, and by transfer, package and product."""
        done = ("state", "=", "done")
        returned = [(RETURNED_OF, "in", self.ids), done]
        # Odoo scraps what a validated transfer has moved from where that is by now.
        scrapped = [
            (SCRAPPED_OF, "in", self.ids),
            ("location_dest_id.usage", "=", "inventory"),
            ("location_id.usage", "in", ("customer", "transit")),
            done,
        ]
        lines = self.env["stock.move.line"].sudo()
        back = Counter()
        for domain, of in ((returned, RETURNED_OF), (scrapped, SCRAPPED_OF)):
            by = (of, "package_id", "product_id")
            for picking, package, product, quantity in lines._read_group(
                domain, by, ["quantity_product_uom:sum"]
            ):
                back[picking, product] += quantity
                back[picking, package, product] += quantity
        return back


class StockScrap(models.Model):
    _inherit = "stock.scrap"

    def do_scrap(self):
        result = super().do_scrap()
        self.picking_id.filtered(lambda each: each.state == "done")._less_is_there()
        return result
