"""Which carriers does UPS collect?"""

from odoo import fields, models
from odoo.addons.ups_pickup_oauth.settings import ups_environment

from ..const import UPS_CONNECTORS


class DeliveryCarrier(models.Model):
    _inherit = "delivery.carrier"

    ups_pickup_service_id = fields.Many2one(
        "ups.pickup.service",
        string="UPS Pickup Service",
        help="UPS collects what is shipped this way: it joins the pickup of the warehouse.",
        ondelete="restrict",
    )

    def _is_collected_by_ups(self):
        """:return: whether UPS collects what this carrier ships.

        A connector in Odoo's test environment prints samples, which no real driver takes along.
        """
        own = self.sudo()
        if own.delivery_type in UPS_CONNECTORS:
            return own.prod_environment or ups_environment(self.env) != "production"
        return bool(own.ups_pickup_service_id)
