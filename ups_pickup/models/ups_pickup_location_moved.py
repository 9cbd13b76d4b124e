"""It is another address: what belonged to the old door, and whose clock is it now?"""

import pytz
from odoo import api, models

OLD_DOOR = dict.fromkeys(
    ("phone_extension", "room", "floor", "pickup_point", "is_residential", "is_account_address"),
    False,
)
"""What nobody knows of another address."""


class UpsPickupLocation(models.Model):
    # One model in several files, because each answers a question of its own.
    _inherit = "ups.pickup.location"  # pylint: disable=consider-merging-classes-inherited

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        before = self._origin
        if before and self.partner_id != before.partner_id:
            self.update(OLD_DOOR)
        elif before:  # it is that door after all
            self.update({name: before[name] for name in OLD_DOOR if not self[name]})

    def write(self, vals):
        """Override of `base`: what the same write says of the new door is kept."""
        partner = self.env["res.partner"].sudo().browse(vals.get("partner_id"))
        moved = self.filtered(lambda each: partner and each.partner_id != partner)
        left = {each: each.sudo().partner_id.country_id for each in moved}
        result = super().write(vals)
        if moved:
            moved.write({name: OLD_DOOR[name] for name in OLD_DOOR if name not in vals})
        if "calendar_id" not in vals:
            for location, country in left.items():
                location.sudo()._follow_clock_from(country)
        return result

    def _follow_clock_from(self, country):
        """Have a country's clock where it has left another one. Within one, nobody knows."""
        partner, calendar = self.partner_id, self.calendar_id
        zones = pytz.country_timezones.get(partner.country_id.code or "", ())
        if partner.country_id != country and zones and calendar.tz not in zones:
            calendar._unused()._move_to_zone(self._zone_of(partner, self.company_id))
