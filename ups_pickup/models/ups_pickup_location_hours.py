"""When can UPS be asked to come? All of it is the location's time."""

from datetime import date, datetime, time, timedelta

import pytz
from odoo import api, models
from odoo.tools import format_date
from odoo.tools.intervals import Intervals

from .. import clock
from ..local_time import as_time, at, hour_of, in_words, local, same_clock
from .resource_calendar import BOUNDS, are_days

LOOK_AHEAD = 60  # days

EARLIEST, LATEST = date(1970, 1, 1), date(2999, 12, 31)
"""No zone's clock can be put to the last days that Python has: there nobody works."""


class UpsPickupLocation(models.Model):
    # One model in several files, because each answers a question of its own.
    _inherit = "ups.pickup.location"  # pylint: disable=consider-merging-classes-inherited

    def _now(self):
        """:return: the moment on the location's clock."""
        return local(clock.now(), self.sudo().calendar_id.tz or "UTC")

    def _today(self):
        """:return: the location's date."""
        return self._now().date()

    def _at(self, day, hours):
        """:return: the UTC moment, without time zone, of the location's day and hour."""
        return at(day, hours, self.sudo().calendar_id.tz or "UTC")

    def _is_open_on(self, day):
        """:return: whether somebody is there on that day when UPS usually comes."""
        return day in self._open_days(day, day)[self]

    def _open_days(self, first, last):
        """Tell on which days somebody is there when UPS comes, by as many queries at any size.

        Odoo's own ``_work_intervals_batch`` asks for each calendar anew.

        :return: by location a set of dates.
        :rtype: dict
        """
        first, last = max(first, EARLIEST), min(last, LATEST)
        days = [first + timedelta(days=ahead) for ahead in range((last - first).days + 1)]
        if not days:
            return {location: set() for location in self}
        leaves = self._leaves(first, last)
        return {
            location: {day for day in days if location.sudo()._is_open(day, leaves)}
            for location in self
        }

    def _is_open(self, day, leaves, ready=None, close=None):
        """Tell whether a driver would find somebody there, from ready to close, if not as usual.

        :param leaves: the closed times around that day.
        """
        lines = self.calendar_id._lines_of(day)
        ready = self.ready_time if ready is None else ready
        close = self._close_by(lines) if close is None else close
        if self._short(lines, ready, close):
            return False
        hours, closed = self._hours_of(day, lines), self._closed(leaves)
        driver = Intervals([(self._moment(day, ready), self._moment(day, close), leaves.browse())])
        return not closed & driver and bool(hours - closed)

    def _short(self, lines, ready, close):
        """:return: from when until when of that time these hours of a day are, if on other days
        somebody works for longer; or None.
        """
        first, last = self._span(lines, ready, close)
        if (first, last) == (ready, close):
            return None
        start, end = self._span(self._ordinary_lines(), ready, close)
        return (first, last) if start < end and (first > start or last < end) else None

    def _close_on(self, day):
        """:return: the usual close, or the end of a shorter day's work if UPS's hours remain."""
        place = self.sudo()
        return place._close_by(place.calendar_id._lines_of(day))

    def _close_by(self, lines):
        ready, close = self.ready_time, self.close_time
        _first, last = self._short(lines, ready, close) or (ready, close)
        last = round(last * 60) / 60  # UPS is told whole minutes
        is_enough = last - ready >= max(self.minimum_window, 1 / 60)
        return last if is_enough and not self._short(lines, ready, last) else close

    def _last_call(self, day):
        """:return: until which hour UPS takes a request for that day: it wants its hours before
        closing, too.
        """
        return max(min(self.cutoff_time, self._close_on(day) - self.minimum_window), 0)

    def _ordinary_lines(self):
        """:return: the hours of an ordinary week, if they are meant for drivers at all.

        The working hours may end before UPS comes on every day.
        """
        calendar = self.calendar_id
        lines = calendar.attendance_ids.filtered(
            lambda line: line.day_period != "lunch" and not line.display_type
        )
        return lines.browse() if calendar.flexible_hours else lines

    @api.model
    def _span(self, lines, ready, close):
        """:return: from when until when somebody works of that time, whatever breaks are between.

        :rtype: tuple[float, float]
        """
        met = lines.filtered(lambda line: line.hour_from < close and ready < line.hour_to)
        start = min(met.mapped("hour_from"), default=close)
        end = max(met.mapped("hour_to"), default=ready)
        return max(ready, start), min(close, end)

    def _leaves(self, first, last):
        """:return: the closed times of these days; two zones are less than two days apart."""
        midnight, own = datetime.combine(first, time.min), self.sudo()
        calendars = own.calendar_id | own.company_id.resource_calendar_id
        return (
            self.env["resource.calendar.leaves"]
            .sudo()
            .search(
                [
                    ("calendar_id", "in", (False, *calendars.ids)),
                    ("resource_id", "=", False),
                    ("time_type", "=", "leave"),
                    ("date_to", ">=", midnight - timedelta(days=2)),
                    ("date_from", "<=", midnight + timedelta(days=(last - first).days + 3)),
                ]
            )
        )

    def _closed(self, leaves):
        """:return: the location's closed times, its company's among them."""
        calendars = self.calendar_id | self.company_id.resource_calendar_id
        # Of the closed days of all calendars, not those of other companies.
        own = leaves.filtered(
            lambda each: each.calendar_id <= calendars and each.company_id <= self.company_id
        )
        return Intervals([(*self._bounds(each), each) for each in own])

    def _bounds(self, leave):
        """:return: from when until when it is: a company's holiday by the clock of each place.

        One of no working hours was entered by its author's clock, who may have moved since, or be
        gone: what are whole days by the company's is taken for these.
        """
        usual, here = self.company_id.resource_calendar_id.tz or "UTC", self.calendar_id.tz or "UTC"
        author = not leave.calendar_id and not are_days(leave, usual) and leave.create_uid
        there = (author or leave.calendar_id).tz or usual
        return [pytz.utc.localize(same_clock(leave[name], there, here)) for name in BOUNDS]

    def _moment(self, day, hour):
        """:return: the moment, with its zone, of the location's hour; of what is none, the nearest.

        Odoo has working hours until 1e9 written past its own form.
        """
        zone = pytz.timezone(self.calendar_id.tz or "UTC")
        minutes = round(min(max(0, hour * 60), 24 * 60))
        return zone.localize(datetime.combine(day, time.min) + timedelta(minutes=minutes))

    def _hours_of(self, day, lines=None):
        """:return: the hours of a day in an ordinary week."""
        calendar, zone = self.calendar_id, pytz.timezone(self.calendar_id.tz or "UTC")
        if calendar.flexible_hours:  # at no certain time, which Odoo makes up
            whole_day = (
                zone.localize(datetime.combine(day, each)) for each in (time.min, time.max)
            )
            return calendar._attendance_intervals_batch(*whole_day)[False]
        return Intervals(
            [
                (self._moment(day, line.hour_from), self._moment(day, line.hour_to), line)
                for line in (calendar._lines_of(day) if lines is None else lines)
            ]
        )

    def _day_problem(self, day, ready_time=None, close_time=None):
        """Say why UPS cannot be asked any more to come that day.

        :return: A sentence, or None.
        """
        ready = self.ready_time if ready_time is None else ready_time
        close = self._close_on(day) if close_time is None else close_time
        now = self._now()
        if day < now.date():
            return self.env._(
                "The pickup date %(day)s is past: at %(location)s it is %(now)s. Choose a later"
                " date.",
                day=format_date(self.env, day),
                location=self.display_name,
                now=f"{format_date(self.env, now.date())} {now:%H:%M}",
            )
        if closed := self._closed_problem(day, ready, close):
            return closed
        if day == now.date() and now.time() > as_time(self.cutoff_time):
            return self.env._(
                "The cut-off of %(location)s for today's pickups was %(cutoff)s, and it is %(now)s"
                " there. Choose a later pickup date.",
                location=self.display_name,
                cutoff=in_words(self.cutoff_time),
                now=f"{now:%H:%M}",
            )
        return self._window_problem(day, ready, close, now)

    def _closed_problem(self, day, ready, close):
        leaves, place = self._leaves(min(day, LATEST), min(day, LATEST)), self.sudo()
        if day > LATEST or not place._hours_of(day) - place._closed(leaves):
            return self.env._(
                "%(location)s is closed on the pickup date %(day)s. Choose another date.",
                location=self.display_name,
                day=format_date(self.env, day, date_format="full"),
            )
        if place._is_open(day, leaves, ready, close):
            return None
        lines = place.calendar_id._lines_of(day)
        if place._short(lines, ready, close):
            start, end = place._span(lines, 0, 24)
            return self.env._(
                "On the pickup date %(day)s somebody works at %(location)s from %(start)s to"
                " %(end)s only. Choose other hours, or another date.",
                location=self.display_name,
                day=format_date(self.env, day, date_format="full"),
                start=in_words(start),
                end=in_words(end),
            )
        return self.env._(
            "On the pickup date %(day)s %(location)s is closed between %(ready)s and %(close)s, or"
            " for a part of that time. Choose other hours, or another date.",
            location=self.display_name,
            day=format_date(self.env, day, date_format="full"),
            ready=in_words(ready),
            close=in_words(close),
        )

    def _window_problem(self, day, ready, close, now):
        start = max(ready, hour_of(now)) if day == now.date() else ready
        # A minute is nobody's problem: floats are no better than that.
        if close - start + 1 / 120 >= max(self.minimum_window, 1 / 60):
            return None
        return self.env._(
            "Between “Ready From” (%(ready)s) and “Closes At” (%(close)s) UPS wants %(window)s"
            " h at %(location)s. It is %(now)s there. Change the hours, or choose a later"
            " date.",
            ready=in_words(ready),
            close=in_words(close),
            window=in_words(self.minimum_window),
            location=self.display_name,
            now=f"{now:%H:%M}",
        )

    def _next_date(self):
        """:return: the next date that UPS can be asked for, or the location's today."""
        return self._possible_date() or self._today()

    def _possible_date(self):
        """:return: the next date that UPS can be asked for, or None."""
        today = self._today()
        days = (today + timedelta(days=ahead) for ahead in range(LOOK_AHEAD))
        return next((day for day in days if not self._day_problem(day)), None)
