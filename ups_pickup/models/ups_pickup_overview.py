"""What is there today, where today is another date in each zone?"""

from datetime import date, timedelta

from odoo import api, fields, models
from odoo.addons.ups_pickup_oauth.settings import ups_environment
from odoo.fields import Domain

from ..const import TO_CHECK

SUCCESSFUL_DAYS = 7


class UpsPickup(models.Model):
    # One model in several files, because each answers a question of its own.
    _inherit = "ups.pickup"  # pylint: disable=consider-merging-classes-inherited

    is_today = fields.Boolean(
        string="Today", compute="_compute_day", search="_search_is_today", help="There, not here."
    )
    is_tomorrow = fields.Boolean(
        string="Tomorrow", compute="_compute_day", search="_search_is_tomorrow"
    )
    is_to_check = fields.Boolean(
        string="To Check",
        help="Nobody knows what became of it.",
        compute="_compute_is_to_check",
        search="_search_is_to_check",
    )
    is_current_environment = fields.Boolean(
        string="Of the Environment in Force",
        compute="_compute_is_current_environment",
        search="_search_is_current_environment",
    )
    hint = fields.Char(
        help="What stands against sending the draft, and what to do.", compute="_compute_hint"
    )

    @api.depends("pickup_date", "location_id")
    def _compute_day(self):
        for pickup in self:
            today = pickup.location_id and pickup.location_id._today()
            ahead = pickup.pickup_date - today if today and pickup.pickup_date else None
            pickup.is_today = ahead == timedelta(0)
            pickup.is_tomorrow = ahead == timedelta(1)

    @api.depends("environment")
    def _compute_is_current_environment(self):
        in_force = ups_environment(self.env)
        for pickup in self:
            pickup.is_current_environment = pickup.environment == in_force

    def _search_is_current_environment(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = Domain("environment", "=", ups_environment(self.env))
        return domain if True in value else ~domain

    @api.depends("state", "problem")
    def _compute_is_to_check(self):
        for pickup in self:
            is_asked = pickup.state in TO_CHECK and (pickup.state != "cancelling" or pickup.problem)
            pickup.is_to_check = bool(is_asked)

    @api.depends(
        "state", "location_id", "pickup_date", "ready_time", "close_time", "account_id", "kind",
        "weight", "line_ids.quantity", "line_ids.service_id", "instruction",
    )  # fmt: skip
    def _compute_hint(self):
        for pickup in self:
            is_ready = pickup.state == "draft" and pickup.location_id and pickup.pickup_date
            pickup.hint = " ".join(pickup.sudo()._problems()) if is_ready else False

    def _search_is_today(self, operator, value):
        return self._search_day(operator, value, 0)

    def _search_is_tomorrow(self, operator, value):
        return self._search_day(operator, value, 1)

    def _search_is_to_check(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = _to_check()
        return domain if True in value else ~domain

    @api.model
    def _search_day(self, operator, value, ahead):
        if operator != "in":
            return NotImplemented
        domain = self._day_domain(ahead)
        return domain if True in value else ~domain

    @api.model
    def _day_domain(self, ahead):
        """Search by date and by the locations whose day it is: both use one index.

        :param int ahead: 0 today, 1 tomorrow.
        """
        domains = [
            Domain("pickup_date", "=", day) & Domain("location_id", "in", locations.ids)
            for day, locations in self._locations_by_day(ahead).items()
        ]
        return Domain.OR(domains) if domains else Domain.FALSE

    @api.model
    def _locations_by_day(self, ahead):
        # All of them: they are few, and archived ones still have pickups.
        locations = self.env["ups.pickup.location"].with_context(active_test=False)
        locations = locations.search([("company_id", "in", self.env.companies.ids)])
        return locations.grouped(lambda each: each._today() + timedelta(days=ahead))

    @api.model
    def overview_counts(self, domain=None, date_from=None, date_to=None):
        """Count what the tiles of the overview show, in the environment in force.

        :param list domain: what the list below is narrowed to.
        :param date_from: first day of the successful and unsuccessful ones, the last 7 by default.
        :param date_to: last day of them.
        :return: five numbers, and by ``dates`` for each tile the days that it counts, as texts.
        :rtype: dict
        """
        self.check_access("read")
        today, tomorrow = self._locations_by_day(0), self._locations_by_day(1)
        days = sorted(today) or [fields.Date.context_today(self)]
        end = fields.Date.to_date(date_to) or max(days)
        start = fields.Date.to_date(date_from) or end - timedelta(days=SUCCESSFUL_DAYS - 1)
        counts = dict.fromkeys(("today", "tomorrow", "to_check", "unsuccessful", "successful"), 0)
        is_today = {(each.id, day) for day, there in today.items() for each in there}
        is_tomorrow = {(each.id, day) for day, there in tomorrow.items() for each in there}
        for location, day, state, is_asked, count in self._counted(domain, start, end, tomorrow):
            if state != "cancelled":
                counts["today"] += count * ((location.id, day) in is_today)
                counts["tomorrow"] += count * ((location.id, day) in is_tomorrow)
            if is_asked:
                counts["to_check"] += count
            if start <= day <= end and state in ("done", "unsuccessful"):
                counts["successful" if state == "done" else "unsuccessful"] += count
        span = [start.isoformat(), end.isoformat()]
        dates = {
            "today": [day.isoformat() for day in days],
            "tomorrow": [day.isoformat() for day in sorted(tomorrow)],
            "unsuccessful": span,
            "successful": span,
        }
        return counts | {"dates": dates}

    @api.model
    def _counted(self, domain, start, end, tomorrow):
        """One grouped query of what any tile shows."""
        wanted = Domain.OR(
            [
                self._day_domain(0),
                self._day_domain(1),
                _to_check(),
                Domain("state", "in", ("done", "unsuccessful"))
                & Domain("pickup_date", ">=", start)
                & Domain("pickup_date", "<=", end),
            ]
        )
        wanted &= Domain(domain or []) & Domain("environment", "=", ups_environment(self.env))
        rows = self._read_group(
            wanted,
            ["location_id", "pickup_date:day", "state"],
            ["__count", "problem:count"],
        )
        for location, day, state, count, with_problem in rows:
            # One that is being cancelled at this moment has no problem, and is no question.
            if state == "cancelling":
                yield location, _day(day), state, True, with_problem
                yield location, _day(day), state, False, count - with_problem
            else:
                yield location, _day(day), state, state in TO_CHECK, count


def _to_check():
    return Domain("state", "in", ("unconfirmed", "unknown")) | (
        Domain("state", "=", "cancelling") & Domain("problem", "!=", False)
    )


def _day(day):
    return day if type(day) is date else day.date()
