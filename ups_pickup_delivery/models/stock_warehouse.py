from odoo import fields, models


class StockWarehouse(models.Model):
    _inherit = "stock.warehouse"

    ups_pickup_location_id = fields.Many2one(
        "ups.pickup.location",
        string="UPS Pickup Location",
        help="Where UPS collects what this warehouse delivers.",
        check_company=True,
        ondelete="restrict",
        groups="ups_pickup.group_user,stock.group_stock_manager",
    )
