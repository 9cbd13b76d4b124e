"""An Odoo in a process of its own, without HTTP, that runs functions for the bench."""

import logging
import multiprocessing
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager

import psutil

from devenv import server
from devenv.processes import die_with_parent

# Spawned, not forked: each has its own connections to PostgreSQL and to UPS.
_SPAWN = multiprocessing.get_context("spawn")


class OdooProcess:
    """A context manager; a function is given an environment whose transaction is committed at its
    end, the administrator's, then its own arguments."""

    def __init__(self, database: str, environment: Mapping[str, str], *options: str) -> None:
        command = server.odoo_command(database, *options)
        arguments = [argument for argument in command if argument.startswith("--")]
        self._pool = ProcessPoolExecutor(
            1, _SPAWN, initializer=_become_odoo, initargs=(arguments, dict(environment))
        )

    def __enter__(self) -> "OdooProcess":
        self.call(bool)  # it is ready
        return self

    def __exit__(self, *_exc) -> None:
        self._pool.shutdown(cancel_futures=True)

    def start(self, function: Callable, *args, **kwargs) -> Future:
        return self._pool.submit(_run, function, args, kwargs)

    def call(self, function: Callable, *args, **kwargs):
        return self.start(function, *args, **kwargs).result()


@contextmanager
def transaction(registry):
    """The administrator's environment in a transaction that is committed."""
    from odoo import api

    with registry.cursor() as cr:
        yield api.Environment(cr, 2, {})


@contextmanager
def measured(env) -> Iterator[dict[str, float]]:
    """What happens inside: seconds, milliseconds of the database, queries, and megabytes that the
    process has more afterwards."""
    thread, process = threading.current_thread(), psutil.Process()
    env.flush_all()
    thread.query_count, thread.query_time = 0, 0
    found: dict[str, float] = {}
    memory, queries, began = process.memory_info().rss, env.cr.sql_log_count, time.perf_counter()
    yield found
    found["seconds"] = time.perf_counter() - began
    found["ms"] = found["seconds"] * 1000
    found["database_ms"] = thread.query_time * 1000
    found["queries"] = env.cr.sql_log_count - queries
    found["MB"] = (process.memory_info().rss - memory) / 2**20


def multiply(env, table: str, row: int, count: int, **values: str) -> list[int]:
    """Copy a row by SQL, a hundred thousand in seconds.

    :param values: SQL, in which `number` counts the copies.
    :return: their ids.
    """
    from odoo.tools import SQL

    env.flush_all()
    env.cr.execute(
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_name = %s AND column_name != 'id'",
        [table],
    )
    names = [name for (name,) in env.cr.fetchall()]
    told = [SQL(values[name]) if name in values else SQL.identifier("t", name) for name in names]
    env.cr.execute(
        SQL(
            "INSERT INTO %s (%s) SELECT %s FROM %s t, generate_series(1, %s) number"
            " WHERE t.id = %s ORDER BY number RETURNING id",
            SQL.identifier(table),
            SQL(", ").join(map(SQL.identifier, names)),
            SQL(", ").join(told),
            SQL.identifier(table),
            count,
            row,
        )
    )
    ids = [copy for (copy,) in env.cr.fetchall()]
    env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))
    return ids


def _become_odoo(arguments: list[str], environment: dict[str, str]) -> None:
    die_with_parent()
    os.environ.update(environment)
    # A storm's failures are counted, not printed.
    logging.getLogger().addHandler(logging.NullHandler())
    from odoo.service.server import load_server_wide_modules
    from odoo.tools import config

    config.parse_config(arguments, setup_logging=False)
    load_server_wide_modules()


def _run(function: Callable, args: tuple, kwargs: dict):
    from odoo.modules.registry import Registry
    from odoo.tools import config

    with transaction(Registry(config["db_name"][0])) as env:
        return function(env, *args, **kwargs)
