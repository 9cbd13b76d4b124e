"""Is it a number that a database keeps and a screen shows? JSON has 1e308, and Odoo's NaN too."""

from datetime import date

from odoo import fields
from odoo.exceptions import ValidationError

TOO_MUCH = 10**6
"""Hours, pieces and weights are less."""


FIRST_DAY = date(1900, 1, 1)
"""Of the years before 1000, Python and Odoo write no four digits."""


def refuse_no_number(records, vals):
    """Refuse it before Odoo rounds it, or PostgreSQL keeps it.

    :param dict vals: what is to be written.
    :raise ValidationError: if one of the numbers is none, or out of all bounds.
    """
    for name, value in vals.items():
        field = records._fields.get(name)
        is_number = field and field.type in ("float", "integer") and isinstance(value, int | float)
        if is_number and not abs(value) < TOO_MUCH:  # of NaN, everything is false
            raise ValidationError(
                records.env._(
                    "“%s” must be an ordinary number. Correct it.",
                    field._description_string(records.env),
                )
            )
        if field and field.type == "date" and value and fields.Date.to_date(value) < FIRST_DAY:
            raise ValidationError(
                records.env._(
                    "“%s” must be a day of our times. Correct it.",
                    field._description_string(records.env),
                )
            )
