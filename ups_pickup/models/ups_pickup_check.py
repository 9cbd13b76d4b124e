"""May it be sent? Each refusal names the field, and says what to do."""

from datetime import timedelta

from odoo import api, models
from odoo.addons.ups_pickup_oauth.settings import ups_environment, ups_settings
from odoo.exceptions import UserError, ValidationError
from odoo.tools import email_split

from ..local_time import in_words, is_hour
from ..telling import CONTAINERS, request_from
from ..ups_country import as_country_of_ups
from ..words import problem_in_words
from .ups_pickup_request import Unfit


class UpsPickup(models.Model):
    # One model in several files, because each answers a question of its own.
    _inherit = "ups.pickup"  # pylint: disable=consider-merging-classes-inherited

    def _check_before_sending(self):
        """:raise UserError: with all that stands against sending it."""
        self._refuse_in_copy()
        if self._problems():
            raise Unfit(self, lambda own: "\n".join(own._problems()))

    def _refuse_in_copy(self):
        """A copy of the database orders no truck.

        :raise UserError: if this database was made to be tried, and UPS is the real one.
        """
        if ups_environment(self.env) != "production":
            return
        is_neutralized = self.env["ir.config_parameter"].sudo().get_param("database.is_neutralized")
        if is_neutralized or self.env["ups.connection"]._is_copy_beside_original():
            raise UserError(
                self.env._(
                    "This database is a copy, which orders and cancels no driver. Use the original."
                )
            )

    def _refuse_elsewhere(self, base_url):
        """Test and production never mix: a DELETE at the one says nothing of a driver of the other.

        :param str base_url: of the session that asks.
        :raise UserError: if UPS's environment is not the one that the pickup was made in.
        """
        if ups_settings(self.env, with_secret=False).base_url != base_url:
            raise UserError(self.env._("The UPS environment has changed. Start again."))
        if self.environment != ups_environment(self.env):
            labels = dict(self._fields["environment"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "%(pickup)s belongs to another environment of UPS (%(environment)s) than the"
                    " one in force. Call UPS, or have an administrator change the environment.",
                    pickup=self.name,
                    environment=labels[self.environment],
                )
            )

    def _problems(self):
        """:return: sentences that name what stands against sending it; empty if nothing does."""
        self.ensure_one()
        location = self.location_id
        found = [
            *self._setup_problems(),
            *(self._hour_problems() or self._day_problems()),
            *self._line_problems(),
            *location._place_problems(),
        ]
        if not found:
            request = request_from(self._telling(), "0" * 32)
            place = location.display_name
            found = [problem_in_words(self.env, each, place) for each in request.problems()]
        return list(dict.fromkeys(found))

    def _setup_problems(self):
        if self.environment != ups_environment(self.env):
            yield self.env._(
                "It was made in another environment of UPS (%s). Make another one with “Again”.",
                dict(self._fields["environment"]._description_selection(self.env)).get(
                    self.environment, ""
                ),
            )
        if not self.location_id.active:
            yield self.env._(
                "The location %s is archived. Choose another one.", self.location_id.name
            )
        if not self.account_id.active:
            yield self.env._(
                "The UPS account %s is archived. Choose another one.", self.account_id.display_name
            )
        if self.kind == "smart":
            yield from self._smart_problems()

    def _smart_problems(self):
        if not self.account_id.has_smart_pickup:
            yield self.env._(
                "The UPS account %s has no Smart Pickup contract. Choose “On Call”.",
                self.account_id.display_name,
            )
        if self.pickup_date and self.pickup_date > self._next_open_day(self.location_id._today()):
            yield self.env._(
                "Smart Pickup comes today or on the next working day only. Choose one of them as"
                " the pickup date."
            )

    def _next_open_day(self, day):
        days = (day + timedelta(days=ahead) for ahead in range(1, 15))
        return next((each for each in days if self.location_id._is_open_on(each)), day)

    def _day_problems(self):
        day = self.pickup_date, self.ready_time, self.close_time
        return [problem for problem in [self.location_id._day_problem(*day)] if problem]

    @api.constrains("ready_time", "close_time")
    def _check_hours(self):
        for pickup in self:
            if problems := pickup._hour_problems():
                raise ValidationError("\n".join(problems))

    def _hour_problems(self):
        return [
            self.env._(
                "“%(field)s” must be an hour from 0:00 to 23:59, in whole minutes.",
                field=self._fields[name]._description_string(self.env),
            )
            for name in ("ready_time", "close_time")
            if not is_hour(self[name])
        ]

    def _line_problems(self):
        if not self.line_ids and self.kind == "oncall":
            yield self.env._("There are no pieces. Add a line with a service and a number.")
        for service in self.line_ids.service_id.filtered(lambda each: not each.active):
            yield self.env._(
                "The service %s is no longer used. Choose another one.", service.display_name
            )

    def _telling(self):
        """:return: all that UPS is told, as JSON."""
        location, account = self.location_id, self.account_id
        is_today = self.pickup_date == location._today()
        return {
            "kind": self.kind,
            "service_day": "01" if is_today else "02",
            "location": location.display_name,
            "date": self.pickup_date.isoformat(),
            "ready_time": in_words(self.ready_time),
            "close_time": in_words(self.close_time),
            "tz": location.calendar_id.tz,
            "address": location._address(),
            "is_account_address": location.is_account_address,
            "account": {"number": account.number, "country": _code(account.country_id)},
            "payment_method": self.payment_method,
            "pieces": [
                {
                    "service": line.service_id.code,
                    "quantity": line.quantity,
                    "destination": _code(line.destination_country_id),
                    "container": CONTAINERS.get(line.container),
                }
                for line in self.line_ids
            ],
            "weight": round(self.weight, 1) or None,
            "weight_unit": self.weight_unit,
            "is_overweight": self.is_overweight,
            "instruction": self.instruction or None,
            # UPS takes one; of what is no address it is asked whether that fits.
            "confirmation_email": next(iter(email_split(location.notification_email)), None)
            or location.notification_email
            or None,
        }


def _code(country):
    return as_country_of_ups(country).code
