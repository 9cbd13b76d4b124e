from odoo import fields, models


class ResourceCalendar(models.Model):
    _inherit = "resource.calendar"

    ups_pickup_location_ids = fields.One2many("ups.pickup.location", "calendar_id")

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
