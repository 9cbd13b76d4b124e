"""What does a pickup have of its location, and what of it changes with the location?"""

from odoo import api, fields, models

from ..no_number import refuse_no_number
from ..ups_country import ups_country

FOLLOWS = ("account_id", "ready_time", "close_time", "instruction", "weight_unit")

AMERICAN = ("US", "PR")
"""Where packages are weighed in pounds, whatever the database's products are."""


class UpsPickupLocation(models.Model):
    # One model in several files, because each answers a question of its own.
    _inherit = "ups.pickup.location"  # pylint: disable=consider-merging-classes-inherited

    def write(self, vals):
        """With another account, that pays for what Odoo has drafted by the one before, too."""
        before = {place: place.account_id for place in self}
        result = super().write(vals)
        for place, account in before.items():
            if account != place.account_id:
                place._drafts_of_odoo(account).account_id = place.account_id
        return result

    def _drafts_of_odoo(self, account):
        """:return: its drafts that the account pays, but those that people have made."""
        return (
            self.env["ups.pickup"]
            .sudo()
            .search(
                [
                    ("location_id", "=", self.id),
                    ("account_id", "=", account.id),
                    ("state", "=", "draft"),
                    ("origin", "!=", "person"),
                    ("claimed_on", "=", False),  # a lost request is looked for as UPS was told it
                ]
            )
        )


class UpsPickup(models.Model):
    # One model in several files, because each answers a question of its own.
    _inherit = "ups.pickup"  # pylint: disable=consider-merging-classes-inherited

    @api.onchange("location_id")
    def _onchange_location(self):
        """Fill in what the location usually has, where nobody has changed what was there."""
        before, place = self.usual_of_id or self._origin.location_id, self.location_id
        if place:
            follows = self._follows(before, place)
            if self._has_usual_lines_of(before):
                self.line_ids = [fields.Command.clear(), *self._usual_lines(place)]
            # A date that was saved is somebody's: only what was proposed is proposed anew.
            is_proposed = not self._origin and before and self.pickup_date == before._next_date()
            if is_proposed or not self.pickup_date:
                self.pickup_date = place._next_date()
            self.update({name: self._usual_of(place, name) for name in follows})
        self.usual_of_id, self.usual_on = place, self.pickup_date

    @api.onchange("pickup_date")
    def _onchange_pickup_date(self):
        """Close as the location does on that day, where nobody has typed another hour."""
        place, before = self.location_id, self.usual_on or self._origin.pickup_date
        if place and before and self.pickup_date:
            usual = self._usual_of(place, "close_time", before)
            if self._as_written("close_time", self.close_time) == usual:
                self.close_time = self._usual_of(place, "close_time")
        self.usual_on = self.pickup_date

    def write(self, vals):
        """Another location or day brings what is usual, to drafts where nobody has changed it."""
        if not (vals.get("location_id") or vals.get("pickup_date")):
            return super().write(vals)
        refuse_no_number(self, vals)
        for usual, pickups in self.grouped(lambda each: each._brought_by(vals)).items():
            usual = dict(usual)
            if place := usual.pop("lines_of", None):
                usual["line_ids"] = [fields.Command.clear(), *self._usual_lines(place)]
            super(UpsPickup, pickups).write(usual | vals)
        return True

    def _brought_by(self, vals):
        """:return: what a write of location or date writes, too, as names and values."""
        before, day = self.location_id, self.pickup_date
        place = before.browse(vals.get("location_id")) or before
        new_day = fields.Date.to_date(vals.get("pickup_date")) or day
        if self.state != "draft" or (place, new_day) == (before, day):
            return ()
        follows = [
            name for name in self._follows(before, place) if place != before or name == "close_time"
        ]
        brought = [(name, self._usual_of(place, name, new_day)) for name in follows]
        # No lines are somebody's choice, and those of deliveries are what was packed.
        has_usual = place != before and self.line_ids and self.origin != "deliveries"
        if has_usual and self._has_usual_lines_of(before) and self._country_of(place):
            brought.append(("lines_of", place))
        return tuple(brought)

    def _follows(self, before, place):
        """:return: the names of what the draft has as the location before had it."""
        return [
            name
            for name in FOLLOWS
            if self._is_as_usual(before, name)
            # No company pays by the account of another one.
            or (name == "account_id" and self.account_id.company_id != place.company_id)
        ]

    def _is_as_usual(self, place, name):
        if name == "weight_unit":  # what was weighed was weighed in that unit
            return not self.weight
        return self._as_written(name, self[name]) == self._usual_of(place, name)

    def _usual_of(self, location, name, day=None):
        """:return: what is written of a location, on that day or at this pickup's date."""
        if name == "weight_unit":
            return self._weight_unit_at(location)
        value = location[name]  # as the user, to whom a form may have been given another company's
        day = day or self.pickup_date
        if name == "close_time" and location and day:
            value = location._close_on(day)
        return self._as_written(name, value)

    def _as_written(self, name, value):
        return self._fields[name].convert_to_write(value, self) or False

    def _has_usual_lines_of(self, location, quantity=None):
        """:return: whether nobody has changed what the location usually has."""
        names = ("service_id", "destination_country_id", "quantity")
        usual = self._usual_lines(location, quantity) if location else []
        return not self.line_ids or [
            (each.service_id.id, each.destination_country_id.id, each.quantity, each.container)
            for each in self.line_ids
        ] == [(*(line[name] for name in names), "package") for _create, _id, line in usual]

    @api.model
    def _usual_lines(self, location, quantity=None):
        """:return: commands for the lines of a location where nothing says more."""
        country = self._country_of(location)
        return [
            fields.Command.create(
                {
                    "service_id": location.service_id.id,
                    "destination_country_id": country.id,
                    "quantity": quantity or location.quantity or 1,
                }
            )
        ]

    @api.model
    def _weight_unit_at(self, location):
        country = self._country_of(location) or self.env.company.country_id
        return "LBS" if country.code in AMERICAN else self._database_weight_unit()

    @api.model
    def _country_of(self, location):
        partner = location.partner_id
        return ups_country(partner) or ups_country(location.company_id.sudo().partner_id)
