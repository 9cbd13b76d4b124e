"""It is another address: what belonged to the old door, and whose clock is it now?"""

import pytz
from odoo import api, models

from ..local_time import same_zone
from ..ups_country import ups_country

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
        left = {each: ups_country(each.sudo().partner_id) for each in moved}
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
        zones = pytz.country_timezones.get(ups_country(partner).code or "", ())
        if ups_country(partner) == country or not zones:
            return
        zone = same_zone(calendar.tz, zones) or self._zone_of(partner, self.company_id)
        if zone != calendar.tz:
            calendar._unused()._move_to_zone(zone)


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        """Override of `base`: the same where the address itself is corrected.

        Odoo copies it to who shares it past this method, be that a person or the whole company.
        """
        places = self.env["ups.pickup.location"].sudo().with_context(active_test=False)
        names = ("country_id", "state_id", "parent_id")
        where = {name: vals[name] for name in names if name in vals}
        if any(each[name].id != value for each in self for name, value in where.items()):
            family = self.commercial_partner_id
            places = places.search([("partner_id.commercial_partner_id", "in", family.ids)])
        before = {place: ups_country(place.partner_id) for place in places}
        result = super().write(vals)
        for place, country in before.items():
            place._follow_clock_from(country)
        return result
