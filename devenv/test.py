"""`make test`: every check in one order; the first one that fails ends the run."""

import subprocess
import sys
import time
from collections.abc import Callable

from devenv import addons, database, lint, odoo_log, postgres, server, soak
from devenv.console import Problem, say, step
from devenv.locks import only_one
from devenv.paths import ADDON, LOGS, REPO
from devenv.ports import free_port
from devenv.processes import run_stage
from devenv.system_packages import ensure_chromium

_PYTEST = (sys.executable, "-m", "pytest", "--no-header", "-p", "devenv.no_skips")
_PLAIN = (*_PYTEST, "-p", "no:odoo", "-p", "no:playwright")


def main() -> int:
    ensure_chromium()
    with only_one("make test"), postgres.running():
        for name, check in _STAGES.items():
            _run(name, check)
    # Nothing more is said: pytest's own summary of the last stage is the last line.
    return 0


def _run(name: str, check: Callable[[], int]) -> None:
    start = time.monotonic()
    say(f"\n=== {name}")
    try:
        code = check()
    except Problem as problem:
        raise Problem(f"{problem}\nmake test failed at: {name}") from None
    if code:
        raise Problem(f"make test failed at: {name}")
    if name != list(_STAGES)[-1]:
        say(f"=== {name}: passed, {time.monotonic() - start:.0f} s")


def _odoo_runner() -> int:
    """On fresh databases, so that installing is tested too; pytest-odoo then runs all in one."""
    if others := [name for name in addons.names() if name != ADDON.name]:
        # The first one never begins to need the others.
        return _install_and_test(database.ALONE, [ADDON.name], [ADDON.name]) or _install_and_test(
            database.TEST, addons.names(), others
        )
    return _install_and_test(database.TEST, [ADDON.name], [ADDON.name])


def _install_and_test(name: str, install: list[str], test: list[str]) -> int:
    database.make_without_addons(name, addons.needed_modules(install))
    log = LOGS / f"odoo-tests-{name}.log"
    tags = ",".join(f"/{addon}" for addon in test)
    options = ("--init", ",".join(install), "--test-tags", tags, "--stop-after-init")
    command = server.odoo_command(name, *options, f"--http-port={free_port()}")
    told = f"installing {' and '.join(install)}, and running the tests of {' and '.join(test)}"
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
    """On the database of the stage before, where all addons are installed."""
    options = [f"--odoo-config={server.write_config()}", f"--odoo-database={database.TEST}"]
    # Without --odoo-http every HttpCase is skipped.
    command = [*_PYTEST, "-p", "no:playwright", *options, "--odoo-http", *addons.names()]
    return run_stage(command, cwd=REPO)


def _in_browser(folder: str) -> Callable[[], int]:
    return lambda: run_stage([*_PYTEST, "-p", "no:odoo", f"tests/{folder}"], cwd=REPO)


def _plain(*folders: str) -> Callable[[], int]:
    paths = [f"tests/{folder}" for folder in folders]
    return lambda: run_stage([*_PLAIN, *paths], cwd=REPO)


_STAGES: dict[str, Callable[[], int]] = {
    "lint": lint.main,
    "UPS's clients, in plain Python": _plain("client", "pickup_api", "contact"),
    "the documents against the code": _plain("docs"),
    "the simulator and the client against UPS's OpenAPI description": _plain("contract"),
    "the packages that pip installs": _plain("packaging"),
    "the addons, by Odoo's own runner": _odoo_runner,
    "the addons, by pytest-odoo": _pytest_odoo,
    "the server, attacked": _in_browser("attack"),
    "the translations": _plain("translations"),
    "the addon's life, from install to uninstall, and its copies": _plain("life"),
    "the soak: one round of each trouble": lambda: soak.run([*_PLAIN, "tests/soak"]),
    "the browser, end to end": _in_browser("e2e"),
}
