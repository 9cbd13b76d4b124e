from odoo import models
from odoo.addons.ups_pickup_oauth.as_text import groups_as_text, rows_as_text


class UpsPickupExport(models.AbstractModel):
    """Texts of UPS's, and of people, are exported as texts."""

    _name = "ups.pickup.export"
    _description = "Export of UPS Pickups"

    def _export_rows(self, fields, *, _is_toplevel_call=True):
        """Mark them on the way of any export, be it one of transfers that names a pickup's."""
        return rows_as_text(super()._export_rows(fields, _is_toplevel_call=_is_toplevel_call))

    def formatted_read_group(self, domain, *args, **kwargs):
        """The same for the titles of an export in groups."""
        return groups_as_text(self.env, super().formatted_read_group(domain, *args, **kwargs))
