"""A pytest plugin for `make test`: a skipped test proves nothing, so it fails the run."""

import pytest


def pytest_sessionfinish(session: pytest.Session) -> None:
    if _skipped(session.config) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter) -> None:
    if _skipped(terminalreporter.config):
        terminalreporter.write_line("Tests were skipped; `make test` allows none.", red=True)


def _skipped(config: pytest.Config) -> list:
    return config.pluginmanager.get_plugin("terminalreporter").stats.get("skipped", [])
