"""How are the rows of batches requested? Four at once, a commit each, by a cron that may stop."""

import logging

from odoo import SUPERUSER_ID, api, models
from odoo.addons.ups_pickup_oauth.own_transaction import own_cursor, quietly
from odoo.addons.ups_pickup_oauth.side_by_side import side_by_side
from odoo.exceptions import UserError

from ..this_database import is_of_this_database
from .ups_pickup_batch_fill import WHERE
from .ups_pickup_request import NEVER_LEFT, SaveFirst

_logger = logging.getLogger(__name__)

PARALLEL = 4
"""Rows at once."""


class UpsPickupBatch(models.Model):
    # One model in three files, because each answers a question of its own.
    _inherit = "ups.pickup.batch"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _cron_request(self, parallel=PARALLEL):
        """Request what is queued. What UPS cannot answer pauses the batch: its rows wait.

        :param int parallel: How many rows are sent at once.
        """
        commit_progress = self.env["ir.cron"]._commit_progress
        rows = self.env["ups.pickup"].sudo().search(self._queued(), order="queued_on, id")
        batch_of = {row: row.batch_id for row in rows}
        langs = {row: row.batch_id.create_uid.lang for row in rows}
        why_paused = {batch: batch.paused_why or "" for batch in rows.batch_id}
        paused_before = [batch.id for batch, why in why_paused.items() if why]
        waiting = list(rows)[::-1]
        commit_progress(remaining=len(waiting))
        paused, seconds_left = set(), 1

        def following():
            while waiting and seconds_left:
                row = waiting.pop()
                if batch_of[row] not in paused:
                    yield row

        def request(row):
            return self._request_in_thread(row, langs[row])

        for row, why in side_by_side(self.env, request, following(), parallel, first_alone=True):
            batch = batch_of[row]
            if why:
                paused.add(batch)
            is_news = why or (why == "" and batch not in paused)  # not from rows under way
            if batch and is_news and why_paused[batch] != why:
                self._say_why_paused(batch.id, why)
                why_paused[batch] = why
            seconds_left = commit_progress(1)
        if rows:
            self.env["ups.pickup"]._look_soon()  # once, not for each
        quietly(self.env, lambda env: env[self._name]._ask_about_left(paused_before))
        # Of what is paused there is nothing left to do: Odoo would start the next run at once.
        commit_progress(remaining=sum(batch_of[row] not in paused for row in waiting))

    @api.model
    def _queued(self):
        return [
            ("queued_on", "!=", False),
            ("batch_id", "!=", False),
            ("state", "=", "draft"),
            ("company_id.active", "=", True),
        ]

    @api.model
    def _request_in_thread(self, row, lang):
        """Request one row, in a thread of the cron; its words are in that language.

        :return: why its batch has to pause, an empty text if it has not; None if there was nothing
            to request, since the batch was deleted or a person was quicker.
        """
        with own_cursor(self.env.registry) as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"lang": lang, "ups_look_later": True})
            needed = ["batch_id", "company_id", "queued_on", "chosen_where", *WHERE]
            queued = [("id", "=", row.id), *self._queued()]
            pickup = env["ups.pickup"].search_fetch(queued, needed)
            return pickup._request_queued() if pickup else None

    @api.model
    def _say_why_paused(self, batch_id, why):
        quietly(
            self.env,
            lambda env: env[self._name].browse(batch_id).exists().write({"paused_why": why}),
        )


class UpsPickup(models.Model):
    _inherit = "ups.pickup"  # pylint: disable=consider-merging-classes-inherited

    def _refuse_queue_of_another_database(self):
        """A copy requests nothing by itself, also when somebody authorizes there anew.

        :raise UserError: if the batch was not queued here; it takes a person's click then.
        """
        if self.batch_id and not is_of_this_database(self.env, self.batch_id.queued_database):
            raise UserError(
                self.env._(
                    "It was queued in another database. If this one is no copy, request the batch"
                    " again."
                )
            )

    def _leave_the_queue(self):
        """Request none of them; and what UPS may have all the same leaves the batch undeleted.

        In the caller's transaction. A claim that waited for it begins anew, and finds no queue.
        """
        self.filtered("queued_on").write({"queued_on": False})
        self.filtered(lambda each: each._may_come_for_a_lost_request()).write({"batch_id": False})

    def _wait_again(self, queued_on):
        self._lock()
        # A person may have been quicker, or have taken it out meanwhile.
        if self.state == "draft" and self.batch_id and not self._is_chosen_no_more():
            self._own_write({"queued_on": queued_on})

    def _request_queued(self):
        """Request one row of a batch.

        :return: why the batch has to pause, or an empty text.
        :rtype: str
        """
        why = ""
        try:
            self._refuse_queue_of_another_database()
            if self._is_chosen_no_more():  # since just before it was to wait again
                self._each(lambda row: row._leave_the_queue())
                return ""
            told = self.with_context(ups_of_a_queue=True)._request()
            why = "" if told.lets_others_go_on else told.words
        except NEVER_LEFT as error:
            why = str(error)
        except SaveFirst as error:  # a person has it in hand: it waits for the next run
            _logger.info("UPS pickup %s: %s", self.id, error)
        except UserError as error:
            self._keep_problem(getattr(error, "sentence", str(error)))
        except Exception as error:  # PostgreSQL's, or a rule's of others: the next row's turn
            _logger.error("UPS pickup %s: %s", self.id, type(error).__name__)
        if why:
            queued_on = self.queued_on
            self._each(lambda row: row._wait_again(queued_on))
        return why
