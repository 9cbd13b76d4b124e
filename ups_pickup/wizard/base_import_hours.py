"""May a file say hours as a clock does? Odoo's own import takes 16.5 alone."""

import re

from odoo import models

ON_A_CLOCK = re.compile(r"\s*(\d{1,2}):(\d\d)(:00)?\s*")
"""Such as 16:30, or 16:30:00 as Odoo reads a spreadsheet's cell."""


class Import(models.TransientModel):
    _inherit = "base_import.import"

    def _parse_float_from_data(self, data, index, name, options):
        if self.res_model.startswith("ups.pickup") and name.endswith("_time"):
            for row in data:
                row[index] = _in_hours(row[index], options.get("float_decimal_separator") or ".")
        return super()._parse_float_from_data(data, index, name, options)


def _in_hours(text, decimal_separator):
    on_a_clock = ON_A_CLOCK.fullmatch(text)
    if not on_a_clock:
        return text
    hours, minutes, _seconds = on_a_clock.groups()
    return f"{int(hours) + int(minutes) / 60:.4f}".replace(".", decimal_separator)
