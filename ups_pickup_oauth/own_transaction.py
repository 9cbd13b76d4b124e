"""Work that must be committed whatever becomes of the request around it.

Odoo reruns a request after a serialization failure (odoo/service/model.py, ``retrying``), and a
caller may roll back. What was spent at UPS is spent all the same, so it is recorded in a cursor
of its own.
"""

from psycopg2 import errors

TRIES = 5
LOCK_TIMEOUT = "15s"

# UniqueViolation: two transactions inserted the same row; the second run will find it.
LOST_RACE = (
    errors.DeadlockDetected,
    errors.LockNotAvailable,
    errors.SerializationFailure,
    errors.UniqueViolation,
)


def in_own_transaction(env, work):
    """Run ``work`` in a cursor of its own and commit; run it again when it lost a race.

    :param odoo.api.Environment env: whose database and user are used, as superuser.
    :param work: called with the new environment, once or several times, so it must not call UPS.
    :return: what ``work`` returned; no record of the new environment outlives its cursor.
    :raise psycopg2.OperationalError: if the race is lost ``TRIES`` times.
    """
    for tries_left in reversed(range(TRIES)):
        try:
            with env.registry.cursor() as cr:
                cr.execute("SELECT set_config('lock_timeout', %s, true)", [LOCK_TIMEOUT])
                result = work(env(cr=cr, su=True))
            return result
        except LOST_RACE:
            if not tries_left:
                raise
    raise AssertionError("unreachable")
