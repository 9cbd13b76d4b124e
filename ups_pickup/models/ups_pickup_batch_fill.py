"""Which drafts has a batch? Those of its days and locations, as they are chosen by now."""

from datetime import timedelta
from itertools import product

from odoo import api, fields, models
from odoo.addons.ups_pickup_oauth.settings import ups_environment
from odoo.tools import format_date

from ..const import ENDED, OPEN
from ..notice import notice, shown_anew

MOST_SENTENCES = 10  # of what is left out

CHOSEN = frozenset(("date_from", "date_to", "location_ids"))

WHERE = ("location_id", "pickup_date")
"""Of a pickup, what a batch chooses."""


class UpsPickupBatch(models.Model):
    # One model in three files, because each answers a question of its own.
    _inherit = "ups.pickup.batch"  # pylint: disable=consider-merging-classes-inherited

    def action_fill(self):
        """Make the drafts, of days that UPS can be asked for; a second click makes no more.

        Drafts that people have made or imported are taken along instead.

        :return: An action that says what was left out, and why.
        """
        self.ensure_one()
        self.check_access("write")
        pickups = self.env["ups.pickup"]
        pickups.check_access("create")
        self.location_ids.check_access("read")
        done, there, left_out = self._follow_what_was_chosen(), self._already_there(), []
        days = [self.date_from + timedelta(days=ahead) for ahead in range(self._days())]
        made = taken = 0
        for location, day in product(self.location_ids, days):
            found = there.get((location.id, day), pickups)
            if found and found.batch_id == self:
                continue
            if problem := self._stands_against(found, location, day):
                left_out.append(problem)
            elif found:
                found.batch_id = self
                taken += 1
            else:
                vals = {"quantity": self.quantity, "batch_id": self.id}
                pickups._draft_for(location, day, "batch", **vals)
                made += 1
        done.append(self.env._("Drafts made: %s.", made))
        if taken:
            done.append(self.env._("Drafts that were there, and are taken along: %s.", taken))
        return self._filled(done, left_out)

    def _days(self):
        return (self.date_to - self.date_from).days + 1

    def _follow_what_was_chosen(self):
        """Let its drafts have the days, locations and pieces that were chosen since.

        What people have made leaves the batch, and is not deleted; what somebody has moved since
        stays, and what was never chosen: a list that somebody has made otherwise.

        :return: sentences that say so.
        """
        drafts = self._chosen_no_more()
        own = drafts.filtered(lambda each: each._goes_with_its_batch())
        of_people, said = drafts - own, []
        if own:
            said.append(self.env._("Drafts of other days or locations, deleted: %s.", len(own)))
        if of_people:
            said.append(
                self.env._(
                    "Drafts that people have made, and that leave the batch: %s.", len(of_people)
                )
            )
        of_people.write({"batch_id": False, "queued_on": False})
        own.unlink()
        return said

    def _chosen_no_more(self):
        """:return: the drafts whose day or location was chosen once, and is not now."""
        return self.sudo().pickup_ids.filtered(
            lambda each: each.state == "draft" and each._is_chosen_no_more()
        )

    def write(self, vals):
        """Override of `base`: what is chosen no more is not requested, what has the pieces of
        before gets those of now.
        """
        before = {batch: batch.quantity for batch in self} if "quantity" in vals else {}
        result = super().write(vals)
        if not CHOSEN.isdisjoint(vals):
            self._chosen_no_more()._leave_the_queue()
        for batch, quantity in before.items():
            drafts = batch.sudo().pickup_ids.filtered(
                lambda each: each.state == "draft" and each.origin == "batch" and not each.queued_on
            )
            for draft in drafts:
                place = draft.location_id
                if draft._has_usual_lines_of(place, quantity):
                    draft.line_ids.quantity = batch.quantity or place.quantity or 1
        return result

    def _is_chosen(self, location, day):
        if not (self.date_from and self.date_to and day):
            return True  # PostgreSQL has its say
        places = self.sudo().with_context(active_test=False).location_ids
        return location in places and self.date_from <= day <= self.date_to

    def _stands_against(self, found, location, day):
        """:return: why the batch can have no draft of that place and day, or None.

        :param found: the pickup that is there, if there is one.
        """
        if found and found.state != "draft":
            return self._open_in_words(found)
        hours = (found.ready_time, found.close_time) if found else ()
        return location._day_problem(day, *hours)

    @api.model
    def _open_in_words(self, pickup):
        return self.env._(
            "%(location)s has an open pickup on %(day)s already: %(pickup)s.",
            location=pickup.location_id.display_name,
            day=format_date(self.env, pickup.pickup_date),
            pickup=pickup.name,
        )

    @api.model
    def _filled(self, done, left_out):
        """:return: an action that says what was done, and what was left out."""
        sentences = [*done, *left_out[:MOST_SENTENCES]]
        if len(left_out) > MOST_SENTENCES:
            sentences.append(
                self.env._("More days that are left out: %s.", len(left_out) - MOST_SENTENCES)
            )
        return notice(
            "warning" if left_out else "success",
            "\n".join(sentences),
            sticky=bool(left_out),
            next=shown_anew(),
        )

    def _already_there(self):
        """:return: by location and day its own row, else what is open, else a person's draft, else
        its own row that has ended.
        """
        free = ["&", ("batch_id", "=", False), ("origin", "=", "person")]
        domain = [
            ("location_id", "in", self.location_ids.ids),
            ("pickup_date", ">=", self.date_from),
            ("pickup_date", "<=", self.date_to),
            ("environment", "=", ups_environment(self.env)),
            *("|", "|", ("batch_id", "=", self.id), ("state", "in", OPEN)),
            *("&", "&", ("state", "=", "draft"), ("kind", "=", "oncall"), *free),
        ]
        found = self.env["ups.pickup"].sudo().search(domain)
        # The last one stays: of several drafts, the oldest; what has ended makes way for “Again”.
        found = found.sorted(
            lambda each: (
                each.state not in ENDED,
                each.batch_id == self,
                each.state != "draft",
                -each.id,
            )
        )
        return {(each.location_id.id, each.pickup_date): each for each in found}


class UpsPickup(models.Model):
    # As above.
    _inherit = "ups.pickup"  # pylint: disable=consider-merging-classes-inherited

    chosen_where = fields.Json(
        help="The location and day where it lay when its batch last had them chosen.",
        compute="_compute_chosen_where",
        store=True,
        precompute=True,
    )

    @api.depends(*WHERE, *(f"batch_id.{name}" for name in CHOSEN))
    def _compute_chosen_where(self):
        for pickup in self:
            batch, where = pickup.batch_id, pickup._where()
            is_chosen = batch and batch._is_chosen(pickup.location_id, pickup.pickup_date)
            pickup.chosen_where = where if is_chosen else batch and pickup.chosen_where

    def _where(self):
        return [self.location_id.id, str(self.pickup_date)]

    def _is_where_chosen(self):
        """:return: whether its batch has, or had, chosen where it lies: nobody has moved it."""
        return self.chosen_where == self._where()

    def _is_chosen_no_more(self):
        is_chosen = self.batch_id._is_chosen(self.location_id, self.pickup_date)
        return not is_chosen and self._is_where_chosen()

    def _goes_with_its_batch(self):
        """:return: whether a draft is deleted, not let go: it is no person's, and was not lost."""
        return self.origin == "batch" and not self._may_come_for_a_lost_request()
