"""What do deliveries bring to a pickup, and what was UPS told of it?"""

import logging
from collections import Counter

import psycopg2
from odoo import api, fields, models
from odoo.addons.ups_pickup.const import OPEN
from odoo.addons.ups_pickup.local_time import hour_of
from odoo.addons.ups_pickup_oauth.own_transaction import in_own_transaction
from odoo.addons.ups_pickup_oauth.settings import ups_environment
from odoo.exceptions import UserError

from ..const import FREED
from .stock_picking import is_overweight

_logger = logging.getLogger(__name__)


class UpsPickup(models.Model):
    _inherit = "ups.pickup"

    picking_ids = fields.One2many(
        "stock.picking", "ups_pickup_id", string="Transfers", groups="stock.group_stock_user"
    )
    delivery_count = fields.Integer(string="Deliveries", compute="_compute_deliveries")
    delivery_pieces = fields.Integer(string="Packages", compute="_compute_deliveries")
    delivery_unweighed = fields.Integer(
        string="Packages Without Weight", compute="_compute_deliveries"
    )
    delivery_news = fields.Char(
        string="What Has Changed",
        help="What UPS was not told of the deliveries.",
        compute="_compute_deliveries",
    )

    @api.depends("picking_ids", "state", "told", "origin")
    def _compute_deliveries(self):
        for pickup in self:
            pickings = pickup.sudo().picking_ids
            pieces = pickings._ups_pieces()
            pickup.delivery_count = len(pickings)
            pickup.delivery_pieces = len(pieces)
            pickup.delivery_unweighed = sum(not weight for _s, _c, weight in pieces.values())
            pickup.delivery_news = pickup._delivery_news(len(pieces))

    def _delivery_news(self, now):
        if self.state not in OPEN or not self.told:
            return False
        told = sum(piece["quantity"] for piece in self.told["pieces"])
        if self.origin == "deliveries" and not now:
            return self.env._("UPS was told %s, now there is nothing. Cancel the pickup.", told)
        # A person or a plan may have told UPS of more than deliveries bring.
        if now > told or (self.origin == "deliveries" and now != told):
            return self.env._("UPS was told %(told)s, now %(now)s", told=told, now=now)
        return False

    # === ACTION METHODS === #

    def action_deliveries(self):
        """:return: An action that lists its transfers."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Transfers"),
            "res_model": "stock.picking",
            "views": [(False, "list"), (False, "form")],
            "domain": [("ups_pickup_id", "in", self.ids)],
        }

    def _open(self):
        """:return: An action that opens it, or their list."""
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("UPS Pickup"),
            "res_model": self._name,
        }
        if len(self) == 1:
            return {**action, "res_id": self.id, "views": [(False, "form")]}
        views = [(False, "list"), (False, "form")]
        return {**action, "views": views, "domain": [("id", "in", self.ids)]}

    # === JOIN === #

    @api.model
    def _for_deliveries(self, location, may_make=False):
        """:return: today's open pickup until close, else that of the next day, or none."""
        today, close = location._today(), location.close_time
        if hour_of(location._now()) < close and (pickup := self._open_on(location, today)):
            return pickup
        day = location._next_date()
        if location._day_problem(day):
            return self.browse()
        if pickup := self._open_on(location, day):
            return pickup
        draft = self.search(
            [
                *self._oncall_domain(location, day),
                ("state", "=", "draft"),
                ("origin", "=", "deliveries"),
            ],
            limit=1,
        )
        makes = may_make or (location.plan == "when_packages" and location._is_plan_in_force())
        if draft or not makes:
            return draft
        return self.create(
            {
                "location_id": location.id,
                "pickup_date": day,
                "origin": "deliveries",
                "weight_unit": self._database_weight_unit(),
            }
        )

    @api.model
    def _open_on(self, location, day):
        domain = [*self._oncall_domain(location, day), ("state", "in", OPEN)]
        return self.search([*domain, ("state", "!=", "cancelling")], limit=1)

    @api.model
    def _oncall_domain(self, location, day):
        return [
            ("location_id", "=", location.id),
            ("pickup_date", "=", day),
            ("environment", "=", ups_environment(self.env)),
            ("kind", "=", "oncall"),
        ]

    @api.model
    def _database_weight_unit(self):
        parameter = self.env["ir.config_parameter"].sudo().get_param("product.weight_in_lbs")
        return "LBS" if parameter == "1" else "KGS"

    def _fill_from_deliveries(self):
        """Make the lines and weights of drafts anew; what UPS was told stays as it was."""
        for pickup in self.filtered(lambda p: p.state == "draft" and p.origin == "deliveries"):
            pieces, unit = pickup.picking_ids._ups_pieces(), self._database_weight_unit()
            counts = Counter((service, country) for service, country, _w in pieces.values())
            weights = [weight for _s, _c, weight in pieces.values()]
            pickup.write(
                {
                    "line_ids": [
                        fields.Command.clear(),
                        *(_line(*kind, quantity) for kind, quantity in counts.items()),
                    ],
                    "weight_unit": unit,
                    # a sum that lacks some would be wrong; 0 says that nobody knows
                    "weight": round(sum(weights), 1) if all(weights) else 0,
                    "is_overweight": any(is_overweight(weight, unit) for weight in weights),
                }
            )

    def _telling(self):
        told = super()._telling()
        if numbers := self.sudo().picking_ids._ups_tracking_numbers():
            told["tracking_numbers"] = numbers
        return told

    # === WHAT A CRASH, A FAILURE OR THE CALENDAR LEFT === #

    @api.model
    def _cron_plan(self):
        for work in ("_free_deliveries", "_move_deliveries_on", "_join_deliveries"):
            try:
                in_own_transaction(
                    self.env, lambda env, name=work: getattr(env[self._name], name)()
                )
            except (UserError, psycopg2.Error) as error:
                _logger.error("UPS deliveries, %s: %s", work, type(error).__name__)
        return super()._cron_plan()

    @api.model
    def _free_deliveries(self):
        """What was not collected joins the pickup made again for it, or the next one."""
        stranded = self.env["stock.picking"].search([("ups_pickup_id.state", "in", FREED)])
        for pickup, pickings in stranded.grouped("ups_pickup_id").items():
            again = self.search(
                [("retry_of_id", "=", pickup.id), ("state", "not in", FREED)], limit=1
            )
            pickings.write({"ups_pickup_id": again.id, "ups_pickup_waits": not again})

    @api.model
    def _move_deliveries_on(self):
        """A draft whose day cannot be asked for any more goes to the next that can."""
        drafts = self.search([("state", "=", "draft"), ("origin", "=", "deliveries")])
        for draft in drafts.filtered("picking_ids"):
            location = draft.location_id
            if not location._day_problem(draft.pickup_date):
                continue
            location._lock()
            day = location._next_date()
            taken = [*self._oncall_domain(location, day), ("id", "!=", draft.id)]
            if self.search_count([*taken, ("origin", "=", "deliveries")], limit=1):
                pickings = draft.picking_ids
                pickings.write({"ups_pickup_id": False, "ups_pickup_waits": True})
                draft._fill_from_deliveries()
            elif not location._day_problem(day):
                draft.pickup_date = day

    @api.model
    def _join_deliveries(self):
        self.env["stock.picking"]._all_that_wait_for_ups()._join_ups_pickup()

    def unlink(self):
        freed = self.sudo().picking_ids
        freed.write({"ups_pickup_id": False, "ups_pickup_waits": True})
        return super().unlink()


def _line(service, country, quantity):
    return fields.Command.create(
        {
            "service_id": service.id,
            "destination_country_id": country.id,
            "quantity": quantity,
        }
    )
