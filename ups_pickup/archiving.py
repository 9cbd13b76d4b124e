"""What would wait in vain for what somebody archives? It is named first."""

from odoo.exceptions import UserError

MOST_NAMED = 5


def refuse_if_needed(records, vals):
    """Have nobody archive what others still need.

    :param records: of a model with `_needed_by`, which returns a sentence that says what to do
        first, or None.
    :param dict vals: what is about to be written.
    :raise UserError: if one of them is needed.
    """
    if vals.get("active", True):
        return
    for record in records.filtered("active"):
        if why := record._needed_by():
            raise UserError(why)


def named(records):
    """:return: the first of their names."""
    return ", ".join(records[:MOST_NAMED].mapped("display_name"))
