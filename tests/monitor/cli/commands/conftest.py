"""A log and a configuration for commands to run on."""

import shutil
from pathlib import Path

import pytest

from tests.support.chat_log import BREAK, END, write_config, write_log
from tests.support.program import run_here


@pytest.fixture(scope="session")
def made_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a log, made once; nothing writes to it."""
    folder = tmp_path_factory.mktemp("log")
    write_log(folder)
    return folder


@pytest.fixture
def home(tmp_path: Path, made_log: Path) -> Path:
    """A folder of its own for each test, with a configuration and the log."""
    return make_home(tmp_path, made_log)


def make_home(folder: Path, made_log: Path) -> Path:
    """Put a configuration and the log into the folder."""
    (folder / "logs").symlink_to(made_log)
    write_config(folder)
    return folder


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory, made_log: Path) -> Path:
    """A folder whose history has an open incident, made once; nothing writes to it."""
    home = make_home(tmp_path_factory.mktemp("played"), made_log)
    span = ("--from", BREAK.isoformat(), "--to", END.isoformat(), "--every", "2d")
    assert run_here("backtest", *span, "--history", "sqlite:///history.db", cwd=home).returncode == 1
    return home


@pytest.fixture
def home_with_incident(tmp_path: Path, made_log: Path, played: Path) -> Path:
    """Such a folder for one test."""
    shutil.copy(played / "history.db", tmp_path)
    return make_home(tmp_path, made_log)
