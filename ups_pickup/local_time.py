"""Hours of a day, as a place has them: floats in the database, `HH:MM` for people."""

import math
from datetime import datetime, time

import pytz

from . import clock


def is_hour(hours):
    """:return: whether it is 0:00 to 23:59 in whole minutes, for as much as a float can say."""
    minutes = hours * 60
    return (
        -1 < minutes < 24 * 60
        and 0 <= round(minutes) < 24 * 60
        and abs(minutes - round(minutes)) < 0.01
    )


def as_time(hours):
    """:return: the `time` of hours as a float; of what is no hour, the nearest."""
    return time(*divmod(round(min(max(0, hours * 60), 24 * 60 - 1)), 60))


def in_words(hours):
    """:return: such as ``14:05``; of what is no hour, too: a form shows it before it is refused."""
    if not math.isfinite(hours * 60):  # a row of long ago, which a list must show
        return f"{hours}"
    hour, minute = divmod(round(hours * 60), 60)
    return f"{hour:02}:{minute:02}"


def zone_in_words(zone):
    """:return: such as ``New York``, of the zone's city."""
    return (zone or "UTC").rpartition("/")[2].replace("_", " ")


def local(moment, zone):
    """:return: a UTC moment without time zone, as Odoo keeps it, on the clock of a zone."""
    return pytz.utc.localize(moment).astimezone(pytz.timezone(zone))


def at(day, hours, zone):
    """:return: the UTC moment, without time zone, of an hour of a day in a zone.

    An hour that a change to summer time leaves out is the one after it.
    """
    naive = datetime.combine(day, as_time(hours))
    moment = pytz.timezone(zone).localize(naive, is_dst=False)
    return moment.astimezone(pytz.utc).replace(tzinfo=None)


def same_clock(moment, there, here):
    """:return: the UTC moment at which a clock here shows what one there shows at that moment.

    No zone's clock can be put to the first and last days that Python has: these stay.
    """
    if there == here:
        return moment
    try:
        shown = local(moment, there).replace(tzinfo=None)
        return pytz.timezone(here).localize(shown).astimezone(pytz.utc).replace(tzinfo=None)
    except OverflowError:
        return moment


def same_zone(zone, zones):
    """:return: of these zones that one, else the first that shows the same all year; or None.

    Browsers and people may call a zone by a name that its country's list has no more, such as
    America/Montreal or US/Pacific.
    """
    if zone in zones:
        return zone
    months = [datetime(clock.now().year, month, 1) for month in range(1, 13)]

    def shown(name):
        return [local(month, name).utcoffset() for month in months]

    wanted = shown(zone)
    return next((each for each in zones if shown(each) == wanted), None)


def hour_of(moment):
    """:return: the hour of a moment as a float."""
    return moment.hour + moment.minute / 60 + moment.second / 3600
