"""What would it cost? The price is a question: it books nothing."""

from datetime import timedelta
from decimal import Decimal

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools.misc import formatLang

from .. import clock
from ..const import SAVE_FIRST_AFTER, SOURCE
from ..notice import notice, shown_anew
from ..once import once
from ..pickup_api import Charge, Priced, Refused, ask_price
from ..telling import price_request_from
from ..words import refusal_in_words, unanswered_in_words
from .ups_pickup_request import NEVER_LEFT

# What a price depends on; on no piece and on no weight. Tomorrow's is another on the day itself.
DEPENDS_ON = (
    "date", "service_day", "address", "is_account_address", "account", "ready_time", "close_time",
)  # fmt: skip

NO_PRICE = dict.fromkeys(
    ("price", "price_currency_id", "price_day", "priced_on", "priced_for"), False
)

PRICE_IS_FRESH = timedelta(seconds=20)
"""Who clicks again within it is told the same."""


class UpsPickup(models.Model):
    # One model in several files, because each answers a question of its own.
    _inherit = "ups.pickup"  # pylint: disable=consider-merging-classes-inherited

    @api.depends(
        "priced_for", "pickup_date", "location_id", "account_id", "ready_time", "close_time"
    )
    def _compute_is_price_stale(self):
        for pickup in self:
            is_draft = pickup.state == "draft" and pickup.pickup_date and pickup.location_id
            is_priced = is_draft and pickup.priced_on and pickup._is_at_own_place()
            pickup.is_price_stale = bool(
                is_priced and pickup.priced_for != pickup.sudo()._price_asked()
            )

    def action_price(self):
        """Ask UPS what it would cost, and keep the answer.

        :return: An action that tells the price.
        :rtype: dict
        :raise AccessError: If the user may not request pickups of the company.
        :raise UserError: If UPS cannot say; nothing has changed then.
        """
        self.ensure_one()
        self._check_requester()
        priced = self._ask_price()
        words = self._price_in_words(priced.charge)
        return notice(
            "warning" if priced.alerts else "info",
            f"{words} {self._added_in_words(priced.alerts)}".rstrip(),
            title=self.env._("UPS Pickup"),
            next=shown_anew(),
        )

    def _ask_price(self):
        """Ask UPS once, however many click, and keep the answer in a transaction of its own.

        :return: what UPS answers, or the price that it named a moment ago.
        :rtype: Priced
        :raise UserError: If UPS cannot say.
        """
        return once(self.env, "price", self, self._price_of_ups)

    def _price_of_ups(self):
        asked = self.sudo()._price_asked()
        if problem := self.sudo()._price_problem():
            raise UserError(problem)
        kept = self._in_own_transaction(
            lambda own: own._price_of_a_moment_ago(asked), patience=SAVE_FIRST_AFTER
        )
        if kept:
            return Priced(kept)
        session = self.company_id.sudo()._ups_session(SOURCE)
        self._refuse_elsewhere(session.base_url)
        outcome = ask_price(session, price_request_from(asked))
        if not isinstance(outcome, Priced):
            raise self._no_price(outcome)
        self._in_own_transaction(
            lambda own: own._keep_price(outcome.charge, asked), patience=SAVE_FIRST_AFTER
        )
        return outcome

    def _no_price(self, outcome):
        """:return: the UserError; its `is_of_all` says that the next one would meet it, too."""
        if isinstance(outcome, Refused):
            error = UserError(refusal_in_words(self.env, outcome))
            error.is_of_all = outcome.is_of_all
        else:
            error = UserError(unanswered_in_words(self.env, outcome.reason))
            error.is_of_all = outcome.reason != "no_price"
        return error

    def _ask_price_quietly(self):
        """A dialog opens without a price, too: UPS may have none, and books all the same."""
        try:
            alerts = self._ask_price().alerts
        except NEVER_LEFT:
            raise  # the request would end so, too
        except UserError as error:
            self._keep_problem(str(error), stays_queued=True)
        else:
            if alerts:
                self._keep_problem(lambda own: own._added_in_words(alerts), stays_queued=True)

    def _price_of_a_moment_ago(self, asked):
        """:return: the Charge that is kept, if UPS has just named it for the same."""
        self._lock_or_save_first()
        is_fresh = self.priced_on and self.priced_on > clock.now() - PRICE_IS_FRESH
        if is_fresh and self.priced_for == asked:
            currency = self.price_currency_id
            amount = round(Decimal(self.price), currency.decimal_places)
            return Charge(amount, currency.name, self.price_day or None)
        return None

    def _keep_price(self, charge, asked):
        self._lock_or_save_first()
        if self.state != "draft":
            return
        named = self._price_values(charge)
        # What a batch could not request is told of until it is requested.
        is_left = self.batch_id.queued_database and not self.queued_on
        mended = {} if is_left else {"problem": False}
        # Without a price of now, that of before would be taken for it.
        self._own_write(mended | (named | {"priced_for": asked} if named else NO_PRICE))

    def _price_booked(self, charge):
        """:return: the values of the price of what UPS was told; one of something else is none."""
        asked = {name: (self.told or {}).get(name) for name in DEPENDS_ON}
        kept = {} if self.priced_for == asked else NO_PRICE
        return kept | (self._price_values(charge) if charge else {})

    def _price_values(self, charge):
        """:return: the values of the fields that hold a Charge."""
        currency = self.env["res.currency"].with_context(active_test=False)
        currency = currency.search([("name", "=", charge.currency or "")], limit=1)
        if not currency:  # an amount without its currency is none
            return {}
        return {
            "price": float(charge.payable),
            "price_currency_id": currency.id,
            "price_day": charge.day or False,
            "priced_on": clock.now(),
        }

    def _price_asked(self):
        telling = self._telling()
        return {name: telling[name] for name in DEPENDS_ON}

    def _price_problem(self):
        location = self.location_id
        if problems := (self._hour_problems() or location._place_problems()):
            return "\n".join(problems)
        return location._day_problem(self.pickup_date, self.ready_time, self.close_time)

    def _price_in_words(self, charge):
        digits = max(0, -charge.payable.as_tuple().exponent)
        days = {
            "same": self.env._("for a pickup on the same day"),
            "future": self.env._("for a pickup on a future day"),
        }
        return self.env._(
            "UPS asks %(amount)s %(currency)s %(day)s. Nothing is booked yet.",
            amount=formatLang(self.env, float(charge.payable), digits=digits),
            currency=charge.currency or "",
            day=days.get(charge.day, ""),
        )
