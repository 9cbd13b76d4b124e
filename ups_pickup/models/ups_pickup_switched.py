"""What stands still once another environment of UPS is in force? It is said before and after."""

from odoo import api, models
from odoo.addons.ups_pickup_oauth.settings import ups_environment
from odoo.fields import Domain


class UpsPickup(models.Model):
    # One model in several files, because each answers a question of its own.
    _inherit = "ups.pickup"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _drivers_in_production_in_words(self, domain):
        """:return: how many drivers of production may come while UPS is only tried."""
        if ups_environment(self.env) == "production":
            return ""
        may_come = self.env["res.company"]._drivers_may_come()
        count = self.search_count(domain & may_come & Domain("environment", "=", "production"))
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
    def _plans_off_in_words(self, domain=Domain.TRUE):
        """:return: how many plans are off here, though nobody has switched them off."""
        off = self._planned(domain, is_in_force=False)
        if not off:
            return ""
        return self.env._(
            "Plans that are off, because they were switched on in another database or environment"
            " of UPS: %(count)s (%(location)s, for example, which says more).",
            count=len(off),
            location=off[0].display_name,
        )

    @api.model
    def _planned(self, domain, is_in_force):
        """:return: the locations whose plan is in force here, or is not; by one query."""
        wanted = Domain("plan", "!=", "manual") & Domain("company_id.active", "=", True) & domain
        marks = ["plan_environment", "plan_database"]
        groups = self.sudo()._read_group(wanted, marks, ["id:recordset"])
        found = (places for *mark, places in groups if self._is_of_here(*mark) == is_in_force)
        return self.sudo().union(*found)


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _ups_advice(self):
        sentences = super()._ups_advice(), self.env["ups.pickup.location"]._plans_off_in_words()
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
        if plans := self.env["ups.pickup.location"]._planned(Domain.TRUE, is_in_force=True):
            yield self.env._("Plans that are off after this change: %s.", len(plans))
        if ups_environment(self.env) == "production":  # no driver comes in a test
            real = Domain("environment", "=", "production")
            yield self.env["res.company"]._drivers_in_words(real)
