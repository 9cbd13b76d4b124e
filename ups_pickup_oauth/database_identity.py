"""Which database is this, in PostgreSQL's own words? A copy of it must not spend its tokens.

``database.uuid`` is carried along by ``pg_dump`` and ``createdb --template``. A database's oid is
unique among those of its cluster, and the cluster's system identifier among clusters; any role may
read both.
"""

from odoo.tools import SQL

OF_THIS_DATABASE = SQL(
    """(SELECT system_identifier FROM pg_control_system()) || '/' ||
       (SELECT oid FROM pg_database WHERE datname = current_database())"""
)
"""Cluster and oid, as text: what is kept beside tokens."""


def identity(cr):
    """:return: the identity of the cursor's database.

    :rtype: str
    """
    cr.execute(SQL("SELECT %s", OF_THIS_DATABASE))
    return cr.fetchone()[0]


def is_beside(cr, other):
    """Whether another database stands in the same cluster as the cursor's own.

    Where it does not (renamed, dropped and restored, moved to another server or upgraded by
    ``pg_upgrade``), there is no original any more that could lose anything.

    :param str other: its identity.
    :rtype: bool
    """
    cluster, _slash, oid = other.partition("/")
    if not oid.isdecimal():
        return False
    cr.execute(
        SQL(
            """SELECT 1 FROM pg_database, pg_control_system()
                WHERE system_identifier::text = %s AND oid = %s AND datname != current_database()
            """,
            cluster,
            int(oid),
        )
    )
    return bool(cr.rowcount)
