"""How is a pickup found by what UPS's telephone and mails write?"""

import re

from odoo import api, models
from odoo.fields import Domain

from .ups_pickup_person import PRN


class UpsPickup(models.Model):
    # One model in several files, because each answers a question of its own.
    _inherit = "ups.pickup"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _search_display_name(self, operator, value):
        """Find a PRN with spaces or dashes in it, too, as **Enter the PRN** takes it."""
        found = super()._search_display_name(operator, value)
        prn = re.sub(r"[\s-]", "", value[:40]).upper() if isinstance(value, str) else ""
        if operator in ("=", "ilike") and PRN.fullmatch(prn):
            found |= Domain("prn", "=", prn)
        return found
