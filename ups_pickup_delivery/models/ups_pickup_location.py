"""What do deliveries need of a location: its hour, and a say before it is archived."""

from odoo import models
from odoo.addons.ups_pickup.local_time import in_words
from odoo.addons.ups_pickup.models.archiving import named
from odoo.tools import format_date


class UpsPickupLocation(models.Model):
    _inherit = "ups.pickup.location"

    def write(self, vals):
        result = super().write(vals)
        if "service_id" in vals:  # that of what no delivery method says
            here = "picking_id.ups_pickup_id.location_id", "in", self.ids
            self.env["ups.pickup"]._count_drafts_anew(here)
        return result

    def _needed_by(self):
        warehouses = self.env["stock.warehouse"].sudo()
        warehouses = warehouses.search([("ups_pickup_location_id", "=", self.id)])
        if not warehouses:
            return super()._needed_by()
        return self.env._(
            "UPS collects at %(location)s what these warehouses deliver: %(warehouses)s. Choose"
            " another UPS pickup location there before you archive it.",
            location=self.display_name,
            warehouses=named(warehouses),
        )

    def _asked_until(self):
        """:return: such as ``15:00``, or ``Mon 30 15:00`` if it is not today."""
        day, today = self._next_date(), self._today()
        until = in_words(self._last_call(day))
        if day == today:
            return until
        return f"{format_date(self.env, day, date_format='EEE d')} {until}"
