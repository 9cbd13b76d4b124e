"""May a file be imported as people write it, and as it was exported?

Odoo's own import takes of hours 16.5 alone, and what an export has marked with its mark.
"""

import io
import re
from datetime import time, timedelta

from odoo import models
from odoo.addons.ups_pickup_oauth.as_text import as_it_was

ON_A_CLOCK = re.compile(r"\s*(\d{1,2}):(\d\d)(?::00)?\s*(?:([AP])\.?M\.?)?\s*", re.IGNORECASE)
"""Such as 16:30 or 4:30 PM, or 16:30:00 as Odoo reads a spreadsheet's cell."""


class Import(models.TransientModel):
    _inherit = "base_import.import"

    def _parse_import_data(self, data, import_fields, options):
        if self.res_model.startswith("ups.pickup"):
            data = [[as_it_was(cell) for cell in row] for row in data]
        return super()._parse_import_data(data, import_fields, options)

    def _parse_float_from_data(self, data, index, name, options):
        if self.res_model.startswith("ups.pickup") and name.endswith("_time"):
            for row in data:
                row[index] = _in_hours(row[index], options.get("float_decimal_separator") or ".")
        return super()._parse_float_from_data(data, index, name, options)

    def _read_xlsx(self, options):
        """Odoo refuses a file with a cell that is an hour, before anybody asks for its text."""
        try:
            return super()._read_xlsx(options)
        except ValueError:
            mended = self.res_model.startswith("ups.pickup") and _with_hours_as_texts(self.file)
            if not mended:
                raise
            self.file = mended
            return super()._read_xlsx(options)


def _with_hours_as_texts(file):
    """:return: the spreadsheet with each hour as a text such as 16:30, or None if it has none."""
    try:
        import openpyxl
    except ImportError:  # Odoo has read it by something else
        return None
    book, has_some = openpyxl.load_workbook(io.BytesIO(file), data_only=True), False
    for cell in (cell for sheet in book.worksheets for row in sheet.rows for cell in row):
        if isinstance(cell.value, time | timedelta):
            cell.value, has_some = _on_a_clock(cell.value), True
    if not has_some:
        return None
    mended = io.BytesIO()
    book.save(mended)
    return mended.getvalue()


def _on_a_clock(hour):
    if isinstance(hour, time):
        hour = timedelta(hours=hour.hour, minutes=hour.minute, seconds=hour.second)
    hours, minutes = divmod(round(hour / timedelta(minutes=1)), 60)
    return f"{hours}:{minutes:02}"


def _in_hours(text, decimal_separator):
    on_a_clock = ON_A_CLOCK.fullmatch(text)
    if not on_a_clock:
        return text
    hours, minutes, half = on_a_clock.groups()
    hours = int(hours)
    if half and not 1 <= hours <= 12:
        return text
    if half:
        hours = hours % 12 + (12 if half in "Pp" else 0)
    return f"{hours + int(minutes) / 60:.4f}".replace(".", decimal_separator)
