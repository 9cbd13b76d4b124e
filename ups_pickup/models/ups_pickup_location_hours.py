"""When can UPS be asked to come? All of it is the location's time."""

from datetime import datetime, time, timedelta

import pytz
from odoo import models

from .. import clock
from ..local_time import as_time, at, hour_of, in_words, local

LOOK_AHEAD = 60  # days


class UpsPickupLocation(models.Model):
    # One model in three files, because each answers a question of its own.
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
        """:return: whether somebody works there on that day."""
        calendar = self.sudo().calendar_id
        zone = pytz.timezone(calendar.tz or "UTC")
        start = zone.localize(datetime.combine(day, time.min))
        end = zone.localize(datetime.combine(day, time.max))
        # Of the closed days of all calendars, not those of other companies.
        own = [("time_type", "=", "leave"), ("company_id", "in", (False, self.company_id.id))]
        return bool(calendar._work_intervals_batch(start, end, domain=own)[False])

    def _day_problem(self, day, ready_time=None, close_time=None):
        """Say why UPS cannot be asked any more to come that day.

        :return: A sentence, or None.
        """
        ready = self.ready_time if ready_time is None else ready_time
        close = self.close_time if close_time is None else close_time
        now = self._now()
        if day < now.date():
            return self.env._(
                "The pickup date %(day)s is past: at %(location)s it is %(now)s. Choose a later"
                " date.",
                day=day,
                location=self.display_name,
                now=f"{now:%Y-%m-%d %H:%M}",
            )
        if not self._is_open_on(day):
            return self.env._(
                "%(location)s is closed on the pickup date %(day)s. Choose another date.",
                location=self.display_name,
                day=f"{day:%Y-%m-%d (%A)}",
            )
        if day == now.date() and now.time() > as_time(self.cutoff_time):
            return self.env._(
                "The cut-off of %(location)s for today's pickups was %(cutoff)s, and it is %(now)s"
                " there. Choose a later pickup date.",
                location=self.display_name,
                cutoff=in_words(self.cutoff_time),
                now=f"{now:%H:%M}",
            )
        return self._window_problem(day, ready, close, now)

    def _window_problem(self, day, ready, close, now):
        start = max(ready, hour_of(now)) if day == now.date() else ready
        # A minute is nobody's problem: floats are no better than that.
        if close - start + 1 / 120 >= max(self.minimum_window, 1 / 60):
            return None
        return self.env._(
            "Between “Ready From” (%(ready)s) and “Closes At” (%(close)s) UPS wants %(window)s"
            " hours at %(location)s. It is %(now)s there. Change the hours, or choose a later"
            " date.",
            ready=in_words(ready),
            close=in_words(close),
            window=in_words(self.minimum_window),
            location=self.display_name,
            now=f"{now:%H:%M}",
        )

    def _next_date(self):
        """:return: the next date that UPS can be asked for, or the location's today."""
        today = self._today()
        days = (today + timedelta(days=ahead) for ahead in range(LOOK_AHEAD))
        return next((day for day in days if not self._day_problem(day)), today)
