"""Several at once, and none begun before the ends of the earlier ones were seen."""

from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from itertools import islice

from odoo.tools import config

CONNECTIONS_EACH = 2
"""A thread's own connection to the database, and that of the transaction that it commits."""


def side_by_side(work, items, parallel):
    """Do the work with each item in a thread, the first one alone.

    What stands against all of them, such as an authorization that has ended, is met once so.

    :param work: called with an item, in a thread; it raises nothing.
    :param items: an iterator, asked for the next item only when a thread is free and its caller has
        seen all that has ended before: so it can stop.
    :param int parallel: how many at once at the most; fewer where the database has few connections.
    :return: yields what the work returns, in the order in which it ends.
    """
    parallel = max(1, min(parallel, config["db_maxconn"] // CONNECTIONS_EACH // 2))
    at_once, running = 1, set()
    with ThreadPoolExecutor(parallel) as pool:
        while True:
            free = at_once - len(running)
            running |= {pool.submit(work, item) for item in islice(items, free)}
            if not running:
                return
            at_once = parallel
            ended = wait(running, return_when=FIRST_COMPLETED).done.pop()
            running.remove(ended)
            yield ended.result()
