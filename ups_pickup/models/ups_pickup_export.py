"""What may an exported cell do in a spreadsheet? Be read."""

import re

from odoo import models

DOES_SOMETHING = re.compile(r"[=@\t\r]|\{=|(ht|f)tps?://|mailto:|(in|ex)ternal:")
"""A formula to xlsxwriter or a spreadsheet that reads CSV, or a link; of CSV, Odoo marks others."""


class UpsPickupExport(models.AbstractModel):
    """Texts of UPS's, and of people, are exported as texts.

    Odoo's CSV marks what would be a formula, its XLSX does not (odoo/addons/web, export.py).
    """

    _name = "ups.pickup.export"
    _description = "Export of UPS Pickups"

    def _export_rows(self, fields, *, _is_toplevel_call=True):
        """Mark them on the way of any export, be it one of transfers that names a pickup's."""
        rows = super()._export_rows(fields, _is_toplevel_call=_is_toplevel_call)
        return [[_as_text(cell) for cell in row] for row in rows]

    def formatted_read_group(self, domain, *args, **kwargs):
        """The same for the titles of an export in groups, which is known by its context."""
        groups = super().formatted_read_group(domain, *args, **kwargs)
        if "import_compat" in self.env.context:
            for group in groups:
                group.update({name: _as_text(value) for name, value in group.items()})
        return groups


def _as_text(cell):
    if isinstance(cell, tuple):  # a row, and what it is called
        return tuple(map(_as_text, cell))
    does = isinstance(cell, str) and DOES_SOMETHING.match(cell)
    return f"'{cell}" if does else cell
