"""What may an exported cell do in a spreadsheet? Be read."""

from odoo import models


class UpsPickup(models.Model):
    # One model in several files, because each answers a question of its own.
    _inherit = "ups.pickup"  # pylint: disable=consider-merging-classes-inherited

    def export_data(self, fields_to_export):
        """Export texts of UPS's, and of people, as texts.

        Odoo's CSV marks what would be a formula, its XLSX does not (odoo/addons/web, export.py).
        """
        told = super().export_data(fields_to_export)
        told["datas"] = [[_as_text(cell) for cell in row] for row in told["datas"]]
        return told


def _as_text(cell):
    is_formula = isinstance(cell, str) and cell.startswith(("=", "{="))
    return f"'{cell}" if is_formula else cell
