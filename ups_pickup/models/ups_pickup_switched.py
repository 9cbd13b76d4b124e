"""What stands still once another environment of UPS is in force? It is said before and after."""

from typing import Any, NamedTuple

from odoo import api, fields, models
from odoo.addons.ups_pickup_oauth.settings import ups_environment
from odoo.fields import Domain

from .. import clock
from .ups_pickup_plan_failed import SEEN_LATELY

REAL = Domain("environment", "=", "production")


class Plans(NamedTuple):
    """Locations with a plan: where it works, where it does not, and where it was stopped lately."""

    in_force: Any
    off: Any
    stopped: Any


class UpsPickup(models.Model):
    # One model in several files, because each answers a question of its own.
    _inherit = "ups.pickup"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _real_drivers(self):
        """:return: those that may come while UPS is only tested, as a domain."""
        if ups_environment(self.env) == "production":
            return Domain.FALSE
        return REAL & self.env["res.company"]._drivers_may_come()

    @api.model
    def _real_drivers_in_words(self, count):
        if not count:
            return ""
        return self.env._(
            "UPS pickups of production for which a driver may come: %s. While UPS is only tested,"
            " their status is not asked for, and they cannot be cancelled here.",
            count,
        )


class UpsPickupLocation(models.Model):
    _inherit = "ups.pickup.location"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _plans(self, domain=Domain.TRUE):
        """:return: the locations with a plan, as Plans; by one query."""
        wanted = Domain("plan", "!=", "manual") & Domain("company_id.active", "=", True) & domain
        by = ["plan_environment", "plan_database", "plan_stopped_on:day"]
        since, none = clock.now().date() - SEEN_LATELY, self.sudo().browse()
        plans = Plans(none, none, none)
        for *mark, day, places in self.sudo()._read_group(wanted, by, ["id:recordset"]):
            is_in_force = self._is_of_here(*mark)
            is_stopped = day and fields.Date.to_date(day) >= since
            plans = Plans(
                plans.in_force + (places if is_in_force else none),
                plans.off + (none if is_in_force else places),
                plans.stopped + (places if is_stopped else none),
            )
        return plans

    def _plans_off_in_words(self):
        """:return: that the plans of these are off here, though nobody has switched them off."""
        if not self:
            return ""
        return self.env._(
            "Plans that are off, because they were switched on in another database or environment"
            " of UPS: %(count)s (%(location)s, for example, which says more).",
            count=len(self),
            location=self[0].display_name,
        )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _ups_advice(self):
        off = self.env["ups.pickup.location"]._plans().off
        sentences = super()._ups_advice(), off._plans_off_in_words()
        return "\n".join(filter(None, sentences))

    def _compute_ups_reauthorize_warning(self):
        """Override of `ups_pickup_oauth` to say, before Save, what of pickups stops, too."""
        super()._compute_ups_reauthorize_warning()
        for settings in self.filtered(lambda each: each._ups_touches("ups_environment")):
            words = settings.ups_reauthorize_warning, *self._ups_stops_in_words()
            settings.ups_reauthorize_warning = " ".join(filter(None, words))

    @api.model
    def _ups_stops_in_words(self):
        """:return: sentences about what another environment than that in force would stop."""
        if plans := self.env["ups.pickup.location"]._plans().in_force:
            yield self.env._("Plans that are off after this change: %s.", len(plans))
        if ups_environment(self.env) == "production":  # no driver comes in a test
            yield self.env["res.company"]._drivers_in_words(REAL)
