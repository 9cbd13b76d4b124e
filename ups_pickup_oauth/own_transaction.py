"""Work that must be committed whatever becomes of the request around it.

Odoo reruns a request after a serialization failure (odoo/service/model.py, ``retrying``), and a
caller may roll back. What was spent at UPS is spent all the same, so it is recorded in a cursor
of its own.
"""

import time

from odoo.tools import config
from psycopg2 import DatabaseError, InterfaceError, OperationalError, errors
from psycopg2.pool import PoolError

TRIES = 5
LOCK_TIMEOUT = "15s"

# UniqueViolation: two transactions inserted the same row; the second run will find it.
LOST_RACE = (
    errors.DeadlockDetected,
    errors.LockNotAvailable,
    errors.SerializationFailure,
    errors.UniqueViolation,
)

# PostgreSQL restarts, or other threads hold all of this process's connections.
NO_CONNECTION = (OperationalError, InterfaceError, PoolError)
PAUSES = (0.1, 0.5, 1, 3)
"""Seconds before another try without a connection."""


def in_own_transaction(env, work):
    """Run ``work`` in a cursor of its own and commit; run it again when it lost a race.

    :param odoo.api.Environment env: whose database and user are used, as superuser.
    :param work: called with the new environment, once or several times, so it must not call UPS.
    :return: what ``work`` returned; no record of the new environment outlives its cursor.
    :raise psycopg2.Error: if the race is lost ``TRIES`` times, or PostgreSQL stays away for some
        seconds.
    """
    races, pauses = iter(range(TRIES - 1)), iter(PAUSES)
    while True:
        try:
            with own_cursor(env.registry) as cr:
                cr.execute("SELECT set_config('lock_timeout', %s, true)", [LOCK_TIMEOUT])
                result = work(env(cr=cr, su=True))
            return result
        except LOST_RACE:
            if next(races, None) is None:
                raise
        except NO_CONNECTION:
            pause = next(pauses, None)
            if pause is None:
                raise
            time.sleep(pause)


def own_cursor(registry):
    """Open a cursor, past the connections of Odoo's pool that died with PostgreSQL.

    After a crash each of them raises once what the pool does not expect (odoo/sql_db.py,
    ``ConnectionPool.borrow``), and a worker that ran the cron has many.

    :param odoo.modules.registry.Registry registry: of the database.
    :raise psycopg2.Error: when there is no connection to be had.
    """
    for _dead in range(config["db_maxconn"]):
        try:
            return registry.cursor()
        except DatabaseError as error:
            if type(error) is not DatabaseError:  # its subclasses mean something else
                raise
    return registry.cursor()
