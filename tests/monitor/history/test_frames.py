"""Data frames of the history: ten questions answered with the numbers of SQL, types, errors, and the notebook."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import sqlalchemy as sa

import tunewatch
from monitor.history import History
from monitor.history.migrate import VERSION_TABLE
from monitor.history.schema import METADATA
from monitor.history.views import VIEWS
from tests.repository.paths import ROOT
from tests.support.analysts import MONITOR, fill
from tests.support.sql_blocks import sql_blocks
from tunewatch.frames import DOCUMENTS, FLAGS, TIMES, HistoryFrames, open_history

NOTEBOOK = ROOT / "examples" / "history.ipynb"


@pytest.fixture
def frames(url: str) -> Iterator[HistoryFrames]:
    """A filled history on each engine."""
    fill(url)
    with open_history(url) as opened:
        yield opened


def segments_behind(history: HistoryFrames) -> pd.DataFrame:
    both = history.weekly("accuracy", MONITOR, slice=None)
    whole = both[both["slice"] == "all"][["week", "accuracy"]].rename(columns={"accuracy": "accuracy_of_all"})
    found = both[both["slice"] != "all"].merge(whole, on="week")
    return found[found["high"] < found["accuracy_of_all"]].sort_values(["week", "slice"])


def corrected(history: HistoryFrames) -> pd.DataFrame:
    sums = history.view("label_corrections").groupby("monitor")[["n", "n_labelled"]].sum()
    return pd.DataFrame({"corrected": sums["n"], "share": sums["n"] / sums["n_labelled"]}).reset_index()


def response(history: HistoryFrames) -> pd.DataFrame:
    told = history.incidents(MONITOR).dropna(subset=["told_at"])
    return (
        told.groupby("family")
        .agg(
            n=("incident_id", "size"),
            taken=("hours_to_acknowledge", "count"),
            hours_to_acknowledge=("hours_to_acknowledge", "mean"),
            hours_to_resolve=("hours_to_resolve", "mean"),
            reopened=("reopened", "sum"),
            false_alarms=("false_alarm", "sum"),
        )
        .reset_index()
    )


def mistakes(history: HistoryFrames) -> pd.DataFrame:
    found = history.confusion(MONITOR).reset_index().melt("label", value_name="n")
    wrong = found[(found["label"] != found["predicted"]) & (found["n"] > 0)]
    return wrong.sort_values(["n", "label", "predicted"], ascending=[False, True, True]).head(10)


def believed_then(history: HistoryFrames) -> pd.DataFrame:
    known = history.metrics(MONITOR, "recall", class_name="urgent", until="2026-03-03 00:15:01")
    return known.tail(1)


def recalls(history: HistoryFrames) -> pd.DataFrame:
    found = history.versions("recall", MONITOR, model_version="(all)")
    return found[found["prompt_version"] != "(all)"].sort_values(["high", "prompt_version", "class"])


def delays(history: HistoryFrames) -> pd.DataFrame:
    found = history.view("label_delays", {"monitor": MONITOR})
    return found.sort_values(["week", "p90_hours", "class"], ascending=[True, False, True])


ANSWERS: tuple[Callable[[HistoryFrames], pd.DataFrame], ...] = (
    lambda history: history.weekly("accuracy", MONITOR),
    recalls,
    segments_behind,
    lambda history: history.view("daily_precision", {"monitor": MONITOR, "class": "urgent"}, "day"),
    delays,
    corrected,
    response,
    lambda history: history.outcomes(MONITOR),
    mistakes,
    believed_then,
)


def test_ten_questions_have_the_same_answers_in_sql_and_in_frames(frames: HistoryFrames) -> None:
    for question, answer in zip(sql_blocks("sql.md")[:10], ANSWERS, strict=True):
        by_sql, by_frames = frames.sql(question), answer(frames)
        assert len(by_sql), question
        chosen = by_frames[list(by_sql.columns)].reset_index(drop=True)
        pd.testing.assert_frame_equal(known(chosen), known(by_sql), check_dtype=False, rtol=1e-9)


def known(frame: pd.DataFrame) -> pd.DataFrame:
    """The same, with one word for what is not known."""
    return frame.astype(object).where(frame.notna(), None)


def test_frames_are_the_same_from_both_engines(copied_sqlite: str, emptied_postgres: str) -> None:
    found = []
    for url in (copied_sqlite, emptied_postgres):
        fill(url)
        with open_history(url) as history:
            found.append(
                [
                    history.metrics(slice=None),
                    *(ask(MONITOR) for ask in (history.incidents, history.confusion)),
                    history.advice(MONITOR).drop(columns="id"),
                    history.outcomes().drop(columns=["id", "advice_id"]),
                    *(history.weekly(metric, MONITOR) for metric in ("accuracy", "recall", "precision", "latency")),
                    *(history.versions(metric, slice=None) for metric in ("accuracy", "recall", "precision")),
                    history.view("findings", order=("as_of", "check", "subject")).drop(columns="id"),
                ]
            )
    for first, second in zip(*found, strict=True):
        assert len(first)
        pd.testing.assert_frame_equal(first, second, rtol=1e-9)


def test_frames_have_types_and_empty_ones_their_columns(frames: HistoryFrames) -> None:
    believed = frames.metrics(MONITOR, "recall", slice=None)
    assert str(believed["as_of"].dtype) == "datetime64[ns, UTC]"
    assert believed["provisional"].dtype == bool
    assert [str(believed[name].dtype) for name in ("value", "n")] == ["float64", "float64"]
    assert isinstance(frames.advice(MONITOR)["reasons"][0], list)
    nothing = frames.metrics("nobody")
    assert (len(nothing), str(nothing["value"].dtype), str(nothing["as_of"].dtype)) == (
        *(0, "float64"),
        "datetime64[ns, UTC]",
    )
    assert frames.confusion("nobody").shape == (0, 0)
    assert len(frames.metrics(MONITOR, "recall", since="2026-03-03 00:30:00+00:00", until="2026-03-03 01:00")) == 1


@pytest.mark.parametrize(
    ("since", "until", "days"),
    [
        ("2026-03-02", "2026-03-03", ["2026-03-02"]),
        ("2026-03-01 00:00:01", None, ["2026-03-02", "2026-03-03"]),
        (None, "2026-03-02 00:00:00.5", ["2026-03-01", "2026-03-02"]),
        ("2026-03-03 01:00+02:00", None, ["2026-03-03"]),
    ],
)
def test_a_day_begins_at_its_midnight(
    frames: HistoryFrames, since: str | None, until: str | None, days: list[str]
) -> None:
    found = frames.view("daily_accuracy", {"monitor": MONITOR}, "day", since, until)
    assert [str(day.date()) for day in found["day"]] == days
    rows = frames.confusion(MONITOR, since=since, until=until).to_numpy().sum()
    assert rows == found["n_labelled"].sum()


def test_until_leaves_out_what_is_later_by_less_than_a_second(frames: HistoryFrames) -> None:
    look = pd.Timestamp("2026-03-03", tz="UTC")
    half = pd.Timedelta(milliseconds=500)
    assert len(frames.view("cycles", time="as_of", since=look - half, until=look + half)) == 1
    assert len(frames.view("cycles", time="as_of", since=look + half, until=look + 2 * half)) == 0


def test_a_number_is_not_compared_with_a_time(frames: HistoryFrames) -> None:
    with pytest.raises(LookupError, match="window_end of metric_points is no time but a number"):
        frames.view("metric_points", time="window_end", since="2026-03-02")


def test_every_column_of_times_flags_and_json_is_known(emptied_postgres: str) -> None:
    engine = sa.create_engine(emptied_postgres)
    inspector = sa.inspect(engine)
    kinds: dict[str, set[str]] = {}
    for name in (*METADATA.tables, *(view.name for view in VIEWS)):
        for column in inspector.get_columns(name):
            kinds.setdefault(column["name"], set()).add(str(column["type"]).split("(")[0])
    engine.dispose()
    assert {name for name, found in kinds.items() if found & {"TIMESTAMP", "DATE"}} - {"cursor"} <= TIMES
    assert {name for name, found in kinds.items() if "BOOLEAN" in found} <= FLAGS
    assert {name for name, found in kinds.items() if found & {"JSONB", "JSON"}} - {
        "detail",
        "study",
        "cells",
    } <= DOCUMENTS
    for name in (TIMES | FLAGS) & set(kinds):
        assert not kinds[name] - {"TIMESTAMP", "DATE", "BOOLEAN", "BIGINT"}, name


def test_epoch_seconds_of_tables_underneath_stay_numbers(frames: HistoryFrames) -> None:
    assert frames.view("metric_points")["window_end"].min() > 1_700_000_000


def test_nothing_can_be_written(frames: HistoryFrames) -> None:
    with pytest.raises(sa.exc.DBAPIError, match=r"readonly|read-only"):
        frames.sql("DELETE FROM findings RETURNING id")


def test_names_that_are_not_there_are_named(frames: HistoryFrames) -> None:
    with pytest.raises(LookupError, match="no table or view 'metrics'"):
        frames.view("metrics")
    with pytest.raises(LookupError, match="findings has no column 'checks'; it has as_of"):
        frames.view("findings", {"checks": "x"})
    with pytest.raises(ValueError, match="not of 'f1'"):
        frames.weekly("f1")


def test_what_is_no_history_is_said_without_its_password(tmp_path: Path, postgres_url: str) -> None:
    with pytest.raises(FileNotFoundError, match="nowhere"):
        open_history(f"sqlite:///{tmp_path}/nowhere.db")
    with pytest.raises(ValueError, match="not kept in mysql"):
        open_history("mysql://root:hunter2@db/x")
    with pytest.raises(ValueError, match="no database URL"):
        open_history("tunewatch.db")
    with pytest.raises(LookupError, match="is no history"):
        open_history(postgres_url)
    with pytest.raises(ConnectionError) as error:
        open_history("postgresql://reader:hunter2@127.0.0.1:1/history")
    assert "hunter2" not in str(error.value)
    url = f"sqlite:///{tmp_path}/old.db"
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE TABLE {VERSION_TABLE} (version_num TEXT)")
    engine.dispose()
    with pytest.raises(LookupError, match="of an earlier release"):
        open_history(url)


def test_the_package_is_light_until_frames_are_asked_for() -> None:
    code = "import sys, tunewatch, tunewatch.log; print(*sys.modules)"
    shown = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not {"pandas", "sqlalchemy"} & set(shown.stdout.split())
    assert tunewatch.open_history is open_history
    with pytest.raises(AttributeError, match="no attribute 'open'"):
        tunewatch.open  # noqa: B018


def test_the_notebook_runs(copied_sqlite: str, monkeypatch: pytest.MonkeyPatch) -> None:
    History.open(copied_sqlite).close()
    fill(copied_sqlite)
    monkeypatch.setenv("TUNEWATCH_HISTORY", copied_sqlite)
    scope: dict[str, Any] = {}
    for cell in json.loads(NOTEBOOK.read_text("utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            assert cell["outputs"] == []
            exec("".join(cell["source"]), scope)  # noqa: S102 - our own notebook
    assert scope["monitor"] == MONITOR
    assert not scope["weeks"].empty
    assert not scope["recall"].empty
