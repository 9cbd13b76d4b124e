"""What is there today, where today is another date in each zone?"""

from collections import Counter
from datetime import date, timedelta
from typing import NamedTuple

from odoo import api, fields, models
from odoo.addons.ups_pickup_oauth.settings import ups_environment
from odoo.fields import Domain

from .. import clock
from ..const import OPEN, TO_CHECK
from ..local_time import in_words, zone_in_words
from .ups_pickup_request import PLACE

SUCCESSFUL_DAYS = 7


class Row(NamedTuple):
    """So many pickups of which the database has told the same."""

    location: object
    day: date
    state: str
    is_asked: bool
    count: int
    truck: tuple  # of those that one driver of the day is for, the same


TILES = ("today", "tomorrow", "to_check", "unsuccessful", "successful")


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
    is_unanswered = fields.Boolean(
        string="Nobody Has Seen to It",
        help="It was unsuccessful, and nobody has requested another one by “Again”, or needs none.",
        compute="_compute_is_unanswered",
        search="_search_is_unanswered",
    )
    is_current_environment = fields.Boolean(
        string="Of the Environment in Force",
        compute="_compute_is_current_environment",
        search="_search_is_current_environment",
    )
    hint = fields.Char(
        help="What stands against sending the draft, or has changed since it was sent.",
        compute="_compute_hint",
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
        return _where(domain, value)

    @api.depends("state", "problem")
    def _compute_is_to_check(self):
        for pickup in self:
            is_asked = pickup.state in TO_CHECK and (pickup.state != "cancelling" or pickup.problem)
            pickup.is_to_check = bool(is_asked)

    @api.depends("state", "is_settled", "again_ids.state", "again_ids.pickup_date")
    def _compute_is_unanswered(self):
        for pickup in self:
            is_open = pickup.state == "unsuccessful" and not pickup.is_settled
            pickup.is_unanswered = is_open and not any(
                again.state != "draft" or again.pickup_date >= again.location_id._today()
                for again in pickup.again_ids
            )

    @api.depends(
        "state", "location_id", "pickup_date", "ready_time", "close_time", "account_id", "kind",
        "weight", "line_ids.quantity", "line_ids.service_id", "instruction", "changed_in_words",
    )  # fmt: skip
    @api.depends_context("lang")
    def _compute_hint(self):
        for pickup in self:
            is_ready = pickup.state == "draft" and pickup.location_id and pickup.pickup_date
            is_ready = is_ready and pickup._is_at_own_place()
            pickup.hint = (
                " ".join(pickup.sudo()._problems()) if is_ready else pickup.changed_in_words
            )

    def _search_is_today(self, operator, value):
        return self._search_day(operator, value, 0)

    def _search_is_tomorrow(self, operator, value):
        return self._search_day(operator, value, 1)

    def _search_is_to_check(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = _to_check()
        return _where(domain, value)

    def _search_is_unanswered(self, operator, value):
        if operator != "in":
            return NotImplemented
        return _where(_unanswered(_by_day(self._places(), 0)), value)

    @api.model
    def _search_day(self, operator, value, ahead):
        if operator != "in":
            return NotImplemented
        domain = _on_days(_by_day(self._places(), ahead))
        return _where(domain, value)

    @api.model
    def _places(self):
        # All of them: they are few, and archived ones still have pickups.
        locations = self.env["ups.pickup.location"].with_context(active_test=False)
        own = Domain("company_id", "in", self.env.companies.ids)
        return locations.search(Domain.TRUE if self.env.su else own)

    @api.model
    def _get_view_cache_key(self, view_id=None, view_type="form", **options):
        key = super()._get_view_cache_key(view_id, view_type, **options)
        return (*key, ups_environment(self.env))

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        """In production its column says nothing new, and waits among the optional ones."""
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type == "list" and ups_environment(self.env) == "production":
            for column in arch.xpath("//field[@name='environment'][@optional]"):
                column.set("optional", "hide")
        return arch, view

    @api.model
    def overview(self, domain=None, date_from=None, date_to=None):
        """Tell all that the overview shows, at once; its parameters are :meth:`overview_counts`'s.

        :return: the counts; ``cutoffs``, of what is still a draft today; ``is_test``; ``troubles``,
            a sentence each; ``steps`` to the first pickup, where there is none yet.
        :rtype: dict
        """
        own = Domain("company_id", "in", self.env.companies.ids)
        beside = own & (self._real_drivers() | self._left_drafts())
        told, by_state = self._told(domain, date_from, date_to, beside)
        told["is_test"] = ups_environment(self.env) == "cie"
        told["troubles"] = self._troubles(own, by_state)
        has_pickups = any(map(told.get, TILES)) or self.search_count([], limit=1)
        told["steps"] = [] if has_pickups else self._first_steps()
        return told

    @api.model
    def _troubles(self, own, by_state):
        """:return: what keeps pickups from going on by themselves.

        :param own: what is of the user's companies.
        :param by_state: the number of real drivers while UPS is tested, and of drafts that their
            batch could not request.
        """
        refused = self.env["ups.pickup.account"].search(Domain("last_problem", "!=", False) & own)
        plans = self.env["ups.pickup.location"]._plans(own)
        left = self._left_of_batches(own) if by_state.get("draft") else ()
        sentences = (
            self._standstill_in_words(),
            self._real_drivers_in_words(sum(by_state.get(state, 0) for state in OPEN)),
            plans.off._plans_off_in_words(),
        )
        return [
            *filter(None, sentences),
            *(each._plan_stopped_in_words() for each in plans.stopped),
            *(batch._left_in_words() for batch in left),
            *(f"{each.display_name}: {each.last_problem}" for each in refused),
        ]

    @api.model
    def overview_counts(self, domain=None, date_from=None, date_to=None):
        """Count what the tiles of the overview show, in the environment in force.

        :param list domain: what the list below is narrowed to.
        :param date_from: first day of the successful and unsuccessful ones.
        :param date_to: last day of them; the last 7 days where neither is given.
        :return: five numbers; by ``dates`` for each tile the days that it counts, as texts; and
            ``cutoffs``.
        :rtype: dict
        """
        return self._told(domain, date_from, date_to)[0]

    @api.model
    def _told(self, domain, date_from, date_to, beside=Domain.FALSE):
        """:return: as :meth:`overview_counts`, and by state how many there are of what is wanted
        beside, which nothing unsuccessful is.
        """
        self.check_access("read")
        places = self._places()
        today, tomorrow = _by_day(places, 0), _by_day(places, 1)
        days = sorted(today) or [fields.Date.context_today(self)]
        end = fields.Date.to_date(date_to) or max(days)
        week_ago = end - min(timedelta(days=SUCCESSFUL_DAYS - 1), end - date.min)
        start = fields.Date.to_date(date_from) or (date.min if date_to else week_ago)
        rows = list(self._counted(domain, start, end, [today, tomorrow]))
        # Drivers that the list does not show are asked for, too.
        all_rows = list(self._counted([], start, end, [today])) if domain else rows
        span = [day.isoformat() for day in (start, end) if day != date.min]
        dates = {
            "today": [day.isoformat() for day in days],
            "tomorrow": [day.isoformat() for day in sorted(tomorrow)],
            "unsuccessful": span,
            "successful": span,
        }
        counts = _tiles(rows, today, tomorrow, start, end)
        unanswered = _unanswered(today) & _within(start, end) & self._narrowed(domain)
        by_state = dict(self._read_group(unanswered | beside, ["state"], ["__count"]))
        counts["unsuccessful"] = by_state.get("unsuccessful", 0)
        drafts = _drafts_to_send(rows, all_rows, today)
        return counts | {"dates": dates, "cutoffs": _cutoffs(drafts)}, by_state

    @api.model
    def _narrowed(self, domain):
        return Domain(domain or []) & Domain("environment", "=", ups_environment(self.env))

    @api.model
    def _counted(self, domain, start, end, days):
        """One grouped query of what any tile shows."""
        wanted = Domain.OR(
            [
                *map(_on_days, days),
                _to_check(),
                Domain("state", "=", "done") & _within(start, end),
            ]
        )
        rows = self._read_group(
            wanted & self._narrowed(domain),
            ["location_id", "pickup_date:day", "state", "kind", "account_id"],
            ["__count", "problem:count"],
        )
        for location, day, state, kind, account, count, with_problem in rows:
            place = location if PLACE[kind] == "location_id" else account
            row = Row(location, _day(day), state, state in TO_CHECK, count, (kind, place.id))
            # One that is being cancelled at this moment has no problem, and is no question.
            if state == "cancelling":
                yield row._replace(count=with_problem)
                yield row._replace(is_asked=False, count=count - with_problem)
            else:
                yield row


def _within(start, end):
    return Domain("pickup_date", ">=", start) & Domain("pickup_date", "<=", end)


def _by_day(places, ahead):
    """:return: the locations by their date of today, or of as many days later."""
    return places.grouped(lambda each: each._today() + timedelta(days=ahead))


def _on_days(by_day):
    """Search by date and by the locations whose day it is: both use one index."""
    return Domain.OR(
        Domain("pickup_date", "=", day) & Domain("location_id", "in", locations.ids)
        for day, locations in by_day.items()
    )


def _tiles(rows, today, tomorrow, start, end):
    counts = dict.fromkeys(TILES, 0)
    for location, day, state, is_asked, count, _truck in rows:
        if state != "cancelled":
            counts["today"] += count * (location in today.get(day, ()))
            counts["tomorrow"] += count * (location in tomorrow.get(day, ()))
        if is_asked:
            counts["to_check"] += count
        if start <= day <= end and state == "done":
            counts["successful"] += count
    return counts


def _drafts_to_send(rows, all_rows, today):
    """:return: by location the number of today's, without those that are asked for already."""
    asked = {(row.day, row.truck) for row in all_rows if row.state in OPEN}
    drafts = Counter()
    for row in rows:
        is_today = row.state == "draft" and row.location in today.get(row.day, ())
        if is_today and (row.day, row.truck) not in asked:
            drafts[row.location] += row.count
    return drafts


def _cutoffs(drafts):
    """:return: for each open location with drafts for today the seconds left, the next first."""
    cutoffs = [_cutoff(location, drafts[location]) for location in _open_today(drafts)]
    return sorted(cutoffs, key=lambda each: (each["seconds"] < 0, each["seconds"]))


def _open_today(locations):
    """:return: those of them where somebody works today: the others' drafts are for another day."""
    if not locations:
        return []
    found = next(iter(locations)).browse(each.id for each in locations)
    days = {location: location._today() for location in found}
    open_days = found._open_days(min(days.values()), max(days.values()))
    return [location for location in found if days[location] in open_days[location]]


def _cutoff(location, drafts):
    today = location._today()
    latest = location._last_call(today)
    left = location._at(today, latest) - clock.now()
    return {
        "location": location.display_name,
        "cutoff": in_words(latest),
        "zone": zone_in_words(location.sudo().tz),
        "drafts": drafts,
        "seconds": int(left.total_seconds()),
    }


def _where(domain, value):
    """:return: the search of a yes-or-no field whose `in` is given these values."""
    return Domain.OR([domain] * (True in value) + [~domain] * (not all(value)))


def _unanswered(today):
    """What was unsuccessful. A draft of another one that nobody has sent in time is no answer.

    :param today: all locations by their date of today.
    """
    is_ahead = Domain.OR(
        Domain("pickup_date", ">=", day) & Domain("location_id", "in", locations.ids)
        for day, locations in today.items()
    )
    answers = Domain("again_ids", "any", Domain("state", "!=", "draft") | is_ahead)
    wanted = Domain("state", "=", "unsuccessful") & Domain("is_settled", "=", False)
    return wanted & ~answers


def _to_check():
    return Domain("state", "in", ("unconfirmed", "unknown")) | (
        Domain("state", "=", "cancelling") & Domain("problem", "!=", False)
    )


def _day(day):
    return day if type(day) is date else day.date()
