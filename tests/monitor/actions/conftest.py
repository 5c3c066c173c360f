"""A home with a log, and an incident in its history."""

import shutil
from pathlib import Path

import pytest

from tests.support.program import run_here
from tests.support.triage_log import END, TOLD, write


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Play the log, so that the history has its incident."""
    home = tmp_path_factory.mktemp("exports")
    write(home)
    history = f"sqlite:///{home}/history.db"
    span = ("--from", TOLD.isoformat(), "--to", END.isoformat(), "--every", "1d")
    ended = run_here("backtest", *span, "--history", history, "--json", cwd=home)
    assert ended.returncode in (0, 1), ended.stderr
    return home


@pytest.fixture
def home(played: Path, tmp_path: Path) -> Path:
    """Give a copy of it, to write into."""
    return Path(shutil.copytree(played, tmp_path / "home"))
