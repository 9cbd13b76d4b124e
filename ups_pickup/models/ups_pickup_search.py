"""How is a pickup found by what UPS's telephone and mails write?"""

from odoo import api, models
from odoo.fields import Domain

from ..as_typed import as_number
from .ups_pickup_person import PRN


class UpsPickup(models.Model):
    # One model in several files, because each answers a question of its own.
    _inherit = "ups.pickup"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _search_display_name(self, operator, value):
        """Find a PRN with spaces or dashes in it, too, as **Enter the PRN** takes it."""
        found = super()._search_display_name(operator, value)
        prn = as_number(value[:40]) if isinstance(value, str) else ""
        if operator in ("=", "ilike") and PRN.fullmatch(prn):
            found |= Domain("prn", "=", prn)
        return found
