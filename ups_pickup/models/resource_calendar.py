from odoo import fields, models

OWN = ("ups.pickup.location", "resource.calendar.attendance", "resource.calendar.leaves")
"""What points to a calendar that is a location's alone."""


class ResourceCalendar(models.Model):
    _inherit = "resource.calendar"

    ups_pickup_location_ids = fields.One2many(
        "ups.pickup.location",
        "calendar_id",
        groups="ups_pickup.group_user",  # others read calendars whole, too
    )

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
        leaves = self.env["resource.calendar.leaves"]
        leaves.search([("calendar_id", "in", self.ids)]).company_id = company_id

    def _unlink_with_leaves(self):
        # Without its calendar, a closed day would be everybody's.
        leaves = self.env["resource.calendar.leaves"]
        leaves.search([("calendar_id", "in", self.ids)]).unlink()
        self.unlink()

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
