"""What would wait in vain for what somebody archives? It is named first."""

from odoo.exceptions import UserError

MOST_NAMED = 5


def refuse_if_needed(records):
    """Have nobody archive what others still need, by the button; a program's `write` may.

    :param records: of a model with `_needed_by`, which returns a sentence that says what to do
        first, or None.
    :raise UserError: if one of them is needed.
    """
    for record in records.filtered("active"):
        if why := record._needed_by():
            raise UserError(why)


def named(records):
    """:return: the first of their names."""
    return ", ".join(records[:MOST_NAMED].mapped("display_name"))
