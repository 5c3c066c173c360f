"""Plays a case as a team would have it: Parquet files, a configuration, the daemon's own cycles."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from bench.advice.stories.looking import STEP, at
from bench.advice.stories.story import ABSTAIN, NONE, Case
from bench.advice.stories.world import NAMES, NO_CLASS, World
from checks.rules.family import Family
from config.settings import Settings
from monitor.bootstrap.monitors import build_monitor
from monitor.cycle.cycle import CycleReport, run_cycle
from monitor.history import History

COLUMNS = {
    "id": "id",
    "at": "at",
    "predicted": "predicted",
    "confidence": "confidence",
    "latency_ms": "ms",
    "model_version": "model",
    "prompt_version": "prompt",
}


def play_for_real(case: Case, folder: Path, settle: int) -> str:
    """What is advised, as `bench.stories.playing.play` would say it, but through files and a history."""
    _write(case.world, folder)
    history = History.open("sqlite://")
    monitor = build_monitor(_settings(folder), "bot", history)
    told = NONE
    for day, report in _cycles(case, lambda now: run_cycle(monitor, now)):
        if any(finding.verdict.is_alarm for finding in report.findings):
            told = _answer(run_cycle(monitor, _moment(case, day + settle)) if settle else report)
            break
    monitor.log.close()
    history.close()
    return told


def _cycles(case: Case, look: Callable[[datetime], CycleReport]) -> Iterator[tuple[int, CycleReport]]:
    for day in range(1, case.stays + 1):
        yield day, look(_moment(case, day))


def _moment(case: Case, day: int) -> datetime:
    return min(at(0) + timedelta(days=case.onset + day), at(case.world.steps))


def _answer(report: CycleReport) -> str:
    """Of the gravest family that alarms; quality is always asked."""
    given = {each.family: each.advice for each in report.advice}
    alarming = [family for family in Family if family in given and given[family].signals]
    advice = given[alarming[0] if alarming else Family.QUALITY]
    return ABSTAIN if advice.abstained else advice.action.value


def _settings(folder: Path) -> Settings:
    source = {
        "url": "duckdb:///:memory:",
        "predictions": {"files": str(folder / "predictions.parquet"), "columns": COLUMNS},
        "labels": {"files": str(folder / "labels.parquet"), "columns": {"id": "id", "label": "label", "at": "at"}},
    }
    bot = {"source": source, "classes": {"urgent": {"min_recall": 0.80}}, "study": {"enabled": False}}
    return Settings.model_validate({"monitors": {"bot": bot}})


def _write(world: World, folder: Path) -> None:
    rows, size = world.rows, world.rows.step.size
    into = (np.arange(size) % 997) / 997  # spread over each step, in no order that means anything
    models, prompts = (np.array([pair[place] for pair in world.versions])[rows.version] for place in (0, 1))
    names = np.array([None if name == NO_CLASS else name for name in NAMES], dtype=object)
    predictions = {
        "id": np.arange(size),
        "at": _times(rows.step + into),
        "predicted": names[rows.predicted].tolist(),
        "confidence": rows.confidence,
        "ms": rows.ms,
        "model": models.tolist(),
        "prompt": prompts.tolist(),
    }
    comes = np.isfinite(rows.arrives)
    labels = {
        "id": np.flatnonzero(comes),
        "label": names[rows.label[comes]].tolist(),
        "at": _times(np.maximum(rows.arrives, rows.step + into)[comes]),
    }
    pq.write_table(pa.table(predictions), folder / "predictions.parquet")
    pq.write_table(pa.table(labels), folder / "labels.parquet")


def _times(steps: NDArray[np.float64]) -> pa.Array:
    micros = (steps * (STEP / timedelta(microseconds=1))).astype("int64")
    start = np.datetime64(at(0).replace(tzinfo=None), "us")
    return pa.array(start + micros.astype("timedelta64[us]"), type=pa.timestamp("us", tz="UTC"))
