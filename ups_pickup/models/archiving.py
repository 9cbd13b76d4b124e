"""What would wait in vain for what somebody archives? It is named first."""

from odoo import models
from odoo.exceptions import UserError

MOST_NAMED = 5


class UpsPickupArchiving(models.AbstractModel):
    """What others still need is archived by nobody's button; a program's `write` may."""

    _name = "ups.pickup.archiving"
    _description = "Archiving of What UPS Pickups Need"

    def action_archive(self):
        """Override of `base`.

        :raise UserError: if one of them is needed.
        """
        self._refuse_if_needed()
        return super().action_archive()

    def _refuse_if_needed(self):
        """:raise UserError: if one of them is needed."""
        for record in self.filtered("active"):
            if why := record._needed_by():
                raise UserError(why)

    def _needed_by(self):
        """:return: a sentence that says what has to be done before it is archived, or None."""
        raise NotImplementedError


def named(records):
    """:return: the first of their names."""
    return ", ".join(records[:MOST_NAMED].mapped("display_name"))
