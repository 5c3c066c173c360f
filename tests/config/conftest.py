from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from config import ConfigError, Settings, load

Write = Callable[[str], Path]
Refused = Callable[..., str]

MONITOR = """
monitors:
  bot:
    source:
      predictions:
        files: log.parquet
        columns: {id: id, at: ts, predicted: predicted}
"""


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a configuration file."""

    def write(text: str) -> Path:
        file = tmp_path / "tunewatch.yaml"
        file.write_text(dedent(text), encoding="utf-8")
        return file

    return write


@pytest.fixture
def loaded(write: Write) -> Callable[..., Settings]:
    """Load a configuration from the text of its file and from variables."""

    def loaded(text: str, **environ: str) -> Settings:
        return load(write(text), environ=environ)

    return loaded


@pytest.fixture
def refused(write: Write, tmp_path: Path) -> Refused:
    """Return what a person is told of a wrong configuration, with the folder left out of paths."""

    def refused(text: str, **environ: str) -> str:
        with pytest.raises(ConfigError) as caught:
            load(write(text), environ=environ)
        return str(caught.value).replace(f"{tmp_path}/", "")

    return refused
