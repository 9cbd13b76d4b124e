"""Who is asked, and once? One activity a person and company, kept up to date."""

import logging
from datetime import timedelta

from markupsafe import escape
from odoo import SUPERUSER_ID, api, fields, models
from odoo.addons.ups_pickup_oauth.asking import asked_of
from odoo.addons.ups_pickup_oauth.own_transaction import in_own_transaction
from odoo.addons.ups_pickup_oauth.settings import ups_environment

from .. import clock
from ..const import (
    CHANGED_ACTIVITY,
    LISTED,
    PLAN_ACTIVITY,
    TO_CHECK,
    TO_CHECK_ACTIVITY,
    UNSUCCESSFUL_ACTIVITY,
)
from ..one_by_one import those_that

_logger = logging.getLogger(__name__)

ASKED_ANEW = timedelta(days=14)
"""So long after its day a pickup is worth a question to another person."""


class UpsPickup(models.Model):
    # One model in several files, because each answers a question of its own.
    _inherit = "ups.pickup"  # pylint: disable=consider-merging-classes-inherited

    asked_id = fields.Many2one(
        "res.users",
        help="Who was asked about it, by a question of its own.",
        groups=fields.NO_ACCESS,
        copy=False,
        index="btree_not_null",
    )

    @api.model
    def _ask_people(self):
        """Keep each person's question up to date: how many pickups there are to check."""
        for pickup in self._asked_in_vain():
            pickup._each(lambda own: own._ask_another())
        to_check = self._to_check_by_person()
        for user_id, company_id in self._questions().keys() | to_check.keys():
            if not user_id:
                continue  # nobody is left who could be asked
            ids = to_check.get((user_id, company_id), self.browse()).ids
            try:
                in_own_transaction(
                    self.env,
                    lambda env, asked=(user_id, company_id, ids): env[self._name]._ask(*asked),
                )
            except Exception as error:  # others' rules, too: the next person is asked all the same
                _logger.warning("UPS pickups of user %s: %s", user_id, type(error).__name__)

    @api.model
    def _to_check_by_person(self, *domain):
        """:return: the pickups to check by who answers for them and by company, both as ids."""
        pickups, who = self.sudo().search([*self._to_check_domain(), *domain]), {}
        for pickup in pickups:
            key = pickup.location_id, pickup.create_uid
            if key not in who:  # they are few, and the pickups may be many
                who[key] = pickup._responsible().id
        return pickups.grouped(
            lambda each: (who[each.location_id, each.create_uid], each.company_id.id)
        )

    @api.model
    def _to_check_domain(self):
        # What is being cancelled or looked up at this moment is no question yet.
        return [
            ("state", "in", TO_CHECK),
            ("problem", "!=", False),
            ("environment", "=", ups_environment(self.env)),
        ]

    @api.model
    def _questions(self):
        """Each is about what somebody answers for, also where it was handed to a deputy.

        :return: the activities, by the same keys as :meth:`_to_check_by_person`.
        """
        asked = self._activities(TO_CHECK_ACTIVITY)
        pickups = self.sudo().browse(asked.mapped("res_id")).exists()
        there = {each.id: each for each in pickups}
        return asked.grouped(lambda each: self._whose(each.user_id, there.get(each.res_id)))

    @api.model
    def _whose(self, holder, pickup):
        is_ours = pickup and pickup._may_be_asked(holder)
        person = (is_ours and pickup._responsible()) or holder
        return person.id, pickup.company_id.id if pickup else None

    @api.model
    def _activities(self, kind, domain=()):
        """:return: those on pickups by their type's external id; none where it was deleted."""
        type_id = self.env["ir.model.data"]._xmlid_to_res_id(kind)
        activities = self.env["mail.activity"].sudo()
        own = [("activity_type_id", "=", type_id), ("res_model", "=", self._name)]
        return activities.search([*own, *domain]) if type_id else activities

    @api.model
    def _ask(self, user_id, company_id, ids):
        """Make, change or take away one person's one question.

        :param ids: of what the person answers for there.
        """
        asked = self._questions().get((user_id, company_id), self.env["mail.activity"])
        person = asked[:1].user_id or self.env["res.users"].browse(user_id)
        pickups = asked_of(self, person).search(
            [*self._to_check_domain(), ("id", "in", ids)], order="pickup_date, id"
        )
        if not pickups:
            asked.unlink()
            return
        summary = pickups.env._("UPS pickups to check: %s", len(pickups))
        if asked:
            asked[1:].unlink()
            if (asked[0].summary, asked[0].res_id) != (summary, pickups[0].id):
                asked[0].write({"summary": summary, "res_id": pickups[0].id})
        elif self.env["ir.model.data"]._xmlid_to_res_id(TO_CHECK_ACTIVITY):
            pickups[0].activity_schedule(TO_CHECK_ACTIVITY, summary=summary, user_id=user_id)

    def _responsible(self):
        """:return: who answers for it: the location's person, else who made it or its location;
        where none of them can be asked any more, a coordinator; or nobody.
        """
        location = self.location_id
        people = (*location.user_id, *self.create_uid, *location.create_uid)
        found = next(filter(self._may_be_asked, people), None)
        return found or next(
            filter(self._may_be_asked, self._coordinators()), self.env["res.users"]
        )

    @api.model
    def _coordinators(self):
        group = self.env.ref("ups_pickup.group_manager", raise_if_not_found=False)
        return group.sudo().all_user_ids.sorted("id") if group else self.env["res.users"]

    def _for_its_person(self):
        """:return: the pickup, whose words are then in the language of who answers for it."""
        return self.with_context(lang=self.sudo()._responsible().lang)

    def _may_be_asked(self, person):
        return (
            person.active
            and self.company_id in person.company_ids
            and person.has_group("ups_pickup.group_user")
        )

    def _ask_about_failure(self, is_called_off=False):
        """One activity for each pickup that UPS says was unsuccessful, or has called off itself, or
        sends a driver for all the same.
        """
        if (self.state == "unsuccessful" or is_called_off) and (person := self._responsible()):
            self._only_telling(lambda own: own._activity_of_failure(person))

    def _activity_of_failure(self, person):
        own = asked_of(self, person)
        own.activity_schedule(
            UNSUCCESSFUL_ACTIVITY,
            summary=own._failure_in_words(),
            note=escape(own.status_message or ""),
            user_id=person.id,
        )
        self.asked_id = person

    @api.model
    def _asked_in_vain(self):
        """:return: about which somebody was asked who is gone, or may not read it any more."""
        since = clock.now().date() - ASKED_ANEW
        asked = self.sudo().search(
            [
                ("asked_id", "!=", False),
                ("pickup_date", ">=", since),
                # What is being looked up is no question yet.
                ("state", "not in", ("sending", "unconfirmed", "cancelling")),
            ]
        )
        return those_that(asked, lambda each: not each._may_be_asked(each.asked_id))

    def _ask_another(self):
        """Odoo deletes what the archived are asked, and keeps what they have done (mail)."""
        self._lock()
        is_draft, is_coming = self.state == "draft", self.state in LISTED
        held = self._question()
        is_of_another_day = is_draft and self.plan_asked_for != self.pickup_date
        if is_of_another_day or (held and not held.active) or self._may_be_asked(held.user_id):
            self.asked_id = held.filtered("active").user_id
            return
        if not self._responsible():
            return
        held.unlink()
        self.asked_id = False
        if is_draft:
            own = self._for_its_person()
            own._ask_about_plan(own.problem or "")
        elif is_coming:
            self._ask_about_change()
        else:
            self._ask_about_failure(is_called_off=self.state == "cancelled")

    def _question(self):
        """:return: what was asked last of what it is now; also what is done."""
        kind = CHANGED_ACTIVITY if self.state in LISTED else UNSUCCESSFUL_ACTIVITY
        kind = PLAN_ACTIVITY if self.state == "draft" else kind
        own = self.with_context(active_test=False)
        return own._activities(kind, [("res_id", "=", self.id)]).sorted("id")[-1:]

    def _failure_in_words(self):
        place = self.location_id.display_name
        if self.state == "unsuccessful":
            return self.env._("UPS did not collect at %s", place)
        if self.outcome_source == "person":  # who has said that it is cancelled
            return self.env._("Is a driver to come to %s?", place)
        return self.env._("UPS has called off its driver for %s", place)

    def _no_question_any_more(self):
        """A person has answered: nobody is asked about this one again."""
        self.activity_unlink([UNSUCCESSFUL_ACTIVITY])
        self.asked_id = False
        if self.activity_ids and (person := self._responsible()):
            self.flush_recordset()
            pair = (person.id, self.company_id.id)
            of_company = self._to_check_by_person(("company_id", "=", self.company_id.id))
            self._ask(*pair, of_company.get(pair, self.browse()).ids)


class UpsPickupLocation(models.Model):
    _inherit = "ups.pickup.location"  # pylint: disable=consider-merging-classes-inherited

    def write(self, vals):
        """Who answers from now on is asked by the next run, and not taken for who has a deputy."""
        if "user_id" in vals:
            handed_on = self.filtered(lambda each: each.user_id.id != vals["user_id"])
            pickups = self.env["ups.pickup"].sudo()
            ids = pickups.search(
                [("location_id", "in", handed_on.ids), *pickups._to_check_domain()]
            ).ids
            pickups._activities(TO_CHECK_ACTIVITY, [("res_id", "in", ids)]).unlink()
        return super().write(vals)


class ResUsers(models.Model):
    _inherit = "res.users"

    def unlink(self):
        """Override of `base`: Odoo deletes along what they were asked, and who that was.

        Its own user, whom nobody asks, stands in for them, and the next run asks another.
        """
        asked = self.env["ups.pickup"].sudo().search([("asked_id", "in", self.ids)])
        unanswered = asked.filtered(lambda each: all(each._question().mapped("active")))
        unanswered.asked_id = SUPERUSER_ID
        return super().unlink()
