"""Names that are no names: kept by their start and a hash, the same on every engine, and told."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from config.names import LONGEST_NAME, bounded
from monitor.history import History
from monitor.log.problems import ProblemKind
from tests.support.history import rows
from tests.support.kept_counts import opened
from tests.support.logs import FileLog, Label, Log, LogPlace, Prediction, TableLog
from tests.support.looking import look
from tests.support.messy_logs import START

NOW = START + timedelta(hours=3)
LONG = "Réponse: " + "é日x" * 1000
OTHER = LONG + "!"
EDGE = "k" * LONGEST_NAME


def odd_log() -> Log:
    first = Prediction(1, START, LONG, model_version=LONG, prompt_version=OTHER, channel=LONG)
    first = replace(first, relevance=0.5, judge=LONG)
    return Log(
        [first, Prediction(2, START, OTHER), Prediction(3, START, EDGE), Prediction(4, START, "a")],
        [Label("1", OTHER, START + timedelta(hours=1)), Label("4", "a", START + timedelta(hours=1))],
    )


def test_long_names_are_kept_by_their_start_and_a_hash(place: LogPlace, copied_sqlite: str) -> None:
    place.write(odd_log())
    history = History.open(copied_sqlite)
    look(history, opened(place), NOW)
    history.close()
    found = rows(copied_sqlite, "SELECT predicted, label, model_version, prompt_version FROM bucket_outcomes")
    assert sorted(found, key=str) == sorted(
        [
            (bounded(LONG), bounded(OTHER), bounded(LONG), bounded(OTHER)),
            (bounded(OTHER), None, "m1", "v1"),
            (EDGE, None, "m1", "v1"),
            ("a", "a", "m1", "v1"),
        ],
        key=str,
    )
    assert bounded(LONG) != bounded(OTHER)
    assert rows(copied_sqlite, "SELECT value FROM bucket_segments WHERE n = 1 AND value <> 'web'") == [(bounded(LONG),)]
    assert rows(copied_sqlite, "SELECT source FROM bucket_relevance") == [(bounded(LONG),)]
    told = dict(rows(copied_sqlite, "SELECT kind, n FROM problem_cells"))
    assert told == {ProblemKind.LONG_NAME: 2, ProblemKind.LONG_LABEL: 1}


@pytest.mark.parametrize("name", ["a\0b", "\0", "x" * 200 + "\0"])
@pytest.mark.parametrize("engine", ["parquet", "sqlite"])
def test_zero_characters_are_replaced(tmp_path: Path, copied_sqlite: str, name: str, engine: str) -> None:
    tables = TableLog(f"sqlite:///{tmp_path / 'log.db'}")
    place: LogPlace = FileLog(tmp_path, "parquet") if engine == "parquet" else tables
    place.write(Log([Prediction(1, START, name)], []))
    history = History.open(copied_sqlite)
    look(history, opened(place), NOW)
    history.close()
    assert rows(copied_sqlite, "SELECT predicted FROM bucket_outcomes") == [(bounded(name),)]
    assert dict(rows(copied_sqlite, "SELECT kind, n FROM problem_cells")) == {ProblemKind.LONG_NAME: 1}
