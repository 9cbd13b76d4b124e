import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..archiving import named, refuse_if_needed
from ..as_shown import as_searched

CODE = re.compile(r"[0-9]{3}")
CODE_AT_END = re.compile(r" \(([0-9]{3})\)\Z")


class UpsPickupService(models.Model):
    """Which of them an address takes is told by UPS's refusals only: a table to edit."""

    _name = "ups.pickup.service"
    _inherit = ["ups.pickup.export"]
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
        refuse_if_needed(self, vals)
        return super().write(vals)

    def _needed_by(self):
        """:return: what has to be done before it is archived, or None."""
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
