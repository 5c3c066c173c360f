"""A log and a configuration for commands to run on."""

from pathlib import Path

import pytest

from tests.support.chat_log import write_config, write_log


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
