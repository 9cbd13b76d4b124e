import re

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from ..as_shown import as_searched
from ..const import ENDED
from .archiving import named

CODE = re.compile(r"[0-9]{3}")
CODE_AT_END = re.compile(r" \(([0-9]{3})\)\Z")


class UpsPickupService(models.Model):
    """Which of them an address takes is told by UPS's refusals only: a table to edit.

    It is one for all companies, whose people may each edit it.
    """

    _name = "ups.pickup.service"
    _inherit = ["ups.pickup.export", "ups.pickup.archiving"]
    _description = "UPS Service of a Pickup"
    _order = "code"
    _rec_names_search = ["name", "code"]

    code = fields.Char(required=True, help="UPS's three digits for pickups, such as 003.")
    name = fields.Char(required=True)
    active = fields.Boolean(default=True)

    _code_unique = models.Constraint("UNIQUE(code)", "There is a UPS service with this code.")

    @api.constrains("code")
    def _check_code(self):
        for service in self:
            if not CODE.fullmatch(service.code or ""):
                raise ValidationError(
                    self.env._("The code of a UPS service has three digits, such as 003.")
                )

    def write(self, vals):
        if not self.env.su:
            self._refuse_other_code(vals)
            self._refuse_name_for_others(vals)
            if not vals.get("active", True):
                self.filtered("active")._refuse_without_it_for_others()
                self._refuse_if_needed()  # the list's toggle is a button, too, and writes only
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_others_use_it(self):
        if not self.env.su:
            self._refuse_without_it_for_others()

    def _refuse_other_code(self, vals):
        """:raise AccessError: if UPS would be told another code for what is chosen already."""
        recoded = self.filtered(lambda each: each.code != vals.get("code", each.code))
        if any(service._is_used_beyond(self.env["res.company"]) for service in recoded):
            raise AccessError(
                self.env._(
                    "A UPS service keeps its code, by which locations and pickups tell UPS what"
                    " they ship. Make another service."
                )
            )

    def _refuse_name_for_others(self, vals):
        """:raise AccessError: if companies use it that the user does not work for."""
        renamed = self.filtered(lambda each: each.name != vals.get("name", each.name))
        if service := renamed._used_by_others():
            raise AccessError(
                self.env._(
                    "Another company uses the UPS service %s, which keeps its name. Make another"
                    " service.",
                    service.display_name,
                )
            )

    def _refuse_without_it_for_others(self):
        """:raise AccessError: if companies use it that the user does not work for."""
        if service := self._used_by_others():
            raise AccessError(
                self.env._(
                    "Another company uses the UPS service %s, which stays. Choose another service"
                    " at your own locations.",
                    service.display_name,
                )
            )

    def _used_by_others(self):
        """:return: the first that a company uses which the user, no administrator, has not."""
        own = self.env.user.company_ids
        asked = self if not self.env.is_system() else self.browse()
        return next((each for each in asked if each._is_used_beyond(own)), self.browse())

    def _is_used_beyond(self, companies):
        """:return: whether locations, or pickups that are not over, of others than these use it."""
        is_used, beyond = ("service_id", "=", self.id), ("company_id", "not in", companies.ids)
        is_open = ("pickup_id.state", "not in", ENDED)
        lines = [is_used, is_open, ("pickup_id.company_id", "not in", companies.ids)]
        return bool(
            self.env["ups.pickup.location"].sudo().search_count([is_used, beyond], limit=1)
            or self.env["ups.pickup.line"].sudo().search_count(lines, limit=1)
        )

    def _needed_by(self):
        places = self.env["ups.pickup.location"].sudo().search([("service_id", "=", self.id)])
        return places and self.env._(
            "%(service)s is the usual service of %(locations)s. Choose another one there before you"
            " archive it.",
            service=self.display_name,
            locations=self._named(places),
        )

    @api.model
    def _named(self, users):
        """:return: names of what the user works for: services are those of all companies."""
        own = users.filtered(lambda each: each.company_id <= self.env.companies)
        return named(own) or self.env._("another company")

    @api.depends("code", "name")
    def _compute_display_name(self):
        for service in self:
            service.display_name = f"{service.name} ({service.code})"

    @api.model
    def _search_display_name(self, operator, value):
        """Find by name, by code, and by both as they are shown: a file says what it was shown."""
        return super()._search_display_name(operator, as_searched(value, CODE_AT_END, 6))
