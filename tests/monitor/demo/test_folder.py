"""The demo may be run again and again, and never over somebody's own files."""

from pathlib import Path

import pytest

from config.errors import ConfigError
from config.loading import load
from monitor.demo.bots import BOTS
from monitor.demo.folder import DemoFolder


def test_the_configuration_is_one_that_tunewatch_takes(tmp_path: Path) -> None:
    folder = DemoFolder(tmp_path / "demo")

    folder.prepare()

    settings = load(folder.config, environ={})
    assert set(settings.monitors) == {bot.name for bot in BOTS}
    assert settings.history.url == f"sqlite:///{tmp_path}/demo/history.db"


def test_a_second_demo_starts_from_an_empty_history(tmp_path: Path) -> None:
    folder = DemoFolder(tmp_path)
    folder.prepare()
    for name in ("history.db", "history.db-wal"):
        (tmp_path / name).write_text("of the first demo")

    folder.prepare()

    assert not list(tmp_path.glob("history.db*"))


def test_a_folder_with_files_of_somebody_else_is_refused(tmp_path: Path) -> None:
    mine = tmp_path / "tunewatch.yaml"
    mine.write_text("monitors: {}")

    with pytest.raises(ConfigError, match="no demo wrote"):
        DemoFolder(tmp_path).prepare()

    assert mine.read_text() == "monitors: {}"


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(ConfigError, match="file/demo"):
        DemoFolder(tmp_path / "file" / "demo").prepare()
