"""An Odoo in a process of its own, without HTTP, that runs functions for the bench."""

import logging
import multiprocessing
import os
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager

from devenv import server
from devenv.processes import die_with_parent

# Spawned, not forked: each has its own connections to PostgreSQL and to UPS.
_SPAWN = multiprocessing.get_context("spawn")


class OdooProcess:
    """A context manager; a function is given the registry, then its own arguments."""

    def __init__(self, database: str, environment: Mapping[str, str], *options: str) -> None:
        command = server.odoo_command(database, *options)
        arguments = [argument for argument in command if argument.startswith("--")]
        self._pool = ProcessPoolExecutor(
            1, _SPAWN, initializer=_become_odoo, initargs=(arguments, dict(environment))
        )

    def __enter__(self) -> "OdooProcess":
        self.call(_is_ready)
        return self

    def __exit__(self, *_exc) -> None:
        self._pool.shutdown(cancel_futures=True)

    def start(self, function: Callable, *args) -> Future:
        return self._pool.submit(_run, function, args)

    def call(self, function: Callable, *args):
        return self.start(function, *args).result()


@contextmanager
def transaction(registry, user: int = 2):
    """An environment in a transaction that is committed; by default the administrator's."""
    from odoo import api

    with registry.cursor() as cr:
        yield api.Environment(cr, user, {})


def _become_odoo(arguments: list[str], environment: dict[str, str]) -> None:
    die_with_parent()
    os.environ.update(environment)
    # A storm's failures are counted, not printed.
    logging.getLogger().addHandler(logging.NullHandler())
    from odoo.service.server import load_server_wide_modules
    from odoo.tools import config

    config.parse_config(arguments, setup_logging=False)
    load_server_wide_modules()


def _run(function: Callable, args: tuple):
    from odoo.modules.registry import Registry
    from odoo.tools import config

    return function(Registry(config["db_name"][0]), *args)


def _is_ready(registry) -> bool:
    return registry.ready
