"""A history of each kind."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.history import History


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a history may be made."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'history.db'}"
    found: str = request.getfixturevalue("postgres_url")
    return found


@pytest.fixture
def history(url: str) -> Iterator[History]:
    """An empty history."""
    opened = History.open(url)
    yield opened
    opened.close()
