"""Work that must be committed whatever becomes of the request around it.

Odoo reruns a request after a serialization failure (odoo/service/model.py, ``retrying``), and a
caller may roll back. What was spent at UPS is spent all the same, so it is recorded in a cursor
of its own.
"""

import logging
import time
import traceback

from odoo.tools import SQL, config
from psycopg2 import DatabaseError, InterfaceError, OperationalError, errors
from psycopg2.pool import PoolError

_logger = logging.getLogger(__name__)

LONGEST_WAIT = 45
"""Seconds that a caller waits in all for others: for a lock, and for a connection to the database.

With the longest call to UPS it stays below the 120 seconds that Odoo gives a request.
"""

LONGEST_HOLD = 100
"""Seconds after which PostgreSQL takes the lock from a host that froze while it held it."""

# UniqueViolation: two transactions inserted the same row; the second run will find it.
LOST_RACE = (
    errors.DeadlockDetected,
    errors.LockNotAvailable,
    errors.SerializationFailure,
    errors.UniqueViolation,
)

# PostgreSQL restarts, or other threads hold all of this process's connections.
NO_CONNECTION = (OperationalError, InterfaceError, PoolError)
PAUSES = (0.1, 0.5, 1, 3, 5)
"""Seconds before another try without a connection."""

GOES_ALONG = ("allowed_company_ids", "lang", "tz")
"""Of a caller's context, which comes from anywhere: the rest switches off what others do."""


def in_own_transaction(env, work, wait=LONGEST_WAIT):
    """Run ``work`` in a cursor of its own and commit; run it again when it lost a race.

    :param odoo.api.Environment env: whose database and user are used, as superuser. Of its context
        language, time zone and companies go along, and nothing else: neither defaults nor
        ``tracking_disable`` or ``mail_activity_automation_skip``. What ``work`` needs more of, it
        sets itself.
    :param work: called with the new environment, once or several times, so it must not call UPS.
    :param float wait: seconds after which nothing is tried again.
    :return: what ``work`` returned; no record of the new environment outlives its cursor.
    :raise psycopg2.Error: if the race is lost, or PostgreSQL stays away, for that long.
    """
    deadline, pauses = time.monotonic() + wait, iter(PAUSES)
    while True:
        try:
            with own_cursor(env.registry, deadline - time.monotonic()) as cr:
                result = work(env(cr=cr, su=True, context=what_goes_along(env.context)))
            return result
        except LOST_RACE:
            if time.monotonic() >= deadline:
                raise
        except NO_CONNECTION:
            pause = next(pauses, None)
            if pause is None or time.monotonic() >= deadline:
                raise
            time.sleep(pause)


def what_goes_along(context):
    """:return: what an own transaction has of its caller's context.

    :rtype: dict
    """
    return {name: context[name] for name in GOES_ALONG if name in context}


def own_cursor(registry, wait=LONGEST_WAIT):
    """Open a cursor whose first transaction has time-outs of its own.

    Those that an operator gave the PostgreSQL role are meant for other work: one of two seconds
    would throw away what UPS took five seconds to answer.

    :param odoo.modules.registry.Registry registry: of the database.
    :param float wait: seconds to wait for each lock.
    :raise psycopg2.Error: when there is no connection to be had.
    """
    cr = _connected(registry)
    try:
        _set_timeouts(cr, wait)
    except BaseException:
        cr.close()
        raise
    return cr


def quietly(env, *works):
    """As :func:`in_own_transaction`, for what is only told: a note, an activity.

    An automation rule, a Studio field or a mail of others that fails in it must undo nothing of
    what is stored already; it fails by itself, into the log. Where nothing fails, several take one
    transaction.
    """
    if len(works) > 1:
        try:
            return in_own_transaction(env, lambda own: [work(own) for work in works], wait=0)
        except Exception:
            _logger.debug("UPS: the history and the activities are written one by one")
    for work in works:
        try:
            in_own_transaction(env, work)
        except Exception as error:
            words = "UPS: the history or an activity is not written: %s"
            _logger.warning(words, without_text(error))
    return None


def without_text(error):
    """:return: of which class it is and where it was raised; its text may hold a row or a secret.

    :rtype: str
    """
    where = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} ({where.filename}, line {where.lineno})"


def _set_timeouts(cr, wait):
    milliseconds = {
        "lock_timeout": max(1, int(wait * 1000)),
        "statement_timeout": (LONGEST_WAIT + 15) * 1000,
        "idle_in_transaction_session_timeout": LONGEST_HOLD * 1000,
    }
    if cr.connection.server_version >= 170000:
        milliseconds["transaction_timeout"] = 0
    calls = [SQL("set_config(%s, %s, true)", name, str(ms)) for name, ms in milliseconds.items()]
    cr.execute(SQL("SELECT %s", SQL(", ").join(calls)))


def _connected(registry):
    """Pass over the connections of Odoo's pool that died with PostgreSQL.

    After a crash each of them raises once what the pool does not expect (odoo/sql_db.py,
    ``ConnectionPool.borrow``), and a worker that ran the cron has many.
    """
    for _dead in range(config["db_maxconn"]):
        try:
            return registry.cursor()
        except DatabaseError as error:
            if type(error) is not DatabaseError:  # its subclasses mean something else
                raise
    return registry.cursor()
