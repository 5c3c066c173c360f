"""Fixtures that several folders of tests share."""

from collections.abc import Generator
from pathlib import Path
from typing import Final

import pytest
from _pytest.doctest import DoctestModule
from hypothesis import settings

from config import secrets
from monitor.common.gc_tuning import collect_seldom
from tests.support.clickhouse import clickhouse_server, clickhouse_url
from tests.support.postgres import postgres_admin, postgres_server, postgres_url

__all__ = ["clickhouse_server", "clickhouse_url", "postgres_admin", "postgres_server", "postgres_url"]

# The same examples in every run: who breaks a law sees it, not who pulls next. A slow machine breaks none.
settings.register_profile("repeatable", deadline=None, derandomize=True)
settings.load_profile("repeatable")
collect_seldom()  # as the product does: a twentieth of all the time would go by in looking for garbage

TESTS: Final = Path(__file__).parent

SLOW: Final = (
    "tests/monitor/demo/test_play.py",
    "tests/monitor/cli/commands/test_run.py",
    "tests/monitor/cycle",
    "tests/monitor/cli/commands",
    "tests/monitor/delivery/test_delivery_processes.py",
    "tests/monitor/web/page",
    "tests/monitor/study",
    "tests/monitor/log",
    "tests/monitor/history",
    "tests/monitor/actions",
    "tests/checks/estimates",
    "tests/checks/advice",
)
"""What takes longest or waits most, in that order: begun last, one such file would keep one process busy alone."""


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(file_path: Path) -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
    """Look for no examples in docstrings of tests, which have none; each process would take a second to see that."""
    found = yield
    return [each for each in found if not isinstance(each, DoctestModule) or TESTS not in file_path.parents]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the slow files first, and mark what asks for an engine that has an environment of its own."""
    for item in items:
        if "clickhouse_server" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.engine)
    items.sort(
        key=lambda item: next((place for place, path in enumerate(SLOW) if item.nodeid.startswith(path)), len(SLOW))
    )


@pytest.fixture(autouse=True)
def _no_secrets_of_other_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process hides the secrets that it was given; those of one test are words of another."""
    monkeypatch.setattr(secrets, "_known", set())
