"""What of the deliveries that wait went with a driver of whom Odoo knows nothing?"""

from datetime import timedelta

from odoo import fields, models
from odoo.addons.ups_pickup import clock
from odoo.addons.ups_pickup.models.archiving import named
from odoo.fields import Domain

from ..const import LOOK_BACK


class UpsPickupLocation(models.Model):
    # One model in several files, because each answers a question of its own.
    _inherit = "ups.pickup.location"  # pylint: disable=consider-merging-classes-inherited

    def write(self, vals):
        """Override of `base`: the first pickup of a plan is not for what went without one."""
        is_switched_on = vals.get("plan", "manual") != "manual"
        were_off = self.filtered(
            lambda each: is_switched_on and (each.plan == "manual" or each.is_plan_off)
        )
        result = super().write(vals)
        for location in were_off:
            location.sudo()._leave_what_went_otherwise()
        return result

    def _wake_plans(self):
        super()._wake_plans()
        for location in self.filtered(lambda each: each._has_plan()):
            # Awake, what was freed before the last close would have joined within minutes.
            freed = Domain("picking_type_id.warehouse_id.ups_pickup_location_id", "=", location.id)
            freed &= Domain("ups_pickup_waits_since", "<", location._last_close())
            location.sudo()._leave_what_went_otherwise(freed)

    def _leave_what_went_otherwise(self, or_this=Domain.FALSE):
        """A plan begins with what still stands there."""
        pickings = self.env["stock.picking"]
        gone = pickings.search(pickings._ups_waits_domain() & (self._went_otherwise() | or_this))
        if gone:
            gone.with_context(tracking_disable=True).ups_pickup_waits = False
            self.message_post(body=self._gone_in_words(gone))

    def _went_otherwise(self):
        """:return: a domain of what was validated before the last close, and waits since then.

        What was freed or left behind stands there, and so does what was given a label later.
        """
        return Domain.OR(
            Domain("picking_type_id.warehouse_id.ups_pickup_location_id", "=", location.id)
            & Domain("ups_pickup_waits_since", "=", False)
            & Domain("date_done", "<", close)
            for location, close in self._last_closes().items()
        )

    def _went_without_plan(self):
        """:return: a domain of what went otherwise from those where no plan sees to each day."""
        return self.filtered(lambda each: not each._has_plan())._went_otherwise()

    def _join_what_waits(self, ids):
        pickings = self.env["stock.picking"]
        still_there = pickings.browse(ids).filtered_domain(~self._went_without_plan())
        if still_there:
            pickings._join(self.id, still_there.ids)

    def _has_plan(self):
        return self.plan != "manual" and self._is_plan_in_force()

    def _gone_in_words(self, gone):
        return self.env._(
            "Deliveries that were validated before the last close, and that the plan does not take"
            " along: %(count)s (the first: %(names)s). Where some still stand there, select them in"
            " the list of transfers and click Request UPS Pickup.",
            count=len(gone),
            names=named(gone),
        )

    def _last_close(self):
        """:return: the UTC moment when the last driver that there may have been had left."""
        return self._last_closes()[self]

    def _last_closes(self):
        """:return: those moments by location, by as many queries at any number of them."""
        days = {location: location._today() for location in self}
        first = min(days.values(), default=fields.Date.today()) - timedelta(days=LOOK_BACK)
        open_days, now = self._open_days(first, max(days.values(), default=first)), clock.now()
        return {
            location: max(
                (
                    close
                    for day in open_days[location]
                    if (close := location._at(day, location._close_on(day))) <= now
                ),
                default=location._at(first, 0),
            )
            for location in self
        }
