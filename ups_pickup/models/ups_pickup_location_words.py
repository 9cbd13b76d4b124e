"""What does a person read of a location: its hours, what UPS would refuse, what comes and came?"""

from datetime import timedelta

from odoo import api, fields, models
from odoo.addons.ups_pickup_oauth.settings import ups_environment
from odoo.tools import SQL, format_date

from ..const import OPEN
from ..local_time import in_words, is_hour, zone_in_words

CLOSED_AHEAD = 30  # days that are looked at for holidays
MOST_SHOWN = 3  # of what comes, and of what came
SEEN = ("done", "unsuccessful", "unknown")


class UpsPickupLocation(models.Model):
    # One model in several files, because each answers a question of its own.
    _inherit = "ups.pickup.location"  # pylint: disable=consider-merging-classes-inherited

    hours_in_words = fields.Char(string="In Words", compute="_compute_hours_in_words")
    closed_in_words = fields.Char(string="Closed", compute="_compute_closed_in_words")
    hint = fields.Char(help="What UPS would refuse of it.", compute="_compute_hint")
    open_count = fields.Integer(string="Open Pickups", compute="_compute_open_count")
    pickups_in_words = fields.Char(
        string="Open and Last Pickups", compute="_compute_pickups_in_words"
    )

    @api.depends("ready_time", "close_time", "cutoff_time", "calendar_id.tz")
    @api.depends_context("lang")
    def _compute_hours_in_words(self):
        for location in self:
            hours = (location.ready_time, location.close_time, location.cutoff_time)
            if not all(is_hour(each) for each in hours):
                location.hours_in_words = False
                continue
            ready, close, cutoff = (in_words(each) for each in hours)
            location.hours_in_words = self.env._(
                "Ready %(ready)s, closes %(close)s, ask before %(cutoff)s, %(place)s time",
                ready=ready,
                close=close,
                cutoff=cutoff,
                place=zone_in_words(location.tz),
            )

    @api.depends("calendar_id")
    @api.depends_context("lang")
    def _compute_closed_in_words(self):
        """Holidays only: the weekdays on which it is always closed are seen in its calendar."""
        with_days = self.filtered("calendar_id")
        today = fields.Date.today()  # there it may be a day earlier or later
        around = timedelta(days=8), timedelta(days=CLOSED_AHEAD + 8)
        open_days = with_days._open_days(today - around[0], today + around[1])
        for location in self:
            days = location._holidays(open_days[location]) if location in with_days else []
            location.closed_in_words = ", ".join(format_date(self.env, day) for day in days)

    def _holidays(self, open_days):
        """:return: the next days on which it is closed, and a week later or earlier is not."""
        today, week = self._today(), timedelta(days=7)
        days = (today + timedelta(days=ahead) for ahead in range(CLOSED_AHEAD))
        return [
            day for day in days if day not in open_days and {day + week, day - week} & open_days
        ]

    @api.depends(
        "partner_id", "company_name", "contact_name", "phone", "phone_extension", "room", "floor",
        "pickup_point", "is_residential", "account_id",
    )  # fmt: skip
    @api.depends_context("lang")
    def _compute_hint(self):
        for location in self:
            # A form is given any company's.
            own = (location.partner_id, location.account_id)
            is_there = all(each.has_access("read") for each in own)
            is_there = is_there and location._origin and location.partner_id
            location.hint = " ".join(location.sudo()._place_problems()) if is_there else False

    def _here(self):
        return [
            ("location_id", "in", self._origin.ids),
            ("environment", "=", ups_environment(self.env)),
        ]

    def _compute_open_count(self):
        domain = [*self._here(), ("state", "in", OPEN)]
        counts = dict(self.env["ups.pickup"]._read_group(domain, ["location_id"], ["__count"]))
        for location in self:
            location.open_count = counts.get(location._origin, 0)

    @api.depends_context("lang")
    def _compute_pickups_in_words(self):
        coming = self._first_of_each(OPEN, SQL("pickup_date, id"))
        ended = self._first_of_each(SEEN, SQL("pickup_date DESC, id DESC"))
        for location in self:
            shown = *coming.get(location._origin, ()), *ended.get(location._origin, ())
            location.pickups_in_words = "; ".join(each._day_and_state() for each in shown)

    def _first_of_each(self, states, order):
        """:return: the first pickups of each location, by one query for all of them.

        :rtype: dict
        """
        pickups = self.env["ups.pickup"]
        ranked = SQL(
            "SELECT id, row_number() OVER (PARTITION BY location_id ORDER BY %s) AS place"
            " FROM ups_pickup WHERE id IN %s",
            order,
            pickups._search([*self._here(), ("state", "in", states)]).subselect(),
        )
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM (%s) AS ranked WHERE place <= %s ORDER BY place", ranked, MOST_SHOWN
            )
        )
        return pickups.browse(row[0] for row in rows).grouped("location_id")

    def action_pickups(self):
        """:return: an action that opens the pickups of this location."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("ups_pickup.ups_pickup_action")
        return action | {
            "display_name": self.display_name,
            "domain": [("location_id", "=", self.id)],
            "context": {"default_location_id": self.id, "search_default_in_force": 1},
        }


class UpsPickup(models.Model):
    _inherit = "ups.pickup"  # pylint: disable=consider-merging-classes-inherited

    def _day_and_state(self):
        """:return: such as ``11/24/2026 Requested (29ABCDEFGHI)``."""
        states = dict(self._fields["state"]._description_selection(self.env))
        prn = f" ({self.prn})" if self.prn and self.state in OPEN else ""
        return f"{format_date(self.env, self.pickup_date)} {states[self.state]}{prn}"
