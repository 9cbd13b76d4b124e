"""How is a job's work done, several at once? A public door: the jobs of all addons come in by it.

Each thread opens cursors of its own (:mod:`.own_transaction`), one after the other or one within
another, and touches none of the caller's.
"""

import logging
import threading
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from itertools import islice

from odoo.tools import config

from .own_transaction import without_text

_logger = logging.getLogger(__name__)

CONNECTIONS_EACH = 2
"""A thread's own connection to the database, and that of the transaction that it commits."""


def side_by_side(env, work, items, parallel, first_alone=False):
    """Do the work with each item in a thread. What fails goes into the log, and stops no other.

    :param odoo.api.Environment env: of the database; the log names it.
    :param work: called with an item, in a thread.
    :param items: records, of which a thread takes the ids only. The next one is asked for when a
        thread is free and the caller has seen all that has ended before: so an iterator can stop.
    :param int parallel: how many at once at the most; fewer where half of Odoo's `db_maxconn`
        would not do for them.
    :param bool first_alone: whether none begins before the first has ended, so that what stands
        against all of them, such as an authorization that has ended, is met once.
    :return: yields (item, what the work returned, None if it failed), in the order of the ends.
    """
    parallel = max(1, min(parallel, config["db_maxconn"] // 2 // CONNECTIONS_EACH))
    items, running, at_once = iter(items), {}, 1 if first_alone else parallel
    with ThreadPoolExecutor(parallel) as pool:
        while True:
            for item in islice(items, at_once - len(running)):
                running[pool.submit(_survive, env.registry.db_name, work, item)] = item
            if not running:
                return
            at_once = parallel
            ended = wait(running, return_when=FIRST_COMPLETED).done.pop()
            yield running.pop(ended), ended.result()


def _survive(db_name, work, item):
    threading.current_thread().dbname = db_name  # for the log
    try:
        return work(item)
    except Exception as error:
        _logger.error("UPS: %s was passed over: %s", item, without_text(error))
    return None
