"""What of a batch was not requested, and who learns it? Whoever has clicked may be gone by then."""

from datetime import timedelta

from markupsafe import escape
from odoo import api, models
from odoo.addons.ups_pickup_oauth.asking import asked_of
from odoo.addons.ups_pickup_oauth.settings import ups_environment
from odoo.fields import Domain

from .. import clock
from ..const import BATCH_ACTIVITY
from ..one_by_one import those_that


class UpsPickupBatch(models.Model):
    # One model in several files, because each answers a question of its own.
    _inherit = "ups.pickup.batch"  # pylint: disable=consider-merging-classes-inherited

    def _left_in_words(self):
        words = filter(None, (self.paused_why, self.progress_in_words))
        return f"{self.name}: {' '.join(words)}"

    @api.model
    def _ask_about_left(self, paused_before):
        """Keep the questions up to date: one a batch, to who has made it.

        :param paused_before: ids of those that were paused before this run; what pauses a batch
            since then may mend itself by the next one.
        """
        pickups = self.env["ups.pickup"].sudo()
        left = pickups._left_of_batches()
        for asked in pickups._activities(BATCH_ACTIVITY):
            row = pickups.browse(asked.res_id)
            if not (rows := left.get(row.batch_id)):
                asked.unlink()
                continue
            if row not in rows:
                asked.res_id = rows[0].id
            if not row.batch_id.asked_id:  # a former version has not kept who it was
                row.batch_id.asked_id = asked.user_id
        known = self.sudo().search([("asked_id", "!=", False)])
        (known - self.union(*left)).asked_id = False
        for batch, rows in left.items():
            is_news = batch.id in paused_before or not all(rows.mapped("queued_on"))
            # Whoever has said to have done it, or has cancelled it, is asked about it no more.
            is_known = batch.asked_id and rows[0]._may_be_asked(batch.asked_id)
            if is_news and not is_known:
                rows[0]._ask_about_batch()


class UpsPickup(models.Model):
    _inherit = "ups.pickup"  # pylint: disable=consider-merging-classes-inherited

    def write(self, vals):
        """What leaves its batch leaves the question about the others there."""
        if "batch_id" in vals:
            self.filtered(lambda each: each.batch_id.id != vals["batch_id"])._leave_the_question()
        return super().write(vals)

    def unlink(self):
        self._leave_the_question()
        return super().unlink()

    def _leave_the_question(self):
        """Have the next run ask by another row: that it is gone with this one is no answer."""
        if rows := self.sudo().filtered("batch_id.asked_id"):
            asked = rows._activities(BATCH_ACTIVITY, [("res_id", "in", rows.ids)])
            rows.browse(asked.mapped("res_id")).batch_id.asked_id = False

    @api.model
    def _left_drafts(self):
        """:return: the drafts of batches that wait, or have a problem, as a domain."""
        day_before = clock.now().date() - timedelta(days=1)
        drafts = Domain("state", "=", "draft") & Domain("pickup_date", ">=", day_before)
        drafts &= Domain("environment", "=", ups_environment(self.env))
        drafts &= Domain("batch_id", "!=", False)
        return drafts & (Domain("queued_on", "!=", False) | Domain("problem", "!=", False))

    @api.model
    def _left_of_batches(self, domain=Domain.TRUE):
        """:return: by batch the drafts that could not be requested, or wait while it pauses."""
        domain &= self._left_drafts() & Domain("company_id.active", "=", True)
        rows = self.sudo().search(domain, order="pickup_date, id")
        twins = rows._open_twins()
        left = those_that(rows, lambda each: each not in twins and each._is_left())
        return left.grouped("batch_id")

    def _is_left(self):
        """:return: whether it stands still, its batch was requested, and its day is not over."""
        batch = self.batch_id
        stands = batch.paused_why if self.queued_on else batch.queued_database
        return bool(stands) and self.pickup_date >= self.location_id._today()

    def _ask_about_batch(self):
        batch = self.batch_id
        maker = batch.create_uid
        person = maker if self._may_be_asked(maker) else self._responsible()
        if not person or not self.env["ir.model.data"]._xmlid_to_res_id(BATCH_ACTIVITY):
            return
        own = asked_of(self, person)
        own.activity_schedule(
            BATCH_ACTIVITY,
            summary=own.env._("UPS is not asked for all of %s", batch.name),
            note=escape(own.batch_id._left_in_words()),
            user_id=person.id,
        )
        batch.sudo().asked_id = person
