"""Whose is it after a write? Odoo asks its rules before one only (odoo/orm/models.py, `write`)."""


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
