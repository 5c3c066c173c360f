import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from config import Settings, load
from monitor.onboarding.initialise import propose, render, write

NOW = datetime(2026, 11, 1, tzinfo=UTC)
Columns = dict[str, list[Any]]
Proposed = Callable[..., tuple[str, Settings]]


@pytest.fixture
def database(tmp_path: Path) -> Callable[..., str]:
    """Make a SQLite database of tables given as columns of values; return its URL."""

    def database(**tables: Columns) -> str:
        with closing(sqlite3.connect(tmp_path / "log.db")) as connection:
            for name, columns in tables.items():
                quoted = ", ".join(f'"{column}"' for column in columns)
                connection.execute(f'CREATE TABLE "{name}" ({quoted})')
                marks = ", ".join("?" * len(columns))
                rows = zip(*columns.values(), strict=True)
                connection.executemany(f'INSERT INTO "{name}" VALUES ({marks})', rows)  # noqa: S608
            connection.commit()
        return f"sqlite:///{tmp_path / 'log.db'}"

    return database


@pytest.fixture
def proposed(tmp_path: Path) -> Proposed:
    """Propose a configuration, write it, and load it again; return its text and the settings."""

    def proposed(*sources: str) -> tuple[str, Settings]:
        file = tmp_path / "tunewatch.yaml"
        text = render(propose(sources, NOW), tmp_path)
        write(text, file, force=True)
        return text, load(file, environ={})

    return proposed
