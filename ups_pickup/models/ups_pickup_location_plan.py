"""A plan requests pickups with no click: who has switched it on, and where is it in force?"""

from odoo import api, fields, models
from odoo.addons.ups_pickup_oauth.settings import ups_environment


class UpsPickupLocation(models.Model):
    # One model in three files, because each answers a question of its own.
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
    plan_database_uuid = fields.Char(
        help="The database in which the plan was switched on: it is off in any copy.",
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
        help="The plan was switched on in another database or environment. Choose it again.",
        compute="_compute_is_plan_off",
    )

    @api.depends("plan", "plan_environment")
    def _compute_is_plan_off(self):
        for location in self:
            location.is_plan_off = location.plan != "manual" and not location._is_plan_in_force()

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._with_plan_marks(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._with_plan_marks(vals))

    @api.model
    def _with_plan_marks(self, vals):
        """:return: values that say where the plan was switched on; nobody else says that."""
        marks = ("plan_database_uuid", "plan_environment", "plan_done_until")
        if not self.env.su:
            vals = {name: value for name, value in vals.items() if name not in marks}
        if "plan" not in vals:
            return vals
        return vals | {
            "plan_database_uuid": self._database_uuid(),
            "plan_environment": ups_environment(self.env),
            "plan_done_until": False,
        }

    def _is_plan_in_force(self):
        own = self.sudo()
        return own.plan_database_uuid == self._database_uuid() and (
            own.plan_environment == ups_environment(self.env)
        )

    @api.model
    def _database_uuid(self):
        return self.env["ir.config_parameter"].sudo().get_param("database.uuid")
