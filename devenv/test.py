"""`make test`: every check, in two lanes at once; the first one that fails ends the run."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from os import environ

from devenv import addons, database, lint, odoo_log, postgres, server, soak
from devenv.console import Problem, say, step
from devenv.locks import only_one
from devenv.paths import ADDON, LOGS, REPO
from devenv.ports import free_port
from devenv.processes import Process, run_stage
from devenv.system_packages import ensure_chromium

_PYTEST = (sys.executable, "-m", "pytest", "--no-header", "-p", "devenv.no_skips")
_PLAIN = (*_PYTEST, "-p", "no:odoo", "-p", "no:playwright")
_BESIDE = "beside"
# Of the first addon's tests those of what is seen and who may, which other addons could change.
_AMONG_OTHERS = ("company", "history", "opt_out", "other_company", "rendering", "roles", "settings")


def main(lane: str = "") -> int:
    if lane == _BESIDE:
        _run(_STAGES_BESIDE)
        return 0
    ensure_chromium()
    with only_one("make test"), postgres.running():
        _run({"lint": lint.main})
        with _lane_beside() as beside:
            _run(_STAGES, until=lambda: beside.has_ended() and beside.wait())
            code = beside.wait()
            # Nothing more is said: pytest's own summary of the last stage is the last line.
            say("\n=== What ran beside:\n" + beside.log.read_text(errors="replace").rstrip())
    if code:
        raise Problem("make test failed at a stage that ran beside; its lines stand above.")
    return 0


@contextmanager
def _lane_beside() -> Iterator[Process]:
    """A process of its own, since a stage alone leaves one of two cores idle most of the time."""
    command = [sys.executable, "-m", "devenv.commands", "test", _BESIDE]
    process = Process("The second lane", command, LOGS / "test-beside.log", environ)
    try:
        yield process
    finally:
        process.stop()


def _run(stages: dict[str, Callable[[], int]], until: Callable[[], int] = int) -> None:
    """One after the other, until one fails or `until` tells of a fault elsewhere."""
    for name, check in stages.items():
        start = time.monotonic()
        say(f"\n=== {name}")
        try:
            code = check()
        except Problem as problem:
            raise Problem(f"{problem}\nmake test failed at: {name}") from None
        if code:
            raise Problem(f"make test failed at: {name}")
        if name != list(_STAGES_BESIDE)[-1]:
            say(f"=== {name}: passed, {time.monotonic() - start:.0f} s")
        if until():
            break


def _odoo_runner() -> int:
    """On a fresh database, so that installing is tested too; it never begins to need the others."""
    name = database.ALONE
    database.make_without_addons(name, addons.needed_modules([ADDON.name]))
    log = LOGS / f"odoo-tests-{name}.log"
    options = ("--init", ADDON.name, "--test-tags", f"/{ADDON.name}", "--stop-after-init")
    command = server.odoo_command(name, *options, f"--http-port={free_port()}")
    told = f"installing {ADDON.name} alone, and running its tests"
    with step(told), log.open("w") as output:
        code = run_stage(command, cwd=REPO, stdout=output, stderr=subprocess.STDOUT)
    lines = log.read_text(errors="replace").splitlines()
    # Odoo's exit code tells of failed tests only; they are among its log's errors.
    faults = [*odoo_log.troubles(odoo_log.before_tests(lines)), *odoo_log.skips(lines)]
    for line in odoo_log.troubles(lines) if code else faults:
        say(line)
    count = odoo_log.tests_run(lines)
    say(f"  {count} tests; the whole log is {log}")
    return code or int(bool(faults) or count == 0)


def _pytest_odoo() -> int:
    """All addons in one fresh database: the others' tests, and what they could change of ours."""
    database.make_fresh(database.TEST)
    installed = (LOGS / f"update-{database.TEST}.log").read_text(errors="replace").splitlines()
    if faults := list(odoo_log.troubles(installed)):
        raise Problem("\n".join(faults))
    first, *others = addons.names()
    options = [f"--odoo-config={server.write_config()}", f"--odoo-database={database.TEST}"]
    tests = [*others, *(f"{first}/tests/test_{name}.py" for name in _AMONG_OTHERS)]
    # Without --odoo-http every HttpCase is skipped.
    command = [*_PYTEST, "-p", "no:playwright", *options, "--odoo-http", *tests]
    return run_stage(command, cwd=REPO)


def _in_browser(folder: str) -> Callable[[], int]:
    return lambda: run_stage([*_PYTEST, "-p", "no:odoo", f"tests/{folder}"], cwd=REPO)


def _plain(*folders: str) -> Callable[[], int]:
    paths = [f"tests/{folder}" for folder in folders]
    return lambda: run_stage([*_PLAIN, *paths], cwd=REPO)


_STAGES: dict[str, Callable[[], int]] = {
    "the first addon alone, by Odoo's own runner": _odoo_runner,
    "all addons, by pytest-odoo": _pytest_odoo,
    "the server, attacked": _in_browser("attack"),
    "the browser, end to end": _in_browser("e2e"),
}
_STAGES_BESIDE: dict[str, Callable[[], int]] = {
    "UPS's clients, the simulator and the documents, in plain Python": _plain(
        "client", "pickup_api", "contract", "contact", "docs"
    ),
    "the packages that pip installs": _plain("packaging"),
    "the translations": _plain("translations"),
    "the addon's life, from install to uninstall, and its copies": _plain("life"),
    "the soak: one round of each trouble": lambda: soak.run([*_PLAIN, "tests/soak"]),
}
