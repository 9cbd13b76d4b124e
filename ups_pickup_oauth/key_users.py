"""Does anybody else need this database's key file? Asked before it is deleted for good.

A copy made by ``createdb --template`` or ``pg_dump`` has the same ``database.uuid``, and so the
same key file; Odoo's Duplicate has another one, and needs the file until somebody says which of
both is the original. A file that is left behind does less harm than one that is missed.
"""

import contextlib
import logging

import psycopg2
from odoo import sql_db
from odoo.tools import SQL
from odoo.tools.sql import table_exists

_logger = logging.getLogger(__name__)
_OTHERS = """
    SELECT datname FROM pg_database
     WHERE datname != current_database() AND datallowconn AND NOT datistemplate
       AND has_database_privilege(oid, 'CONNECT')
"""


def others_need_key_file(env):
    """Look at the tokens here, and into each database of this PostgreSQL that Odoo can read.

    :return: whether another one has the key file, or may have: then the file must stay.
    :rtype: bool
    """
    uuid = env["ir.config_parameter"].sudo().get_param("database.uuid")
    connections = env["ups.connection"].sudo().search([("database_identity", "!=", False)])
    if set(connections.mapped("database_identity")) - {env["ups.connection"]._this_database()}:
        return True
    env.cr.execute(_OTHERS)
    return any(_needs(name, uuid) for (name,) in env.cr.fetchall())


def _needs(name, uuid):
    # Not Odoo's own pool: it closes all connections of a database at once, and others use them.
    pool = sql_db.ConnectionPool(maxconn=1)
    connection = sql_db.Connection(pool, *sql_db.connection_info_for(name))
    try:
        with contextlib.closing(connection.cursor()) as cr:
            return _has_uuid(cr, uuid) or _has_tokens_of(cr, uuid)
    except psycopg2.errors.InsufficientPrivilege:
        return False  # another user's, who has another Odoo
    except psycopg2.Error as error:
        _logger.info("The key file stays, since %s cannot be asked for it: %s", name, error)
        return True
    finally:
        pool.close_all()  # else nobody could drop it


def _has_uuid(cr, uuid):
    return table_exists(cr, "ir_config_parameter") and _finds(
        cr, "SELECT 1 FROM ir_config_parameter WHERE key = 'database.uuid' AND value = %s", uuid
    )


def _has_tokens_of(cr, uuid):
    return table_exists(cr, "ups_connection") and _finds(
        cr,
        "SELECT 1 FROM ups_connection WHERE database_uuid = %s AND sealed_refresh_token > ''",
        uuid,
    )


def _finds(cr, query, uuid):
    cr.execute(SQL(query, uuid), log_exceptions=False)
    return bool(cr.rowcount)
