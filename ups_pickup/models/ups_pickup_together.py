"""What do several cost together, as far as UPS has said, before all of them are requested?"""

import random

from odoo import models
from odoo.exceptions import UserError
from odoo.tools.misc import formatLang

from ..notice import notice, shown_anew
from .ups_pickup_request import MOST_AT_ONCE, NEVER_LEFT


class UpsPickup(models.Model):
    # One model in several files, because each answers a question of its own.
    _inherit = "ups.pickup"  # pylint: disable=consider-merging-classes-inherited

    def action_confirm(self):
        """Of several, show what is known of their prices, without asking UPS."""
        if len(self) == 1:
            return super().action_confirm()
        self._refuse_too_many()
        return self._confirm_together(self)

    def action_price(self):
        """Of several, ask for those that have no price, or one that is out of date.

        Up to twenty at once, and not the same each time: UPS may have no price for them. What would
        meet them all ends it. For what is booked there is none, chosen alone in the list, too.
        """
        if len(self) == 1 and self.state == "draft":
            return super().action_price()
        self._check_requester()
        lacking, named, said = self._without_price(), 0, []
        chosen = random.sample(lacking.ids, min(len(lacking), MOST_AT_ONCE))
        for pickup in lacking.browse(chosen):
            try:
                alerts = pickup._ask_price().alerts
                named += 1
            except NEVER_LEFT:
                raise
            except UserError as error:
                if getattr(error, "is_of_all", False):
                    raise
                said.append(f"{pickup.display_name}: {error}")
            else:
                if alerts:
                    said.append(f"{pickup.display_name}: {self._added_in_words(alerts)}")
        words = [self.env._("Prices that UPS has named: %s.", named), *said]
        if left := len(lacking[MOST_AT_ONCE:]):
            words.append(self.env._("Still without a price: %s. Click Price again.", left))
        return notice(
            "warning" if said or left else "info",
            "\n".join(words),
            title=self.env._("UPS Pickup"),
            sticky=bool(said),
            next=shown_anew(),
        )

    def _confirm_together(self, asking):
        """:return: an action that asks before it calls `action_request` of the given records."""
        self._check_requester()
        drafts = self.filtered(lambda each: each.state == "draft")
        if not drafts:
            return asking.action_request()
        words = self.env._(
            "UPS sends a driver for each of these drafts, and the accounts are charged. Is this"
            " what you want?"
        )
        return {
            "type": "ir.actions.client",
            "tag": "ups_pickup.confirm",
            "params": {
                "model": asking._name,
                "ids": asking.ids,
                # A batch goes on for long, and takes its drafts as they are by then.
                "context": {"ups_shown": drafts._as_shown()} if asking == self else {},
                "title": self.env._("Request UPS Pickups"),
                "words": "\n".join([words, *drafts._prices_in_words()]),
                "button": self.env._("Request"),
                "close": self.env._("Close"),
            },
        }

    def _without_price(self):
        """:return: the drafts for which UPS has named no price, or one of something else."""
        return self.filtered(
            lambda each: (
                each.state == "draft"
                and each.kind == "oncall"
                and (not each.priced_on or each.is_price_stale)
            )
        )

    def _prices_in_words(self):
        lacking = self._without_price()
        priced = (self - lacking).filtered("priced_on")
        amounts = [
            formatLang(self.env, sum(its.mapped("price")), currency_obj=currency)
            for currency, its in priced.grouped("price_currency_id").items()
        ]
        labels = dict(self._fields["environment"]._description_selection(self.env))
        yield self.env._(
            "Drafts: %(drafts)s. UPS's environment: %(environment)s.",
            drafts=len(self),
            environment=", ".join(labels[each] for each in sorted(set(self.mapped("environment")))),
        )
        if priced:
            yield self.env._(
                "UPS's prices, added up: %(amounts)s. It may charge less where one driver comes"
                " for several.",
                amounts=", ".join(amounts),
            )
        if lacking:
            yield self.env._(
                "Without a price, or with one that is out of date: %s. “Price” asks UPS for it.",
                len(lacking),
            )


class UpsPickupBatch(models.Model):
    _inherit = "ups.pickup.batch"  # pylint: disable=consider-merging-classes-inherited

    def action_confirm(self):
        """:return: an action that shows what is known of the prices, and requests the drafts."""
        self.ensure_one()
        self.check_access("write")
        return self._chosen_drafts()._confirm_together(self)

    def action_price(self):
        """Ask UPS what the drafts cost that have no price, up to twenty at once.

        :raise UserError: If there is no draft, or UPS can be asked for none.
        """
        self.ensure_one()
        self.check_access("read")
        return self._chosen_drafts().action_price()

    def _chosen_drafts(self):
        """:return: those that are requested together: the others are let go of then."""
        rows = self.pickup_ids - self._chosen_no_more()
        return rows.filtered(lambda each: each.state == "draft")
