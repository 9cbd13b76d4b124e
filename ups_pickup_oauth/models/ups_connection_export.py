"""UPS's own words, and a person's note, are exported as texts: no spreadsheet runs them."""

from odoo import models

from ..as_text import as_text, groups_as_text, rows_as_text


class UpsConnection(models.Model):
    # One model in several files, because each answers a question of its own.
    _inherit = "ups.connection"  # pylint: disable=consider-merging-classes-inherited

    def _export_rows(self, fields, *, _is_toplevel_call=True):
        return rows_as_text(super()._export_rows(fields, _is_toplevel_call=_is_toplevel_call))

    def formatted_read_group(self, domain, *args, **kwargs):
        return groups_as_text(self.env, super().formatted_read_group(domain, *args, **kwargs))


class ResCompany(models.Model):
    # One model in several files, because each answers a question of its own.
    _inherit = "res.company"  # pylint: disable=consider-merging-classes-inherited

    def _export_rows(self, fields, *, _is_toplevel_call=True):
        """Override of `base`: the same for what the company shows of it."""
        rows = super()._export_rows(fields, _is_toplevel_call=_is_toplevel_call)
        ours = [bool(path) and path[0].startswith("ups_") for path in fields]
        return [
            [as_text(cell) if own else cell for cell, own in zip(row, ours, strict=True)]
            for row in rows
        ]
