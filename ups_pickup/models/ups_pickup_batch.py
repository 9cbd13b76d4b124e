"""Many locations, many days: drafts first, then a cron requests them all."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.addons.ups_pickup_oauth.settings import ups_environment
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from .. import clock
from ..const import MAX_QUANTITY, OPEN
from ..no_number import refuse_no_number
from ..notice import notice, shown_anew
from ..other_companies import refuse_of_others
from ..this_database import this_database

MOST_DAYS = 31

MOST_SENTENCES = 10  # of what is left out


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
            queued = rows.filtered("queued_on")
            asked = rows.filtered(lambda each: each.state != "draft")
            refused = (rows - asked - queued).filtered("problem")
            batch.progress = 100 * len(asked + refused) // len(rows) if rows else 0
            words = batch._progress_in_words(rows, asked, refused, queued)
            batch.progress_in_words = words if rows else False
            if queued:
                batch.state = "paused" if batch.paused_why else "running"
            else:
                batch.state = "done" if asked else "draft"

    def _progress_in_words(self, rows, asked, refused, queued):
        return self.env._(
            "%(all)s pickups: %(asked)s requested, %(refused)s not possible, %(queued)s waiting",
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

    def action_fill(self):
        """Make the drafts, of days that UPS can be asked for; a second click makes no more.

        :return: An action that says what was left out, and why.
        """
        self.ensure_one()
        self.check_access("write")
        pickups = self.env["ups.pickup"]
        pickups.check_access("create")
        self.location_ids.check_access("read")
        there, left_out, made = self._already_there(), [], 0
        for location in self.location_ids:
            for ahead in range((self.date_to - self.date_from).days + 1):
                day = self.date_from + timedelta(days=ahead)
                found = there.get((location.id, day))
                if found and found.batch_id == self:
                    continue
                if found:
                    left_out.append(self._open_in_words(found))
                elif problem := location._day_problem(day):
                    left_out.append(problem)
                else:
                    pickups._draft_for(
                        location, day, "batch", quantity=self.quantity, batch_id=self.id
                    )
                    made += 1
        return self._filled(made, left_out)

    @api.model
    def _open_in_words(self, pickup):
        return self.env._(
            "%(location)s has an open pickup on %(day)s already: %(pickup)s.",
            location=pickup.location_id.display_name,
            day=format_date(self.env, pickup.pickup_date),
            pickup=pickup.name,
        )

    @api.model
    def _filled(self, made, left_out):
        """:return: an action that says how many drafts there are more, and what was left out."""
        sentences = [self.env._("%s drafts made.", made), *left_out[:MOST_SENTENCES]]
        if len(left_out) > MOST_SENTENCES:
            sentences.append(
                self.env._("%s more days are left out.", len(left_out) - MOST_SENTENCES)
            )
        return notice(
            "warning" if left_out else "success",
            "\n".join(sentences),
            sticky=bool(left_out),
            next=shown_anew(),
        )

    def _already_there(self):
        """:return: by location and day, the row of the batch, else the open pickup."""
        domain = [
            ("location_id", "in", self.location_ids.ids),
            ("pickup_date", ">=", self.date_from),
            ("pickup_date", "<=", self.date_to),
            ("environment", "=", ups_environment(self.env)),
            "|",
            ("batch_id", "=", self.id),
            ("state", "in", OPEN),
        ]
        found = self.env["ups.pickup"].sudo().search(domain)
        found = found.sorted(lambda each: each.batch_id == self)  # the batch's own win
        return {(each.location_id.id, each.pickup_date): each for each in found}

    def action_request(self):
        """Have a cron request the drafts, and return at once.

        :raise UserError: If there is nothing to request, or no cron to do it.
        """
        self.ensure_one()
        self.check_access("write")
        drafts = self.pickup_ids.filtered(lambda each: each.state == "draft")
        drafts._check_requester()
        if not drafts:
            raise UserError(self.env._("There is no draft in the batch. Fill it first."))
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
        return True

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
    def _unlink_with_its_queue(self):
        # Also those of companies that they do not work for, which nobody would stop any more.
        self.sudo().pickup_ids.filtered("queued_on").write({"queued_on": False})
