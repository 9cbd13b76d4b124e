"""In one process, one thread at a time asks for a company's fresh token.

PostgreSQL's row lock would do, and does between processes. But each thread that waits for it holds
a connection to the database, and a storm of threads would use them up.
"""

import copy
import threading
import time

_guard = threading.Lock()
_flights = {}


class Flight:
    """What one thread does for all that want the same."""

    def __init__(self):
        self._lock = threading.Lock()
        self._failure, self._failed_at = None, 0

    def result(self, work, timeout):
        """Do the work, or share the failure of whoever did it while this thread waited.

        :param work: returns something, or an exception that is worth sharing.
        :param float timeout: seconds to wait for the others.
        :raise TimeoutError: when the others take longer.
        """
        began = time.monotonic()
        if not self._lock.acquire(timeout=timeout):
            raise TimeoutError
        try:
            if self._failed_at > began:
                return copy.copy(self._failure)  # each thread raises one of its own
            result = work()
            if isinstance(result, Exception):
                self._failure, self._failed_at = result, time.monotonic()
            return result
        finally:
            self._lock.release()


def flight(key):
    """:return: the flight for the key, which may be any that hashes."""
    with _guard:
        return _flights.setdefault(key, Flight())
