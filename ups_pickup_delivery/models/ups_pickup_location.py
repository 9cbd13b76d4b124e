"""What do deliveries need of a location: its hour, and one join at a time."""

from odoo import models
from odoo.addons.ups_pickup.local_time import in_words
from odoo.tools import format_date


class UpsPickupLocation(models.Model):
    _inherit = "ups.pickup.location"

    def _asked_until(self):
        """:return: such as ``15:00``, or ``Mon 30 15:00`` if it is not today."""
        day, today = self._next_date(), self._today()
        until = in_words(min(self.cutoff_time, max(self.close_time - self.minimum_window, 0)))
        if day == today:
            return until
        return f"{format_date(self.env, day, date_format='EEE d')} {until}"

    def _one_join_at_a_time(self):
        """Have a second join begin anew after the first, whose draft it would not see otherwise.

        Who only waits for a lock keeps the snapshot from before; who waits for a write loses it.
        """
        self.env.cr.execute(
            "UPDATE ups_pickup_location SET write_date = write_date WHERE id = %s",
            [self.id],
            log_exceptions=False,
        )
        self.invalidate_recordset()
