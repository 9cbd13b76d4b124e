import re
from collections.abc import Iterable

from odoo import api, fields, models
from odoo.exceptions import ValidationError

CODE_AT_END = re.compile(r" \((\d{3})\)\Z")


class UpsPickupService(models.Model):
    """Which of them an address takes is told by UPS's refusals only: a table to edit."""

    _name = "ups.pickup.service"
    _description = "UPS Service of a Pickup"
    _order = "code"
    _rec_names_search = ["name", "code"]

    code = fields.Char(required=True, size=3, help="UPS's three digits for pickups, such as 003.")
    name = fields.Char(required=True)
    active = fields.Boolean(default=True)

    _code_unique = models.Constraint("UNIQUE(code)", "There is a UPS service with this code.")

    @api.constrains("code")
    def _check_code(self):
        for service in self:
            if not (len(service.code) == 3 and service.code.isascii() and service.code.isdigit()):
                raise ValidationError(
                    self.env._("The code of a UPS service has three digits, such as 003.")
                )

    @api.depends("code", "name")
    def _compute_display_name(self):
        for service in self:
            service.display_name = f"{service.name} ({service.code})"

    @api.model
    def _search_display_name(self, operator, value):
        """Find by name, by code, and by both as they are shown: a file says what it was shown."""
        if isinstance(value, str):
            value = _as_searched(value)
        elif isinstance(value, Iterable):
            value = [_as_searched(each) for each in value]
        return super()._search_display_name(operator, value)


def _as_searched(value):
    shown = isinstance(value, str) and CODE_AT_END.search(value[-6:])
    return shown[1] if shown else value
