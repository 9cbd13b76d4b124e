import re
from datetime import timedelta

from odoo import api, fields, models
from odoo.addons.ups_pickup_oauth.own_transaction import quietly
from odoo.exceptions import UserError, ValidationError

from .. import clock
from ..as_shown import as_searched
from ..as_typed import as_number
from ..const import OPEN, SOURCE
from ..notice import notice
from ..once import once
from ..other_companies import hide_names_of_others, refuse_of_others
from ..pickup_api import Listed, ask_status
from ..words import refusal_in_words, unanswered_in_words
from .archiving import named

NUMBER = re.compile(r"[A-Z0-9]{6}(?:[A-Z0-9]{4})?")
PAUSE = (
    "paused_until", "failure_count", "asked_on", "plan_paused_until", "plan_failure_count",
    "last_problem", "is_unchecked",
)  # fmt: skip
"""What Odoo alone writes."""

UNPAUSED = {"failure_count": 0, "paused_until": False}
PLAN_UNPAUSED = {"plan_failure_count": 0, "plan_paused_until": False}
WELL = UNPAUSED | {"last_problem": False, "is_unchecked": False}

MOST_CHECKS = 10
"""By hand in a minute; who clicks **Check** more often is shown what is known."""

NUMBER_AT_END = re.compile(rf" \(({NUMBER.pattern})\)\Z")


class UpsPickupAccount(models.Model):
    _name = "ups.pickup.account"
    _description = "UPS Account of a Company"
    _inherit = ["ups.pickup.export", "ups.pickup.archiving"]
    _check_company_auto = True
    _order = "company_id, number"
    _rec_names_search = ["name", "number"]

    name = fields.Char(required=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    number = fields.Char(required=True, help="6 or 10 letters and digits, as UPS writes it.")
    country_id = fields.Many2one(
        "res.country",
        required=True,
        default=lambda self: self.env.company.country_id,
        help="The country in which UPS opened the account.",
    )
    payment_method = fields.Selection(
        [("01", "This account"), ("00", "Nobody: UPS collects free of charge")],
        string="Who Pays Pickups",
        required=True,
        default="01",
    )
    has_smart_pickup = fields.Boolean(
        help="UPS has a Smart Pickup contract with this account. To try it without one is to call"
        " a driver, so Odoo does not try.",
    )
    trust_unlisted = fields.Boolean(
        string="Not Listed Means Picked Up",
        help="UPS's status lists incomplete pickups only. A pickup that was listed and no longer"
        " is after its ready time counts as picked up; without this, as unknown.",
    )
    active = fields.Boolean(default=True)
    paused_until = fields.Datetime(
        help="UPS is not asked for status until then.", readonly=True, copy=False
    )
    failure_count = fields.Integer(
        help="How often UPS could not tell the status, in a row.", readonly=True, copy=False
    )
    asked_on = fields.Json(
        help="When UPS last told the status to a person who asked.", readonly=True, copy=False
    )

    plan_paused_until = fields.Datetime(
        help="Plans request nothing with it until then.", readonly=True, copy=False
    )
    plan_failure_count = fields.Integer(
        help="How often UPS took no request of a plan, in a row.", readonly=True, copy=False
    )

    _number_unique = models.Constraint(
        "UNIQUE(company_id, number)",
        "The company has a UPS account with this number, perhaps an archived one: the filter"
        " “Archived” of the accounts shows it.",
    )

    @api.constrains("number")
    def _check_number(self):
        for account in self:
            if not NUMBER.fullmatch(account.number or ""):
                raise ValidationError(
                    self.env._(
                        "The number of a UPS account has 6 or 10 letters and digits: “%s” does not"
                        " fit. You find it on UPS's invoices.",
                        account.number or "",
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        unpaused = {} if self.env.su else dict.fromkeys(PAUSE, False)  # no default says otherwise
        self.env.registry.clear_cache("stable")  # see get_all_currencies
        return super().create([self._tidied(vals) | unpaused for vals in vals_list])

    def write(self, vals):
        vals = self._tidied(vals)
        for account in self:
            is_moved = account.company_id.id != vals.get("company_id", account.company_id.id)
            if is_moved or account.number != vals.get("number", account.number):
                account._refuse_if_drivers_come(is_moved)
                vals = vals | UNPAUSED | {"asked_on": False, "last_problem": False}
        if not {"country_id", "active"}.isdisjoint(vals):
            self.env.registry.clear_cache("stable")
        result = super().write(vals)
        refuse_of_others(self, vals)
        return result

    def _update_field_translations(self, field_name, *args, **kwargs):
        """Override of `base`, which asks no `write`: in no language do people write a pause."""
        if field_name in PAUSE and not self.env.su:
            return False
        return super()._update_field_translations(field_name, *args, **kwargs)

    def unlink(self):
        self.env.registry.clear_cache("stable")
        return super().unlink()

    def _needed_by(self):
        paid_by_it, yesterday = ("account_id", "=", self.id), clock.now().date() - timedelta(days=1)
        if places := self.env["ups.pickup.location"].sudo().search([paid_by_it]):
            return self.env._(
                "%(account)s pays what UPS collects at %(locations)s. Choose another account there"
                " before you archive this one.",
                account=self.display_name,
                locations=named(places),
            )
        to_come = [("state", "=", "draft"), ("pickup_date", ">=", yesterday)]
        drafts = self.env["ups.pickup"].sudo().search([paid_by_it, *to_come])
        return drafts and self.env._(
            "%(account)s pays for drafts: %(pickups)s. Choose another account there, or delete"
            " them, before you archive this one.",
            account=self.display_name,
            pickups=named(drafts),
        )

    def _refuse_if_drivers_come(self, is_moved):
        """UPS was told this number, and tells of its pickups under no other.

        :raise UserError: if there are open pickups of the account; moved, if there are any.
        """
        domain = [("account_id", "=", self.id)] + ([] if is_moved else [("state", "in", OPEN)])
        if self.env["ups.pickup"].sudo().search_count(domain, limit=1):
            raise UserError(
                self.env._(
                    "UPS was asked for pickups under the account %s, which stays as it is. Make"
                    " a new account, choose that one at the locations, and then archive this one.",
                    self.display_name,
                )
            )

    @api.depends("name", "number", "company_id")
    @api.depends_context("lang", "uid")
    def _compute_display_name(self):
        for account in self:
            name, number = account.name or "", account.number
            account.display_name = f"{name} ({number})" if number else name
        hide_names_of_others(self)

    @api.model
    def _search_display_name(self, operator, value):
        """Find by name, by number, and by both as they are shown."""
        return super()._search_display_name(operator, as_searched(value, NUMBER_AT_END, 13))

    def action_check(self):
        """Ask UPS whether the UPS user who authorized Odoo may use the account: one status call.

        :return: An action that shows the finding.
        :rtype: dict
        :raise UserError: If UPS says no, or cannot say.
        """
        self.ensure_one()
        self.check_access("read")
        self._refuse_in_pause()
        session = self.company_id.sudo()._ups_session(SOURCE)
        self._ask_unless_just_asked(lambda: self._ask(session))
        return notice("success", self.env._("UPS accepts the account %s.", self.number))

    def _ask(self, session):
        """:raise UserError: if UPS does not accept the account, or cannot say."""
        outcome = once(self.env, "account", self, lambda: ask_status(session, self.number))
        if self.last_problem or not isinstance(outcome, Listed):
            self._heard(outcome, pauses=False)
        if not isinstance(outcome, Listed):
            refused = outcome.refusal
            raise UserError(
                refusal_in_words(self.env, refused)
                if refused
                else unanswered_in_words(self.env, outcome.reason)
            )
        return True

    def _ask_unless_just_asked(self, ask):
        """However often somebody clicks: UPS blocks an application that asks without an end.

        :param ask: returns whether UPS was asked.
        :raise UserError: that of `ask`, or UPS's last refusal.
        """
        now = clock.now()
        since = (now - timedelta(minutes=1)).isoformat()
        asked = [each for each in self.sudo().asked_on or () if each > since]
        if len(asked) >= MOST_CHECKS:
            if problem := self.sudo().last_problem:
                raise UserError(problem)
            return
        is_asked = True
        try:
            is_asked = ask()
        finally:
            if is_asked:
                asked = [*asked, now.isoformat()]
                quietly(
                    self.env,
                    lambda env: env[self._name].browse(self.id).write({"asked_on": asked}),
                )

    def _refuse_in_pause(self):
        """:raise UserError: while UPS is left alone, since it could not tell, or asked for that."""
        own = self.sudo()
        if own.is_paused:
            minutes = -((clock.now() - own.paused_until) // timedelta(minutes=1))
            raise UserError(
                self.env._(
                    "UPS could not tell the status of the account %(account)s the last time, so it"
                    " is left alone for a while. Try again in %(minutes)s min.",
                    account=self.display_name,
                    minutes=minutes,
                )
            )

    @api.model
    def _tidied(self, vals):
        """People copy numbers with spaces, and write small letters; a pause is Odoo's to write."""
        if not self.env.su:
            vals = {name: value for name, value in vals.items() if name not in PAUSE}
        if vals.get("number"):
            return vals | {"number": as_number(str(vals["number"]))}
        return vals
