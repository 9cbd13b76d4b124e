"""Was it started here? What is sent with no click is off in any copy."""

from odoo.addons.ups_pickup_oauth.database_identity import is_beside


def this_database(env):
    """:return: what tells this database from its copies, as a text to store."""
    connections = env["ups.connection"]
    return f"{connections._database_uuid()} {connections._this_database()}"


def is_of_this_database(env, stored):
    """:return: whether that was stored here: only moved or restored, it has no original beside it.

    :param stored: what :func:`this_database` returned there.
    """
    uuid, _space, there = (stored or "").partition(" ")
    this_uuid, _space, here = this_database(env).partition(" ")
    return uuid == this_uuid and (there == here or not is_beside(env.cr, there))
