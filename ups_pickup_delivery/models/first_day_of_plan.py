"""A plan is switched on: what of the deliveries that wait still stands there?"""

from datetime import timedelta

from odoo import models
from odoo.addons.ups_pickup import clock
from odoo.addons.ups_pickup.models.archiving import named

from ..const import FREED, LOOK_BACK


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

    def _leave_what_went_otherwise(self):
        """What was validated before the last close went with a driver of whom Odoo knows nothing.

        What was freed by a pickup stands there still, however old it is.
        """
        pickups, pickings = self.env["ups.pickup"], self.env["stock.picking"]
        freed = pickups.search(
            [("location_id", "=", self.id), ("state", "in", FREED), ("delivery_freed", "!=", False)]
        )
        still_there = {id for each in freed for id in each.delivery_freed}
        waiting = pickings.search([*pickings._ups_waits_domain(), ("id", "not in", still_there)])
        last_close = self._last_close()
        gone = waiting.filtered(
            lambda each: (
                each._ups_location() == self
                and each.date_done
                # or what somebody has done with it since then: it was left behind, say
                and max(each.date_done, each.write_date) < last_close
            )
        )
        if gone:
            gone.with_context(tracking_disable=True).ups_pickup_waits = False
            self.message_post(body=self._gone_in_words(gone))

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
        today = self._today()
        first = today - timedelta(days=LOOK_BACK)
        closes = (self._at(day, self._close_on(day)) for day in self._open_days(first, today)[self])
        return max(filter(lambda each: each <= clock.now(), closes), default=self._at(first, 0))
