"""Working hours that are a location's: which are of a day, and what goes with them?"""

from odoo import api, fields, models
from odoo.fields import Domain

from ..local_time import same_clock

BOUNDS = ("date_from", "date_to")
OWN = ("ups.pickup.location", "resource.calendar.attendance", "resource.calendar.leaves")
"""What points to a calendar that is a location's alone."""


class ResourceCalendar(models.Model):
    _inherit = "resource.calendar"

    ups_pickup_location_ids = fields.One2many(
        "ups.pickup.location",
        "calendar_id",
        groups="ups_pickup.group_user",  # others read calendars whole, too
    )

    def _is_of_pickups(self):
        whose = Domain("calendar_id", "=", self.id)
        whose |= Domain("company_id.resource_calendar_id", "=", self.id)
        places = self.env["ups.pickup.location"].sudo().with_context(active_test=False)
        return bool(self and places.search_count(whose, limit=1))

    def _lines_of(self, day):
        """:return: the hours of its weekday, in a calendar of two weeks those of its week."""
        week = self.two_weeks_calendar and str(self.attendance_ids.get_week_type(day))
        return self.attendance_ids.filtered(
            lambda line: (
                int(line.dayofweek) == day.weekday()
                and line.day_period != "lunch"
                and not line.display_type
                and (not week or line.week_type == week)
            )
        )

    def _move_to_company(self, company_id):
        """Its closed days go along, which are of a company each."""
        self.company_id = company_id
        self._leaves_of_all().company_id = company_id

    def _move_to_zone(self, zone):
        """Its closed days go along: they are days of the place, wherever it is."""
        for leave in self._leaves_of_all():
            leave.write({name: same_clock(leave[name], self.tz, zone) for name in BOUNDS})
        self.tz = zone

    def _unlink_with_leaves(self):
        # Without its calendar, a closed day would be everybody's.
        self._leaves_of_all().unlink()
        self.unlink()

    def _leaves_of_all(self):
        return self.env["resource.calendar.leaves"].search([("calendar_id", "in", self.ids)])

    def _unused(self):
        """:return: those of them to which nothing points that has a life of its own."""
        columns = self.env["ir.model.fields"].sudo()
        columns = columns.search(
            [("relation", "=", self._name), ("store", "=", True), ("model", "not in", OWN)]
        )
        unused = self
        for column in columns.filtered(lambda each: each.ttype in ("many2one", "many2many")):
            users = self.env[column.model].sudo().with_context(active_test=False)
            if not users._abstract:
                unused -= users.search([(column.name, "in", unused.ids)])[column.name]
        return unused


class ResourceCalendarLeaves(models.Model):
    # One model in two files, because each answers a question of its own.
    _inherit = "resource.calendar.leaves"  # pylint: disable=consider-merging-classes-inherited

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `resource`: who closes a day from another time zone means the place's day.

        Odoo's hr_holidays does so with all working hours, and where it is, nothing is left to do.
        """
        is_others = self.env.su or hasattr(self, "_prepare_public_holidays_values")
        if not is_others:
            vals_list = [self._by_clock_of_place(vals) for vals in vals_list]
        return super().create(vals_list)

    @api.model
    def _by_clock_of_place(self, vals):
        here, calendar = self.env.user.tz, self.env["resource.calendar"].sudo()
        calendar_id = vals.get("calendar_id", self.env.context.get("default_calendar_id"))
        calendar = calendar.browse(calendar_id)
        moments = {name: fields.Datetime.to_datetime(vals.get(name)) for name in BOUNDS}
        is_typed = here and not vals.get("resource_id") and all(moments.values())
        if not is_typed or not calendar._is_of_pickups() or are_days(moments, calendar.tz):
            return vals
        return vals | {
            name: same_clock(moment, here, calendar.tz) for name, moment in moments.items()
        }


def are_days(moments, zone):
    """:return: whether a clock of the zone shows whole days: proposed by Odoo, or copied."""
    start, end = (same_clock(moments[name], zone, "UTC") for name in BOUNDS)
    return (start.hour, start.minute, end.hour, end.minute) == (0, 0, 23, 59)
