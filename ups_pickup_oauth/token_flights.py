"""In one process, one thread at a time asks for a company's fresh token.

PostgreSQL's row lock would do, and does between processes. But each thread that waits for it holds
a connection to the database, and a storm of threads would use them up.
"""

import threading
import time
import weakref

_guard = threading.Lock()
_flights = weakref.WeakValueDictionary()  # as long as a thread is on it


class Flight:
    """What one thread does for all that want the same."""

    def __init__(self):
        self._lock = threading.Lock()
        self._result, self._ended_at = None, 0

    def result(self, work, timeout, serves=lambda _result: True):
        """Do the work, or share what came of it while this thread waited.

        :param work: returns something, or an exception that is worth sharing.
        :param float timeout: seconds to wait for the others.
        :param serves: whether a result of another thread's, not an exception, serves this one too.
        :raise TimeoutError: when the others take longer.
        """
        began = time.monotonic()
        if not self._lock.acquire(timeout=timeout):
            raise TimeoutError
        try:
            if self._ended_at > began:
                if isinstance(self._result, Exception):
                    return _twin(self._result)  # each thread raises one of its own
                if serves(self._result):
                    return self._result
            self._result, self._ended_at = None, 0  # in case the work raises
            self._result = work()
            self._ended_at = time.monotonic()
            return self._result
        finally:
            self._lock.release()


def flight(key):
    """:return: the flight for the key, which may be any that hashes; hold it while it is needed."""
    with _guard:
        found = _flights.get(key)
        if found is None:
            found = _flights[key] = Flight()
        return found


def _twin(error):
    """:return: one like it, without ``__init__``, whose parameters nobody here knows."""
    twin = error.__class__.__new__(error.__class__, *error.args)
    vars(twin).update(vars(error))
    return twin
