"""What do deliveries bring to a pickup, and what was UPS told of it?"""

from collections import Counter

from odoo import api, fields, models
from odoo.addons.ups_pickup.const import MAX_QUANTITY, OPEN
from odoo.addons.ups_pickup.local_time import hour_of
from odoo.addons.ups_pickup_oauth.settings import ups_environment

from ..by_itself import by_itself
from ..const import FREED
from .stock_picking import is_overweight


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
        self.check_access("read")
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
        today = location._today()
        if hour_of(location._now()) < location.close_time and (
            pickup := self._open_on(location, today)
        ):
            return pickup
        day = location._next_date()
        if location._day_problem(day):
            return self.browse()
        makes = may_make or (location.plan == "when_packages" and location._is_plan_in_force())
        there = self._there_on(location, day)
        return there if there or not makes else self._new_for_deliveries(location, day)

    @api.model
    def _new_for_deliveries(self, location, day):
        return self.create(
            {
                "location_id": location.id,
                "pickup_date": day,
                "origin": "deliveries",
                "weight_unit": self._database_weight_unit(),
            }
        )

    @api.model
    def _there_on(self, location, day):
        """:return: what deliveries can join that day."""
        draft = [("state", "=", "draft"), ("origin", "=", "deliveries")]
        return self._open_on(location, day) or self.search(
            [*self._oncall_domain(location, day), *draft], limit=1
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
                        *(line for kind, total in counts.items() for line in _lines(*kind, total)),
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
        """What a plan requests has to be there first. One failure stops none of the others."""
        for pickup_id in self._left_by_drivers():
            by_itself(self.env, lambda env, id=pickup_id: env[self._name].browse(id)._free())
        for draft_id in self._drafts_of_days_gone():
            by_itself(self.env, lambda env, id=draft_id: env[self._name].browse(id)._move_on())
        for ids in self._waiting_by_location():
            by_itself(self.env, lambda env, ids=ids: env["stock.picking"]._join(ids))
        return super()._cron_plan()

    @api.model
    def _left_by_drivers(self):
        pickings = self.env["stock.picking"].sudo()
        return pickings.search([("ups_pickup_id.state", "in", FREED)]).ups_pickup_id.ids

    @api.model
    def _drafts_of_days_gone(self):
        drafts = self.sudo().search([("state", "=", "draft"), ("origin", "=", "deliveries")])
        return drafts.filtered(
            lambda each: each.picking_ids and each.location_id._day_problem(each.pickup_date)
        ).ids

    @api.model
    def _waiting_by_location(self):
        pickings = self.env["stock.picking"].sudo()
        waiting = pickings.search(pickings._ups_waits_domain(), order="id")
        return [each.ids for each in waiting.grouped(lambda each: each._ups_location()).values()]

    def _free(self):
        """What was not collected joins the pickup made again for it, or the next one."""
        again = self.search([("retry_of_id", "=", self.id), ("state", "not in", FREED)], limit=1)
        self.picking_ids.write({"ups_pickup_id": again.id, "ups_pickup_waits": not again})

    def _move_on(self):
        """A draft whose day cannot be asked for any more goes to the next that can."""
        location = self.location_id
        location._one_join_at_a_time()
        day = location._next_date()
        if location._day_problem(day):
            return
        if self._there_on(location, day) - self:
            self.picking_ids.write({"ups_pickup_id": False, "ups_pickup_waits": True})
            self._fill_from_deliveries()
        elif self.state == "draft":
            self.pickup_date = day

    def unlink(self):
        # What UPS has collected, or may have, waits for no other driver.
        still_there = self.sudo().filtered(lambda each: each.state in ("draft", *FREED))
        still_there.picking_ids.write({"ups_pickup_id": False, "ups_pickup_waits": True})
        return super().unlink()


def _lines(service, country, total):
    """:return: commands for as many lines as UPS's most pieces a line need."""
    for start in range(0, total, MAX_QUANTITY):
        yield fields.Command.create(
            {
                "service_id": service.id,
                "destination_country_id": country.id,
                "quantity": min(MAX_QUANTITY, total - start),
            }
        )
