"""Which database is this, in PostgreSQL's own words? A copy of it must not spend its tokens.

``database.uuid`` is carried along by ``pg_dump`` and ``createdb --template``. A database's oid is
unique among those of its cluster, and the cluster's system identifier among clusters. Any role may
read both, unless somebody has revoked it: then each cluster may be the same one.
"""

from weakref import WeakKeyDictionary

from odoo.tools import SQL

UNKNOWN = "?"
"""A cluster that the role may not ask for its system identifier."""

_clusters = WeakKeyDictionary()
_oids = WeakKeyDictionary()
"""By connection, which leads to the same cluster and database as long as it lives."""


def identity(cr):
    """:return: the identity of the cursor's database: what is kept beside tokens.

    :rtype: str
    """
    connection = cr.connection
    if connection not in _oids:
        cr.execute("SELECT oid FROM pg_database WHERE datname = current_database()")
        (_oids[connection],) = cr.fetchone()
    return f"{_cluster(cr)}/{_oids[connection]}"


def is_same(one, other):
    """:return: whether two identities may be those of one database."""
    return _oid(one) == _oid(other) and _may_be_one_cluster(one, other)


def is_beside(cr, other):
    """Whether another database stands in the same cluster as the cursor's own.

    Where it does not (renamed, dropped and restored, moved to another server or upgraded by
    ``pg_upgrade``), there is no original any more that could lose anything.

    :param str other: its identity.
    :rtype: bool
    """
    oid = _oid(other)
    if not oid.isdecimal() or not _may_be_one_cluster(other, identity(cr)):
        return False
    cr.execute(
        SQL("SELECT 1 FROM pg_database WHERE oid = %s AND datname != current_database()", int(oid))
    )
    return bool(cr.rowcount)


def _cluster(cr):
    connection = cr.connection
    if connection not in _clusters:
        # Asked first: a function that is refused would spoil the caller's transaction.
        cr.execute("SELECT has_function_privilege('pg_control_system()', 'EXECUTE')")
        (may_ask,) = cr.fetchone()
        if may_ask:
            cr.execute("SELECT system_identifier FROM pg_control_system()")
        _clusters[connection] = str(cr.fetchone()[0]) if may_ask else UNKNOWN
    return _clusters[connection]


def _may_be_one_cluster(one, other):
    clusters = {each.partition("/")[0] for each in (one, other)}
    return len(clusters) == 1 or UNKNOWN in clusters


def _oid(one):
    return one.partition("/")[2]
