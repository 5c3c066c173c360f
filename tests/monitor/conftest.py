"""What every test of the monitor has around it."""

import logging
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from monitor.history import History
from monitor.study.child import StudyChild


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    """Undo what a command sets up: its handler writes to a stream that is closed when the test is over.

    Until then a crash is told as the product tells it: structlog's own traceback shows local variables, which takes it
    a quarter of a minute for the windows of a look.
    """
    structlog.configure(processors=[structlog.processors.format_exc_info, structlog.processors.KeyValueRenderer()])
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers, root.level = handlers, level
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def sqlite_history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty history to copy."""
    file = tmp_path_factory.mktemp("empty") / "history.db"
    History.open(f"sqlite:///{file}").close()
    return file


@pytest.fixture
def copied_sqlite(sqlite_history: Path, tmp_path: Path) -> str:
    """An empty history of the test's own."""
    return f"sqlite:///{shutil.copy(sqlite_history, tmp_path)}"


@pytest.fixture(scope="session")
def child() -> Iterator[StudyChild]:
    """One real child process that makes studies, ended with the tests: its libraries take seconds to import."""
    child = StudyChild()
    yield child
    child.close()
