"""UPS tells no status of an account: in which words, and who learns it before the day is over?"""

from datetime import timedelta

from markupsafe import escape
from odoo import api, fields, models
from odoo.addons.ups_pickup_oauth.asking import asked_of
from odoo.addons.ups_pickup_oauth.own_transaction import quietly

from .. import clock
from ..const import ACCOUNT_ACTIVITY, OPEN
from ..pickup_api import Listed
from ..words import refusal_in_words
from .ups_pickup_account import PLAN_UNPAUSED, UNPAUSED, WELL

ASK_AT = 3
"""The refusal in a row at which people are asked: the first may mend itself."""

FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=5), timedelta(hours=1)


def longer_each_time(failures, longest=LONGEST_PAUSE):
    """:return: for how long UPS is left alone after so many failures before."""
    return min(FIRST_PAUSE * 2 ** min(failures, 10), longest)


class UpsPickupAccount(models.Model):
    # One model in two files, because each answers a question of its own.
    _inherit = "ups.pickup.account"  # pylint: disable=consider-merging-classes-inherited

    last_problem = fields.Char(
        help="Why UPS does not tell the status of the account's pickups.",
        translate=True,  # kept by a cron, read by whoever opens it
        readonly=True,
        copy=False,
    )
    is_unchecked = fields.Boolean(
        help="Somebody has authorized since, perhaps another UPS user: the next look asks UPS.",
        readonly=True,
        copy=False,
    )

    is_paused = fields.Boolean(compute="_compute_is_paused")

    @api.depends("paused_until")
    def _compute_is_paused(self):
        for account in self:
            account.is_paused = account.paused_until and account.paused_until > clock.now()

    def _heard(self, listed, pauses=True):
        """Keep what UPS said to a question for status, and leave it alone if it could not say.

        :param listed: what `ask_status` returned.
        :param bool pauses: not where a person asked who corrects something at UPS meanwhile.
        """
        works = [lambda own: own._hear(listed, pauses)]
        if not isinstance(listed, Listed):
            works.append(lambda own: own._ask_about_refusal())
        quietly(
            self.env,
            *(lambda env, work=work: work(env[self._name].browse(self.id)) for work in works),
        )

    def _hear(self, listed, pauses):
        if isinstance(listed, Listed):
            self.write(WELL)
            self._questions().unlink()
            return
        refusal = listed.refusal
        asked_for = timedelta(seconds=getattr(refusal, "retry_after", None) or 0)
        if asked_for and not pauses:
            self.paused_until = clock.now() + asked_for
        if pauses:
            until = clock.now() + max(longer_each_time(self.failure_count), asked_for)
            failures = self.failure_count + 1
            self.write({"failure_count": failures, "paused_until": until, "is_unchecked": False})
        if refusal and refusal.http_status != 429:
            self._keep_problem(lambda own: refusal_in_words(own.env, refusal))

    def _keep_problem(self, sentence):
        words = self.env["ups.pickup"]._in_each_language(sentence)
        self.last_problem = words[self.env.lang or "en_US"]
        self.update_field_translations("last_problem", words)

    def _questions(self):
        pickups = self.env["ups.pickup"].sudo()
        asked = pickups.with_context(active_test=False)._activities(ACCOUNT_ACTIVITY)
        ours = pickups.browse(asked.mapped("res_id")).exists()
        ours = ours.filtered(lambda each: each.account_id == self)
        return asked.filtered(lambda each: each.res_id in ours.ids)

    def _ask_about_refusal(self):
        """One activity for each who answers for an open pickup of it; who has said done has."""
        if self.failure_count < ASK_AT or not self.last_problem:
            return
        if not self.env["ir.model.data"]._xmlid_to_res_id(ACCOUNT_ACTIVITY):
            return
        asked = self._questions().user_id
        pickups = self.env["ups.pickup"].sudo()
        pickups = pickups.search(
            [("account_id", "=", self.id), ("state", "in", OPEN)], order="pickup_date, id"
        )
        for person, theirs in pickups.grouped(lambda each: each._responsible()).items():
            if person and person not in asked:
                own = asked_of(theirs[0], person)
                own.activity_schedule(
                    ACCOUNT_ACTIVITY,
                    summary=own.env._("UPS tells nothing of the account %s", self.display_name),
                    note=escape(self.with_context(lang=person.lang).last_problem),
                    user_id=person.id,
                )


class UpsConnection(models.Model):
    _inherit = "ups.connection"  # pylint: disable=consider-merging-classes-inherited

    def _tell_authorized(self):
        """UPS tells nobody whether it is the same user as before: each account is looked at."""
        super()._tell_authorized()

        def look_anew(env):
            accounts = env["ups.pickup.account"].search(
                [("company_id", "child_of", env[self._name].browse(self.id).company_id.id)]
            )
            if accounts:  # whoever comes back from UPS waits for it
                accounts.write(UNPAUSED | PLAN_UNPAUSED | {"is_unchecked": True})
                env["ups.pickup"]._look_soon()

        quietly(self.env, look_anew)
