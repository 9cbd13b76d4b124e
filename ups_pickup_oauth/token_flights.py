"""In one process, one thread at a time asks for a company's fresh token.

PostgreSQL's row lock would do, and does between processes. But each thread that waits for it holds
a connection to the database, and a storm of threads would use them up.
"""

import threading
from contextlib import contextmanager

_guard = threading.Lock()
_flights = {}


@contextmanager
def one_at_a_time(key, timeout):
    """Wait for the others with the same key.

    :param key: what only one thread may do.
    :param float timeout: seconds to wait.
    :raise TimeoutError: when the others take longer.
    """
    with _guard:
        lock = _flights.setdefault(key, threading.Lock())
    if not lock.acquire(timeout=timeout):
        raise TimeoutError
    try:
        yield
    finally:
        lock.release()
