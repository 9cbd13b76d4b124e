"""`make run` after a save: the addons are updated in its database, and Odoo starts again."""

import re
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, suppress
from typing import NoReturn

from devenv import database, server
from devenv.console import Problem, say, step
from devenv.odoo_log import TroubleFilter
from devenv.processes import Process

_SECONDS_BETWEEN_LOOKS = 0.3
# The entry of odoo/service/server.py above the traceback, after which Odoo serves all the same.
_NOT_LOADED = re.compile(" CRITICAL .*: Failed to initialize database")


class _LogReader:
    """Prints warnings and errors of Odoo's log, and knows whether the addons could be loaded."""

    def __init__(self) -> None:
        self.not_loaded = False
        self._is_trouble = TroubleFilter()

    def __call__(self, line: str) -> None:
        if self._is_trouble(line):
            say(line.rstrip("\n"))
            self.not_loaded = self.not_loaded or _NOT_LOADED.search(line) is not None


def serve(
    name: str,
    start: Callable[..., AbstractContextManager[Process]],
    welcome: Callable[[Process], None],
) -> NoReturn:
    """Serve until Ctrl-C, with a new Odoo after each save.

    :param start: takes Odoo's options, and ``on_line``
    :param welcome: called once, when the first Odoo answers
    :raise Problem: when the first Odoo does not start, or when one ends by itself
    """
    digest = database.addons_digest()
    with ExitStack() as odoo:
        with step("starting Odoo"):
            process = odoo.enter_context(start(on_line=_LogReader()))
        welcome(process)
        while True:
            digest = _wait_for_save(digest, process)
            odoo.close()
            process = _start_saved(odoo, start)
            if process:
                database.remember(name, addon=digest)


def _start_saved(odoo: ExitStack, start: Callable[..., AbstractContextManager]) -> Process | None:
    """None when Odoo cannot load what was saved: it would serve the old data with the new code."""
    log = _LogReader()
    try:
        with step("saved: updating the addons, and starting Odoo again"):
            process = odoo.enter_context(start(*server.install_or_update(), on_line=log))
        if not log.not_loaded:
            return process
    except Problem as problem:
        say(str(problem))
    odoo.close()
    say("  Odoo cannot load what was saved; the reason stands above.")
    say("  It is stopped; the next save starts it again.")
    return None


def _wait_for_save(digest: str, process: Process | None) -> str:
    """The digest of the addons' files once they differ, and stay the same between two looks."""
    before = digest
    while True:
        time.sleep(_SECONDS_BETWEEN_LOOKS)
        if process and process.has_ended():
            raise Problem(f"Odoo ended by itself; its log is {process.log}")
        with suppress(FileNotFoundError):  # an editor is just replacing a file
            now = database.addons_digest()
            if now == before != digest:
                return now
            before = now
