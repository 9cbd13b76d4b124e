"""What has changed since UPS was told, so that its driver may come in vain?"""

from datetime import timedelta

from markupsafe import escape
from odoo import api, fields, models
from odoo.addons.ups_pickup_oauth.asking import asked_of
from odoo.addons.ups_pickup_oauth.settings import ups_environment
from odoo.fields import Domain
from odoo.tools.intervals import Intervals

from .. import clock
from ..const import CHANGED_ACTIVITY, LISTED
from ..one_by_one import one_by_one, those_that

DOOR = ("street", "room", "floor", "city", "state", "postal_code", "country")

COMPARED = (
    "change_asked",
    "close_time",
    "location_id",
    "pickup_date",
    "prn",
    "ready_time",
    "state",
    "told",
)
"""All that a look at a thousand rows without a change reads."""


class UpsPickup(models.Model):
    # One model in several files, because each answers a question of its own.
    _inherit = "ups.pickup"  # pylint: disable=consider-merging-classes-inherited

    changed_in_words = fields.Char(
        string="Changed Since",
        help="What has changed at the location since UPS was told.",
        compute="_compute_changed_in_words",
    )
    change_asked = fields.Char(
        help="Of which change its person was asked: of none a second time.",
        groups=fields.NO_ACCESS,
        copy=False,
    )

    @api.depends("state", "location_id", "pickup_date", "ready_time", "close_time", "told")
    @api.depends_context("lang")
    def _compute_changed_in_words(self):
        """By as many queries at any number of them; of what is stored, whatever a form is given."""
        listed = self._origin.sudo().filtered(lambda each: each.state in LISTED)
        coming = those_that(listed, lambda each: each._may_come_today())
        places, days = coming.location_id, coming.mapped("pickup_date")
        leaves = places._leaves(min(days), max(days)) if days else None
        closed = dict(one_by_one(places, lambda each: each._closed(leaves)))
        doors = dict(one_by_one(places, lambda each: _door(each._address())))
        words = dict(one_by_one(coming, lambda each: " ".join(each._changes(closed, doors))))
        for pickup in self:
            pickup.changed_in_words = words.get(pickup._origin)

    def _changes(self, closed, doors):
        place, told = self.location_id, (self.told or {}).get("address")
        # Its working hours were what they were when UPS was asked.
        if closed[place] and closed[place] & self._hours_there():
            yield self.env._(
                "UPS sends a driver, though %s is closed at that time. Cancel the pickup, unless"
                " somebody is there all the same.",
                place.display_name,
            )
        if told and _door(told) != doors[place]:
            yield self.env._(
                "UPS sends its driver to another address: %(street)s, %(city)s. If that is wrong,"
                " cancel the pickup and request it again.",
                street=" ".join(filter(None, map(told.get, ("street", "room", "floor")))),
                city=told.get("city"),
            )

    @api.model
    def _compared(self):
        """:return: what is read at once; other addons add what they compare."""
        return COMPARED

    def _hours_there(self):
        hours, place = (self.ready_time, self.close_time), self.location_id
        return Intervals([(*(place._moment(self.pickup_date, each) for each in hours), place)])

    @api.model
    def _ask_about_changes(self):
        """Ask the person of each pickup once, and no more where it has ended, or is well again."""
        asked = self._activities(CHANGED_ACTIVITY)
        day_before = clock.now().date() - timedelta(days=1)
        coming = Domain("state", "in", LISTED) & Domain("pickup_date", ">=", day_before)
        coming &= Domain("environment", "=", ups_environment(self.env))
        pickups = self.sudo().search_fetch(coming, self._compared())
        changed = pickups.filtered("changed_in_words")
        well = pickups - changed
        well.filtered("change_asked").change_asked = False  # the same may be so once more
        there = self.sudo().browse(asked.mapped("res_id")).exists() - well
        there = there.filtered(lambda each: each.state in (*LISTED, "cancelling"))
        asked.filtered(lambda each: each.res_id not in there.ids).unlink()
        for pickup in changed:
            if pickup.changed_in_words != pickup.change_asked:
                pickup._each(lambda own: own._ask_about_change())

    def _ask_about_change(self):
        self._lock()
        person = self._responsible()
        if not self.changed_in_words or not person:
            return
        own = asked_of(self, person)
        self.write({"change_asked": self.changed_in_words, "asked_id": person.id})
        self._activities(CHANGED_ACTIVITY, [("res_id", "=", self.id)]).unlink()
        own.activity_schedule(
            CHANGED_ACTIVITY,
            summary=own.env._("Is a driver to come to %s?", own.location_id.display_name),
            note=escape(own.changed_in_words),
            user_id=person.id,
        )


class UpsPickupLocation(models.Model):
    # As above.
    _inherit = "ups.pickup.location"  # pylint: disable=consider-merging-classes-inherited

    changed_in_words = fields.Char(string="Changed Since", compute="_compute_changed_in_words")
    taken_over = fields.Json(
        help="What the contact had when it was chosen: what was typed differs from that.",
        groups=fields.NO_ACCESS,
        compute="_compute_taken_over",
        store=True,
    )

    @api.depends("partner_id")
    def _compute_taken_over(self):
        for location in self:
            location.taken_over = location._of_contact()

    @api.depends_context("lang")
    def _compute_changed_in_words(self):
        coming = self.env["ups.pickup"].search(
            [*self._here(), ("state", "in", LISTED)], order="pickup_date, id"
        )
        changed = coming.filtered("changed_in_words").grouped("location_id")
        readable = self._origin.partner_id._filtered_access("read")
        for location in self:
            place = location._origin
            may_read = place.partner_id & readable
            location.changed_in_words = " ".join(
                (
                    *(
                        f"{each._day_and_state()}: {each.changed_in_words}"
                        for each in changed.get(place, ())
                    ),
                    *(place.sudo()._contact_changes() if may_read else ()),
                )
            )

    def _contact_changes(self):
        """:return: sentences about what was taken over, and is another there by now."""
        for name, now in self._outdated().items():
            yield self.env._(
                "%(field)s was taken over from the address, where it is “%(now)s” by now. Enter"
                " it here, if UPS is to know it.",
                field=self._label(name),
                now=now,
            )
        if not self.partner_id.active:
            yield self.env._("The address is archived. Choose another one, if it is out of date.")

    def _outdated(self):
        """:return: by name what the contact has now, where that of before was taken over."""
        then, may_read = self.sudo().taken_over or {}, self.partner_id.has_access("read")
        return {
            name: value
            for name, value in (self._of_contact() if may_read else {}).items()
            if value and self[name] and self[name] == then.get(name) != value
        }


def _door(address):
    return [(address.get(name) or "").upper() for name in DOOR]
