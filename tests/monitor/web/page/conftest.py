"""A played history and its pages."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from monitor.bootstrap.configuration import load
from monitor.daemon.pages import watched_of
from monitor.history import History
from monitor.web.guarding import Guard
from monitor.web.page.app import Pages
from monitor.web.page.watched import LookState
from tests.support.chat_log import BREAK, END, write_config, write_log
from tests.support.program import run_here

Ask = Callable[[str], str]


@pytest.fixture(scope="package")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose history has one open incident; the tests only read it."""
    home = tmp_path_factory.mktemp("pages")
    (home / "logs").mkdir()
    write_log(home / "logs")
    write_config(home)
    span = ("--from", BREAK.isoformat(), "--to", END.isoformat(), "--every", "1d")
    assert run_here("backtest", *span, "--history", "sqlite:///history.db", cwd=home).returncode == 1
    return home


@pytest.fixture(scope="package")
def history(played: Path) -> Iterator[History]:
    history = History.open(f"sqlite:///{played}/history.db")
    yield history
    history.close()


@pytest.fixture(scope="package")
def pages(played: Path, history: History) -> Pages:
    settings = load(played / "tunewatch.yaml")
    watched = tuple(watched_of(name, each) for name, each in settings.monitors.items())
    return Pages(history, watched, lambda: {name: LookState("late", "") for name in settings.monitors})


@pytest.fixture(scope="package")
def client(pages: Pages) -> TestClient:
    return TestClient(Guard(pages.app(), ()), base_url="http://127.0.0.1:8787")
