"""What one engine does otherwise than another is in its file."""

import inspect
import re
from typing import Final

import pytest

from monitor.common.errors import SourceError
from monitor.log.engines import constructs
from monitor.log.engines.connections import open_engine
from monitor.log.engines.constructs import Spelt
from monitor.log.engines.engine import LogEngine
from monitor.log.engines.registry import BY_NAME, ENGINES
from tests.repository.paths import ROOT

HOME: Final = ROOT / "monitor" / "log" / "engines"
BRANCH: Final = re.compile(r"dialect\.name|@compiles|import compiles")


@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.name)
def test_an_engine_has_a_file_of_its_name(engine: LogEngine) -> None:
    assert inspect.getfile(type(engine)) == str(HOME / f"{engine.name}.py")
    assert BY_NAME[engine.name] is engine


def test_nothing_else_asks_which_engine_a_log_is_on() -> None:
    for room in ("log", "onboarding", "study", "actions", "cycle"):
        for file in (ROOT / "monitor" / room).rglob("*.py"):
            if file.parent != HOME:
                assert not BRANCH.search(file.read_text(encoding="utf-8")), file


def test_every_construct_is_spelt_by_the_engine() -> None:
    made = [each for _, each in inspect.getmembers(constructs, inspect.isclass) if issubclass(each, Spelt)]
    public = [each for each in made if each is not Spelt and not each.__name__.startswith("_")]
    assert len(public) > 10
    assert all("spell" in vars(each) for each in public)


def test_an_engine_that_has_no_row_is_refused_with_those_that_have() -> None:
    with pytest.raises(
        SourceError, match="cannot be read from mysql; use one of duckdb, sqlite, postgresql, clickhousedb, or files"
    ):
        open_engine("mysql://localhost/log")
