"""Which days are grey in the calendar? Those on which none of the locations is open."""

from datetime import timedelta

from odoo import api, fields, models

MOST = timedelta(days=400)
"""More than a year is no calendar's question."""


class UpsPickup(models.Model):
    # One model in several files, because each answers a question of its own.
    _inherit = "ups.pickup"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def get_unusual_days(self, date_from, date_to=None, location_ids=()):
        """Tell which days are closed, as hr_holidays does for a person.

        :param str date_from: first day, or a moment of it.
        :param str date_to: last day, the first one by default.
        :param location_ids: of the locations in question; none means all of the companies at work.
        :return: by day as text, whether all of them are closed.
        :rtype: dict
        """
        self.check_access("read")
        domain = [("id", "in", location_ids)] if location_ids else []
        locations = self.env["ups.pickup.location"].search(
            [*domain, ("company_id", "in", self.env.companies.ids)]
        )
        first, last = fields.Date.to_date(date_from), fields.Date.to_date(date_to or date_from)
        last = first + min(last - first, MOST)
        days = [first + timedelta(days=ahead) for ahead in range((last - first).days + 1)]
        open_days = set().union(*locations._open_days(first, last).values())
        return {day.isoformat(): bool(locations) and day not in open_days for day in days}
