"""What only a person can say: what became of it, or what UPS's telephone told."""

import re

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from .. import clock
from ..as_typed import as_number
from ..const import LISTED, OPEN, SAVE_FIRST_AFTER, UNSUCCESSFUL_ACTIVITY
from ..local_time import in_words
from ..notice import notice, shown_anew

PRN = re.compile(r"[0-9A-Z]{11}")


class UpsPickup(models.Model):
    # One model in several files, because each answers a question of its own.
    _inherit = "ups.pickup"  # pylint: disable=consider-merging-classes-inherited

    def action_mark_done(self):
        """Say that the driver has collected it, where UPS does not."""
        return self._mark("done", self.env._("Picked up, says %s.", self.env.user.name))

    def action_mark_unsuccessful(self):
        """Say that nobody came, where UPS does not."""
        return self._mark("unsuccessful", self.env._("Unsuccessful, says %s.", self.env.user.name))

    def action_mark_cancelled(self):
        """Say that UPS has called the driver off, as its telephone told."""
        return self._mark(
            "cancelled", self.env._("Cancelled, says %s.", self.env.user.name), ("cancelling",)
        )

    def action_mark_none(self):
        """Say that UPS has no such pickup, as its telephone told: a draft again.

        :raise UserError: If it is not unconfirmed.
        """
        return self._by_a_person(lambda own: own._none_says_a_person())

    def action_mark_requested(self, prn):
        """Enter the PRN that UPS's telephone told.

        :param str prn: 11 letters and digits.
        :raise UserError: If it is none, or that of a pickup of another day or address.
        """
        self.ensure_one()
        prn = as_number(prn) if isinstance(prn, str) else ""
        if not PRN.fullmatch(prn):
            raise UserError(
                self.env._("A PRN has 11 letters and digits, such as 2929602E9CP. Enter it again.")
            )
        return self._by_a_person(lambda own: own._requested_says_a_person(prn))

    def action_mark_not_yet(self):
        """Take back a person's word while the driver may still come.

        :raise UserError: If nobody has said it, its day is over, or another one is open there.
        """
        return self._by_a_person(lambda own: own._not_yet_says_a_person())

    def action_settle(self):
        """Say of what was unsuccessful that no other pickup is needed: nobody is asked any more.

        :raise UserError: If it is not unsuccessful.
        """
        return self._by_a_person(lambda own: own._settled_says_a_person())

    def action_again(self):
        """Make a new draft of each, for the next day that UPS can be asked for.

        What was cancelled keeps its day while UPS can be asked for that: it is being corrected.

        A second click leads to the first one's draft.

        :return: An action that opens what was made.
        :rtype: dict
        :raise UserError: If a driver may still come for one of them.
        """
        self._check_requester()
        if still_open := self.filtered(lambda each: each._is_going_on()):
            raise UserError(
                self.env._(
                    "“Again” is for what has ended. Take these out of your choice: %s",
                    ", ".join(still_open.mapped("display_name")),
                )
            )
        made = self.search([("retry_of_id", "in", self.ids), ("state", "=", "draft")])
        for pickup in self.union() - made.retry_of_id:
            made |= pickup._again()
        self.sudo().activity_unlink([UNSUCCESSFUL_ACTIVITY])
        self.sudo().asked_id = False
        return self._shown(made)

    def _is_going_on(self):
        """:return: whether it can still be cancelled, or requested."""
        return self.state in OPEN or (self.state == "draft" and self.is_current_environment)

    def _again(self):
        """:return: a new draft of it; other addons may find one that is there."""
        is_corrected = self.state == "cancelled" and not self._day_problems()
        kept = {"pickup_date": self.pickup_date} if is_corrected else {}
        again = self.copy(kept | self._paid_instead())
        again.sudo().write({"retry_of_id": self.id})
        if self.close_time == self.location_id._close_on(self.pickup_date):
            again.close_time = again.location_id._close_on(again.pickup_date)
        return again

    def _paid_instead(self):
        """:return: who pays what is made of it, where its own account is archived by now."""
        if self.account_id.active:
            return {}
        account = self.location_id.account_id
        return {"account_id": account.id, "payment_method": account.payment_method}

    @api.model
    def _shown(self, pickups):
        """:return: an action that opens one pickup's form, or the list of several."""
        action = {"type": "ir.actions.act_window", "res_model": self._name, "target": "current"}
        if len(pickups) == 1:
            return action | {"res_id": pickups.id, "views": [(False, "form")]}
        return action | {
            "name": self.env._("Once More"),
            "domain": [("id", "in", sorted(pickups.ids))],
            "views": [(False, "list"), (False, "form")],
        }

    # === BUSINESS METHODS === #

    def _by_a_person(self, work):
        """Do it with each row, locked, in a transaction of its own.

        :raise UserError: If it is one, and cannot be; of several, a notice says which.
        """
        self._check_requester()
        refused = []
        for pickup in self:
            try:
                pickup._in_own_transaction(
                    lambda own: (own._lock_or_save_first(), work(own)), patience=SAVE_FIRST_AFTER
                )
            except UserError as error:
                if len(self) == 1:
                    raise
                refused.append(str(error))
        if not refused:
            return shown_anew()
        return notice(
            "warning",
            "\n".join(refused),
            title=self.env._("Not all could be marked"),
            sticky=True,
            next=shown_anew(),
        )

    def _mark(self, state, words, also=()):
        may_be_a_slip = len(self) > 1

        def mark(own):
            own._refuse_word_of_a_person(also)
            if may_be_a_slip:
                own._refuse_before_ready()
            own._ended_says_a_person(state, words)

        return self._by_a_person(mark)

    def _refuse_word_of_a_person(self, also):
        """:raise UserError: since its state is neither one of these, nor one that people end."""
        is_a_word = self.outcome_source in ("person", "unlisted")
        was_a_word = is_a_word and self.state in ("done", "unsuccessful")
        if self.state == "unconfirmed":
            raise UserError(
                self.env._(
                    "Nobody knows yet whether UPS has %s. Open it, and say what UPS tells you by"
                    " telephone: “Enter the PRN” or “UPS has none”.",
                    self.name,
                )
            )
        if self.state not in (*LISTED, "unknown", *also) and not was_a_word:
            raise UserError(
                self.env._(
                    "What became of %s cannot be said by hand: UPS has told it, or nothing was"
                    " requested.",
                    self.name,
                )
            )

    def _ended_says_a_person(self, state, words):
        vals = {"state": state, "outcome_source": "person", "problem": False}
        if state == "cancelled":
            vals["claimed_on"] = clock.now()  # UPS's list may be some minutes late
        self._own_write(vals)
        self._note(words)
        self._no_question_any_more()

    def _refuse_before_ready(self):
        """:raise UserError: since no driver can have come, or have failed to come, yet."""
        is_awaited = self.state in LISTED and self.kind == "oncall"
        if is_awaited and clock.now() < self.location_id._at(self.pickup_date, self.ready_time):
            raise UserError(
                self.env._(
                    "The driver of %(pickup)s comes on %(day)s, from %(ready)s on: what became of"
                    " it can be said then. If nobody is to come, cancel it.",
                    pickup=self.name,
                    day=format_date(self.env, self.pickup_date),
                    ready=in_words(self.ready_time),
                )
            )

    def _can_be_taken_back(self):
        """:return: whether a person has said what became of it, and "Not yet" undoes that."""
        is_a_word = self.outcome_source == "person" and self.state in ("done", "unsuccessful")
        return is_a_word and self._may_come_today()

    def _may_come_though_cancelled(self):
        """:return: as above, of the word that it is cancelled: for that, what stands there does not
        wait.
        """
        is_a_word = self.outcome_source == "person" and self.state == "cancelled"
        return is_a_word and self._may_come_today()

    def _not_yet_says_a_person(self):
        if not (self._can_be_taken_back() or self._may_come_though_cancelled()):
            raise UserError(
                self.env._(
                    "“Not yet” takes back what a person has said of a pickup, on its own day: %s is"
                    " none of these.",
                    self.name,
                )
            )
        self._move_by_a_person({"outcome_source": False})
        self._note(self.env._("No driver has come yet, says %s.", self.env.user.name))
        self._no_question_any_more()

    def _settled_says_a_person(self):
        if self.state != "unsuccessful":
            raise UserError(
                self.env._(
                    "Whether it needs another pickup is asked of unsuccessful ones: %s is none.",
                    self.name,
                )
            )
        self._own_write({"is_settled": True})
        self._note(self.env._("No other pickup is needed, says %s.", self.env.user.name))
        self._no_question_any_more()

    def _move_by_a_person(self, vals):
        """:raise UserError: if another open pickup stands there already."""
        if not self._move({"state": "requested", "problem": False, **vals}):
            raise UserError(
                self.env._(
                    "There is another open pickup for this place and day: %s. It is the one that"
                    " the PRN belongs to, or has to be cancelled first.",
                    self._open_twin().name,
                )
            )

    def _none_says_a_person(self):
        if self.state != "unconfirmed":
            raise UserError(
                self.env._("%s is not unconfirmed, so there is no doubt to end.", self.name)
            )
        self._own_write({"state": "draft", "problem": False})
        self._note(self.env._("UPS has no such pickup, says %s.", self.env.user.name))
        self._no_question_any_more()

    def _requested_says_a_person(self, prn):
        if self.state not in ("draft", "unconfirmed"):
            raise UserError(
                self.env._("%s is neither a draft nor unconfirmed: it needs no PRN.", self.name)
            )
        same = self.search([("prn", "=", prn), ("environment", "=", self.environment)])
        others = same - self.retry_of_id  # by telephone, UPS may send the driver of that one anew
        if others and self._door() not in [each._door() for each in others]:
            raise UserError(
                self.env._(
                    "The PRN %(prn)s is that of %(others)s, for another day or address. Ask UPS,"
                    " and enter it again.",
                    prn=prn,
                    others=self._names_of(others),
                )
            )
        telling = {} if self.state != "draft" else {"told": self._telling()}
        self._move_by_a_person({"prn": prn, **telling})
        words = self.env._("PRN %(prn)s, says %(name)s.", prn=prn, name=self.env.user.name)
        self._note(f"{words} {self._sharing_in_words()}".rstrip())
        self._no_question_any_more()

    def _door(self):
        """:return: the day and the address where UPS sends one driver, whoever asked, as it knows
        them."""
        told = self.told if self.state != "draft" else None
        address = (told or {}).get("address") or self.location_id._address()
        names = ("street", "city", "postal_code", "country")
        return self.pickup_date, *((address.get(name) or "").upper() for name in names)
