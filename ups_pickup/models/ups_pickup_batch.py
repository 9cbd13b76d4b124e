"""Many locations, many days: drafts first, then a cron requests them all."""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .. import clock
from ..const import MAX_QUANTITY
from ..no_number import refuse_no_number
from ..other_companies import refuse_of_others
from ..this_database import this_database

MOST_DAYS = 31


class UpsPickupBatch(models.Model):
    _name = "ups.pickup.batch"
    _description = "UPS Batch Pickup"
    _inherit = ["ups.pickup.export"]
    _check_company_auto = True
    _order = "id desc"

    name = fields.Char(
        required=True,
        copy=False,
        default=lambda self: self.env["ir.sequence"].sudo().next_by_code("ups.pickup.batch"),
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    location_ids = fields.Many2many("ups.pickup.location", string="Locations", check_company=True)
    date_from = fields.Date(required=True, default=fields.Date.context_today)
    date_to = fields.Date(required=True, default=fields.Date.context_today)
    quantity = fields.Integer(
        string="Pieces Each", help="0: what each location usually has.", default=0
    )
    pickup_ids = fields.One2many("ups.pickup", "batch_id", readonly=True)
    queued_database = fields.Char(
        help="The database's identity where its rows were queued: no copy sends them.",
        groups=fields.NO_ACCESS,
        copy=False,
    )
    paused_why = fields.Char(
        help="Why the rows that are left wait for the next run.", readonly=True, copy=False
    )
    asked_id = fields.Many2one(
        "res.users",
        help="Who was asked what is left of it, until nothing is.",
        groups=fields.NO_ACCESS,
        copy=False,
    )
    state = fields.Selection(
        [("draft", "Draft"), ("running", "Running"), ("paused", "Paused"), ("done", "Done")],
        compute="_compute_state",
    )
    progress = fields.Integer(
        help="Percent of the rows that UPS has answered.", compute="_compute_state"
    )
    progress_in_words = fields.Char(compute="_compute_state")

    _quantity_is_ups = models.Constraint(
        f"CHECK(quantity BETWEEN 0 AND {MAX_QUANTITY})",
        f"UPS takes up to {MAX_QUANTITY} pieces a line.",
    )

    @api.depends("pickup_ids.state", "pickup_ids.queued_on", "pickup_ids.problem", "paused_why")
    def _compute_state(self):
        for batch in self:
            rows = batch.pickup_ids
            drafts = rows.filtered(lambda each: each.state == "draft")
            asked, queued = rows - drafts, drafts.filtered("queued_on")
            refused = (drafts - queued).filtered("problem")
            batch.progress = 100 * len(asked + refused) // len(rows) if rows else 0
            words = batch._progress_in_words(rows, asked, refused, queued)
            batch.progress_in_words = words if rows else False
            if queued:
                batch.state = "paused" if batch.paused_why else "running"
            else:
                batch.state = "done" if asked else "draft"

    def _progress_in_words(self, rows, asked, refused, queued):
        return self.env._(
            "Pickups: %(all)s, requested: %(asked)s, not possible: %(refused)s, waiting:"
            " %(queued)s",
            all=len(rows),
            asked=len(asked),
            refused=len(refused),
            queued=len(queued),
        )

    @api.constrains("date_from", "date_to")
    def _check_days(self):
        for batch in self:
            if not (batch.date_from and batch.date_to):
                continue  # PostgreSQL has its say
            if not 0 <= (batch.date_to - batch.date_from).days < MOST_DAYS:
                raise ValidationError(
                    self.env._(
                        "“Date To” must be on or after “Date From”, with %s days at the most.",
                        MOST_DAYS,
                    )
                )

    def action_request(self):
        """Have a cron request the drafts, and return at once.

        :return: True, or an action that says what was chosen no more.
        :raise UserError: If there is nothing to request, or no cron to do it.
        """
        self.ensure_one()
        self.check_access("write")
        changed = self._follow_what_was_chosen()
        drafts = self.pickup_ids.filtered(lambda each: each.state == "draft")
        drafts._check_requester()
        if not drafts:
            raise UserError(
                self.env._("There is no draft in the batch. Click “Make the Drafts” first.")
            )
        cron = self.env.ref("ups_pickup.ir_cron_batch", raise_if_not_found=False)
        if not cron:
            raise UserError(
                self.env._(
                    "The scheduled action that requests batches was deleted. Have an administrator"
                    " upgrade the app UPS Pickups, which makes it anew."
                )
            )
        drafts.sudo().write({"queued_on": clock.now(), "problem": False})
        self.sudo().write({"paused_why": False, "queued_database": this_database(self.env)})
        cron.sudo()._trigger()
        return self._filled(changed, []) if changed else True

    @api.model_create_multi
    def create(self, vals_list):
        # A value that is given leaves no room for a default of the caller's.
        unpaused = {} if self.env.su else {"paused_why": False}
        for vals in vals_list:
            refuse_no_number(self, vals)
        return super().create([vals | unpaused for vals in vals_list])

    def write(self, vals):
        if "paused_why" in vals and not self.env.su:
            raise UserError(self.env._("Only Odoo itself says why a batch is paused."))
        refuse_no_number(self, vals)
        result = super().write(vals)
        refuse_of_others(self, vals, "location_ids")
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_with_its_drafts(self):
        """What people have made or moved stays, and is requested by nobody but them."""
        # Also those of companies that they do not work for, which nobody would stop any more.
        drafts = self.sudo().pickup_ids.filtered(lambda each: each.state == "draft")
        own = drafts.filtered(lambda each: each._is_where_chosen() and each._goes_with_its_batch())
        own.unlink()
        (drafts - own)._leave_the_queue()
