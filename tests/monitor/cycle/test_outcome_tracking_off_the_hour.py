"""A rollback at any minute, at once or step by step, with much and little traffic: from files to the told verdict."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.support.chat_log import BREAK, END, write_config, write_log
from tests.support.history import rows
from tests.support.program import json_lines, run_here

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
TOLD = BREAK + 3 * DAY
"""The look at which the alarm is raised and the rollback advised."""


@dataclass(frozen=True)
class Rollback:
    """When the prompt is rolled back after the advice, over which time, and on how much traffic."""

    after: timedelta
    over: timedelta = timedelta()
    each_day: int = 100
    at_night: bool = True
    bucket: str = "1h"
    again: timedelta | None = None


def followed(folder: Path, done: Rollback) -> list[dict[str, Any]]:
    """What was told of it by four looks, on real files and a real history."""
    acted = TOLD + done.after
    write_log(
        folder / "logs",
        end=END + 12 * DAY,
        mended_at=acted,
        mended_over=done.over,
        again_at=None if done.again is None else acted + done.again,
        at_night=done.at_night,
        each_day=done.each_day,
    )
    config = write_config(folder)
    config.write_text(config.read_text("utf-8").replace("every: 5s\n", f"every: 5s\n    bucket: {done.bucket}\n"))
    looks = ("--from", TOLD.isoformat(), "--to", (TOLD + 12 * DAY).isoformat(), "--every", "4d")
    told = run_here("backtest", *looks, "--history", "sqlite:///history.db", "--json", cwd=folder)
    events: list[dict[str, Any]] = json_lines(told.stdout)
    opened = next(event for event in events if event["event"] == "opened")
    assert opened["advice"]["action"] == "rollback_prompt"
    return [event["outcome"] for event in events if event["event"] == "verified"]


@pytest.mark.parametrize(
    "done",
    [
        Rollback(timedelta(hours=9, minutes=13), over=6 * HOUR, at_night=False),
        Rollback(timedelta(hours=2, minutes=29), over=24 * HOUR, each_day=250),
        Rollback(timedelta(minutes=37), each_day=600),
        Rollback(timedelta(hours=5, minutes=7), bucket="15m"),
        Rollback(timedelta(hours=14, minutes=7), bucket="1d"),
        Rollback(-timedelta(hours=2, minutes=23)),  # before anybody advised it
    ],
    ids=str,
)
def test_a_rollback_is_judged_whenever_and_however_it_is_done(tmp_path: Path, done: Rollback) -> None:
    (outcome,) = followed(tmp_path, done)
    assert outcome["worked"] == "worked"
    assert outcome["before"] < 0.45  # a bound where hardly any label was still to come
    assert outcome["after"] > 0.8
    assert outcome["n"] >= 20
    ((acted, prompt),) = rows(
        f"sqlite:///{tmp_path / 'history.db'}",
        "SELECT acted_at, prompt_version FROM advice_outcomes WHERE outcome <> 'not_tried'",
    )
    late = {"1d": DAY}.get(done.bucket, done.over / 3 + 3 * HOUR)
    assert abs(datetime.fromisoformat(f"{acted}+00:00") - (TOLD + done.after)) <= late
    assert prompt == "p1"


def test_what_is_done_next_ends_the_sample_and_the_labels_until_then_are_judged(tmp_path: Path) -> None:
    (outcome,) = followed(tmp_path, Rollback(timedelta(hours=5, minutes=7), again=3 * DAY + 11 * MINUTE))
    predictions, labels = (
        pq.read_table(tmp_path / "logs" / f"{name}.parquet").to_pylist() for name in ("predictions", "labels")
    )
    mended = {row["id"] for row in predictions if row["prompt"] == "p1" and row["at"] >= TOLD}
    assert outcome["worked"] == "worked"
    assert outcome["n"] == sum(row["label"] == "urgent" for row in labels if row["id"] in mended)


def test_what_is_mended_without_a_version_is_closed_with_its_incident(tmp_path: Path) -> None:
    write_log(tmp_path / "logs", end=END + 14 * DAY, mended_at=TOLD + DAY)
    file = tmp_path / "logs" / "predictions.parquet"
    kept = [row | {"prompt": "p2" if row["at"] >= BREAK else "p1"} for row in pq.read_table(file).to_pylist()]
    pq.write_table(pa.Table.from_pylist(kept), file)
    write_config(tmp_path)
    looks = ("--from", TOLD.isoformat(), "--to", (TOLD + 16 * DAY).isoformat(), "--every", "2d")
    run_here("backtest", *looks, "--history", "sqlite:///history.db", "--json", cwd=tmp_path)
    url = f"sqlite:///{tmp_path / 'history.db'}"
    ended = rows(
        url,
        "SELECT o.outcome, julianday(o.measured_at) - julianday(i.resolved_at), o.detail FROM advice_outcomes o"
        " JOIN advice a ON a.id = o.advice_id JOIN incidents i ON i.id = a.incident_id ORDER BY o.id",
    )
    assert ended
    assert {outcome for outcome, *_ in ended} == {"not_tried"}
    *_, (_, days, detail) = ended
    assert 2 <= days <= 3
    assert "The incident was over" in str(detail)
