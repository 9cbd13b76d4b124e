"""What may an exported cell do in a spreadsheet? Be read.

Odoo's CSV marks what would be a formula, its XLSX does not (odoo/addons/web, export.py).
"""

import re

DOES_SOMETHING = re.compile(r"[=@\t\r]|\{=|(ht|f)tps?://|mailto:|(in|ex)ternal:")
"""A formula to xlsxwriter or a spreadsheet that reads CSV, or a link; of CSV, Odoo marks others."""


MARKED = re.compile(f"'(?:[-+]|{DOES_SOMETHING.pattern})")
"""By :func:`as_text`, or by Odoo's CSV: each phone number with its country is one."""


def as_text(cell):
    """:return: the cell of an export, marked where it would do something."""
    if isinstance(cell, tuple):  # a row, and what it is called
        return tuple(map(as_text, cell))
    does = isinstance(cell, str) and DOES_SOMETHING.match(cell)
    return f"'{cell}" if does else cell


def as_it_was(cell):
    """:return: the cell of a file without the mark that an export has put there."""
    return cell[1:] if isinstance(cell, str) and MARKED.match(cell) else cell


def rows_as_text(rows):
    """:return: the rows of an export."""
    return [[as_text(cell) for cell in row] for row in rows]


def groups_as_text(env, groups):
    """:return: what was grouped, with the titles of an export, which is known by its context."""
    if "import_compat" not in env.context:
        return groups
    return [{name: as_text(value) for name, value in group.items()} for group in groups]
