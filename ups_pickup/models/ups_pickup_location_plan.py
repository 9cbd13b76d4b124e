"""A plan requests pickups with no click: who has switched it on, and where is it in force?"""

from odoo import api, fields, models
from odoo.addons.ups_pickup_oauth.settings import ups_environment
from odoo.exceptions import ValidationError

from .. import clock
from ..this_database import is_of_this_database, this_database


class UpsPickupLocation(models.Model):
    # One model in several files, because each answers a question of its own.
    _inherit = "ups.pickup.location"  # pylint: disable=consider-merging-classes-inherited

    plan = fields.Selection(
        [
            ("manual", "By hand"),
            ("when_packages", "When deliveries bring packages"),
            ("working_days", "On each working day"),
        ],
        required=True,
        default="manual",
        copy=False,
        tracking=True,
    )
    plan_time = fields.Float(string="Requested At", required=True, default=17.0)
    plan_day = fields.Selection(
        [("same", "On the same day"), ("before", "On the day before")],
        required=True,
        default="before",
    )
    plan_database = fields.Char(
        help="The database's identity where the plan was switched on: it is off in any copy.",
        groups=fields.NO_ACCESS,
        copy=False,
    )
    plan_environment = fields.Char(
        help="The environment of UPS in which the plan was switched on.", readonly=True, copy=False
    )
    plan_done_until = fields.Date(
        help="The last pickup date that the plan has seen to.", readonly=True, copy=False
    )
    is_plan_off = fields.Boolean(
        string="Plan Is Off Here",
        help="The plan was switched on in another database or environment.",
        compute="_compute_is_plan_off",
    )
    plan_off_in_words = fields.Char(
        help="Why the plan is off, and what switches it on.", compute="_compute_is_plan_off"
    )

    @api.depends("plan", "plan_environment")
    @api.depends_context("lang")
    def _compute_is_plan_off(self):
        for location in self:
            # What is only being chosen is not off: Save marks where it was switched on.
            plans = {location.plan, location._origin.plan}
            is_planned = not plans & {"manual", False}
            is_off = is_planned and not location._is_plan_in_force()
            location.is_plan_off = is_off
            location.plan_off_in_words = is_off and location._plan_off_in_words()

    def _plan_off_in_words(self):
        """Whoever only tries UPS shall not take the plan away from production unawares."""
        here, there = ups_environment(self.env), self.plan_environment
        if there in (here, False):
            return self.env._(
                "The plan was switched on in another database, so it is off here. To switch it on,"
                " choose “By hand”, then the plan again."
            )
        names = self.env["ups.pickup"]._fields["environment"]._description_selection(self.env)
        return self.env._(
            "The plan was switched on in UPS's environment %(there)s, so it is off while %(here)s"
            " is in force. Only if it is to request in %(here)s from now on, choose “By hand”, then"
            " the plan again: it is then off in %(there)s.",
            there=dict(names).get(there, there),
            here=dict(names).get(here, here),
        )

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self._without_marks(vals) for vals in vals_list]
        locations = super().create(vals_list)
        for location, vals in zip(locations, vals_list, strict=True):
            location._wait_until_the_day(vals)
        locations._mark_plans()
        return locations

    def write(self, vals):
        # What was on here stays as it is: the plan has not forgotten what it has seen to.
        is_new = "plan" in vals and self.filtered(
            lambda each: each.plan != vals["plan"] or not each._is_plan_in_force()
        )
        woken = vals.get("active") and self.filtered(lambda each: not each.active)
        waits = "plan" in vals and self.filtered(lambda each: each.plan != vals["plan"])
        result = super().write(self._without_marks(vals))
        for location in waits or ():
            location._wait_until_the_day(vals)
        if is_new:
            is_new._mark_plans()
        if woken:
            woken._wake_plans()
        return result

    @api.model
    def _without_marks(self, vals):
        """:return: the values without those that say where a plan was switched on."""
        marks = ("plan_database", "plan_environment", "plan_done_until")
        return vals if self.env.su else {key: vals[key] for key in vals if key not in marks}

    def _wait_until_the_day(self, vals):
        """Ask on the same day where a plan begins to wait for deliveries, and nothing else is said.

        On the day before, UPS would be asked with the first package of each day.

        :param dict vals: what was said; a list and a file know no onchange.
        """
        if self.plan == "when_packages" and "plan_day" not in vals:
            hour = {} if "plan_time" in vals else {"plan_time": self._hour_for_the_same_day()}
            self.write({"plan_day": "same"} | hour)

    def _hour_for_the_same_day(self):
        is_too_late = self.plan_time >= self.cutoff_time
        return max(self.cutoff_time - 1, 0) if is_too_late else self.plan_time

    def _mark_plans(self):
        """Remember where the plan was switched on, since it is off anywhere else."""
        marks = {
            "plan_database": this_database(self.env),
            "plan_environment": ups_environment(self.env),
        }
        for location in self.sudo():
            today = location._today()
            is_too_late = clock.now() > location._at(today, location._last_call(today))
            # "On the day before" means that today's was for yesterday to ask for, where nothing
            # is waited for.
            is_asked_before = location.plan_day == "before" and location.plan == "working_days"
            is_over = is_too_late or is_asked_before
            location.write(marks | {"plan_done_until": is_over and today})

    def _wake_plans(self):
        """What slept begins as if it were switched on now, and stays off where it was off."""
        self.filtered(lambda each: each._is_plan_in_force())._mark_plans()

    @api.constrains("plan", "plan_day", "plan_time", "cutoff_time")
    def _check_plan_time(self):
        for location in self:
            is_same_day = location.plan != "manual" and location.plan_day == "same"
            if is_same_day and location.plan_time >= location.cutoff_time:
                raise ValidationError(
                    self.env._(
                        "At %s UPS takes no request for the same day any more when the plan makes"
                        " it. Let it request before the cut-off, or on the day before.",
                        location.display_name,
                    )
                )

    @api.onchange("plan")
    def _onchange_plan(self):
        """As :meth:`_wait_until_the_day`, before it is saved."""
        if self.plan == "when_packages":
            self.plan_day = "same"

    @api.onchange("plan_day", "cutoff_time")
    def _onchange_plan_day(self):
        if self.plan_day == "same":
            self.plan_time = self._hour_for_the_same_day()

    def _is_plan_in_force(self):
        own = self.sudo()
        return self._is_of_here(own.plan_environment, own.plan_database)

    @api.model
    def _is_of_here(self, environment, database):
        is_same_ups = environment == ups_environment(self.env)
        return is_same_ups and is_of_this_database(self.env, database)


class UpsConnection(models.Model):
    _inherit = "ups.connection"

    def _make_original(self):
        """Take plans and queues along, which stay off where somebody only authorizes anew."""
        result = super()._make_original()
        for model, mark in (
            ("ups.pickup.location", "plan_database"),
            ("ups.pickup.batch", "queued_database"),
        ):
            marked = self.env[model].sudo().search([(mark, "!=", False)])
            marked.write({mark: this_database(self.env)})
        return result
