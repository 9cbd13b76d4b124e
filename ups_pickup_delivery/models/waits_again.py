"""What waits for another pickup than the one that it was in?"""

from odoo import api, fields, models
from odoo.addons.ups_pickup_oauth.settings import ups_environment
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..const import OVER, UPS_CONNECTORS


class StockPicking(models.Model):
    # One model in several files, because each answers a question of its own.
    _inherit = "stock.picking"  # pylint: disable=consider-merging-classes-inherited

    def action_ups_pickup_left_behind(self):
        """Have what the driver did not take along wait for the next pickup; its own one says so.

        :raise AccessError: If the user may not request pickups.
        :raise UserError: If the day of none of their pickups is over.
        """
        self._check_ups_user()
        behind = self.sudo().filtered(
            lambda each: (
                each.ups_pickup_id.state in OVER and each._ups_not_back(each._ups_shipped())
            )
        )
        if not behind:
            raise UserError(
                self.env._(
                    "None of them is in a pickup that is over. What is in another one goes with its"
                    " driver, or take it out."
                )
            )
        for pickup, pickings in behind.grouped("ups_pickup_id").items():
            pickup._leave_behind(pickings)
            pickup._no_question_any_more()
        behind._wait_again()

    def _wait_again(self):
        """Leave their pickups, and join the next ones after the commit."""
        own = self.sudo()
        pickups = own.ups_pickup_id
        own.write({"ups_pickup_id": False, "ups_pickup_waits": True})
        pickups._fill_from_deliveries()
        own._for_ups()._note_for_ups()

    @api.model
    def _of_drafts(self, *terms):
        """:return: those that are in a draft, and of which the terms of a domain are true."""
        return self.sudo().search([("ups_pickup_id.state", "=", "draft"), *terms])


class DeliveryCarrier(models.Model):
    # As above.
    _inherit = "delivery.carrier"  # pylint: disable=consider-merging-classes-inherited

    ups_pickup_was_lost = fields.Boolean(
        string="Collected by UPS No More", copy=False, groups=fields.NO_ACCESS
    )

    def write(self, vals):
        """What a carrier ships that UPS collects no more waits, until UPS does so again."""
        collected = self.filtered(lambda each: each._is_collected_by_ups())
        result = super().write(vals)
        if lost := collected.filtered(lambda each: not each._is_collected_by_ups()):
            lost.sudo().ups_pickup_was_lost = True
            self.env["stock.picking"]._of_drafts(("carrier_id", "in", lost.ids))._wait_again()
        if "ups_pickup_service_id" in vals:
            self.env["ups.pickup"]._count_drafts_anew(("picking_id.carrier_id", "in", self.ids))
        return result

    @api.model
    def _not_by_ups_any_more(self):
        """:return: a domain of those that UPS has collected, or would but for an environment."""
        is_connector = Domain("delivery_type", "in", UPS_CONNECTORS)
        lost = Domain("ups_pickup_was_lost", "=", True) & Domain(
            "ups_pickup_service_id", "=", False
        )
        lost &= ~is_connector
        if ups_environment(self.env) == "production":
            lost |= is_connector & Domain("prod_environment", "=", False)
        return lost & Domain("active", "in", (True, False))


class StockWarehouse(models.Model):
    # As above.
    _inherit = "stock.warehouse"  # pylint: disable=consider-merging-classes-inherited

    def write(self, vals):
        """What stands in a draft of another location than is chosen now waits at this one.

        What waited since before that is not for its plan; nor is what waits while none is chosen.
        """
        if "ups_pickup_location_id" not in vals:
            return super().write(vals)
        chosen = self.env["ups.pickup.location"].browse(vals["ups_pickup_location_id"])
        moved = self.sudo().filtered(lambda each: each.ups_pickup_location_id != chosen)
        result = super().write(vals)
        if chosen and moved and chosen.sudo()._has_plan():
            chosen.sudo()._leave_what_went_otherwise()
        elsewhere = moved.env["stock.picking"]._of_drafts(
            ("picking_type_id.warehouse_id", "in", moved.ids),
            ("ups_pickup_id.location_id", "!=", chosen.id),
        )
        elsewhere._wait_again()
        if not chosen:
            elsewhere.ups_pickup_waits_since = False
        return result
