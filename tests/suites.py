"""The order in which suites run, and what is said of a file that was left out: hooks of pytest, used by conftest.py."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests last: a running sync Playwright breaks the async tests after it. Servers' tests before them.

    Workers (bin/parts.sh) take whole files in this order, so that it holds in each of them. The browser's longest files
    come first: a long one at the very end would keep one worker waiting for the other.
    """
    tests = Counter(item.path for item in items)

    def place(item: pytest.Item) -> tuple[int, int, str]:
        if item.get_closest_marker("browser"):
            return 2, -tests[item.path], str(item.path)
        return (1 if item.get_closest_marker("server") else 0), 0, ""

    items.sort(key=place)


class LeftOut:
    """Files of which no test was run, because each was skipped: said in the last lines, and a failure."""

    def __init__(self) -> None:
        self.ran: set[str] = set()
        self.skipped: set[str] = set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take note of a test; workers report theirs to the one process that prints."""
        file = report.nodeid.split("::")[0]
        if report.skipped:
            self.skipped.add(file)
        elif report.when == "call" or report.failed:
            self.ran.add(file)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A file can also skip itself while it is read."""
        if report.skipped:
            self.skipped.add(report.nodeid.split("::")[0])

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """A run that left a whole file out has not passed."""
        if self.skipped - self.ran and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> Iterator[None]:
        """Name them right above the closing line."""
        yield
        for file in sorted(self.skipped - self.ran):
            terminalreporter.write_line(f"LEFT OUT: every test of {file} was skipped", red=True, bold=True)


def pytest_configure(config: pytest.Config) -> None:
    """Watch for files that are left out, in the process that prints."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(LeftOut())
