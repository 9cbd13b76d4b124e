"""Whose is it after a write? Odoo asks its rules before one only (odoo/orm/models.py, `write`).

And what is it called to whom? Odoo shows the name of whatever a field leads to as superuser, be it
in a form that was never saved, or in the words of a refusal.
"""

from odoo import SUPERUSER_ID


def refuse_of_others(records, vals, *names):
    """Have nobody hand records to companies that they do not work for.

    :param dict vals: what was written.
    :param names: fields that lead to what is a company's.
    :raise AccessError: if the records, or what they lead to, are such a company's by now.
    """
    if records.env.su or vals.keys().isdisjoint(("company_id", *names)):
        return
    records.check_access("write")
    for name in names:
        if name in vals:
            records[name].check_access("read")


def hide_names_of_others(records):
    """Have the names of what belongs to others say just that; for a compute of `display_name`.

    A user's names, with and without `sudo`: it depends on the context's "uid".
    """
    if records.env.uid == SUPERUSER_ID:
        return
    own = records.env.user.company_ids
    for record in records:
        if record.sudo().company_id - own:
            record.display_name = records.env._("of another company")
