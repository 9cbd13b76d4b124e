"""May a file that was exported be imported as it is? Odoo takes its own marks for a part of it."""

from odoo import models
from odoo.addons.ups_pickup_oauth.as_text import as_it_was


class Import(models.TransientModel):
    # One model in two files, because each answers a question of its own.
    _inherit = "base_import.import"  # pylint: disable=consider-merging-classes-inherited

    def _parse_import_data(self, data, import_fields, options):
        if self.res_model.startswith("ups.pickup"):
            data = [[as_it_was(cell) for cell in row] for row in data]
        return super()._parse_import_data(data, import_fields, options)
