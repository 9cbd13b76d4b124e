"""How is kept what UPS has given, whatever others have hooked into the ORM?"""

from odoo import fields
from odoo.tools import SQL


def put(record, values):
    """Write columns of one row. Nothing is computed, tracked or told; nothing else is flushed.

    :param odoo.models.BaseModel record: one, whose row exists.
    :param dict values: by column, as for `write()`.
    """
    values = values | {"write_uid": record.env.uid, "write_date": fields.Datetime.now()}
    assignments = [
        SQL(
            "%s = %s",
            SQL.identifier(name),
            record._fields[name].convert_to_column_insert(value, record),
        )
        for name, value in values.items()
    ]
    record.env.cr.execute(
        SQL(
            "UPDATE %s SET %s WHERE id = %s",
            SQL.identifier(record._table),
            SQL(", ").join(assignments),
            record.id,
        )
    )
    record.invalidate_recordset(flush=False)
