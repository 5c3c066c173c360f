"""A small log of a chatbot, with a configuration: well until a new prompt misses most urgent messages."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.parquet as pq

START = datetime(2026, 2, 1, tzinfo=UTC)
END = START + timedelta(days=42)
BREAK = START + timedelta(days=36)  # prompt p2 takes over
DELAY = timedelta(hours=6)  # of every label

CONFIG = """\
history: {{url: "sqlite:///history.db"}}
web: {{port: 0}}
logging: {{format: json}}
monitors:
{monitors}"""
MONITOR = """\
  {name}:
    every: {every}
    source:
      predictions:
        files: "{folder}/predictions.parquet"
        columns: {{id: id, at: at, predicted: predicted, latency_ms: ms, prompt_version: prompt}}
      labels:
        files: "{folder}/labels.parquet"
        columns: {{id: id, label: label, at: at}}
    classes: {{urgent: {{min_recall: 0.80}}}}
"""


@dataclass(frozen=True)
class Bot:
    """A monitor in the configuration: its name, the folder of its log, and how often it is looked at."""

    name: str = "support-bot"
    folder: str = "logs"
    every: str = "5s"


def write_config(folder: Path, *bots: Bot) -> Path:
    """Write a configuration for these bots (one unless given)."""
    monitors = "".join(MONITOR.format(name=b.name, folder=b.folder, every=b.every) for b in bots or (Bot(),))
    file = folder / "tunewatch.yaml"
    file.write_text(CONFIG.format(monitors=monitors), encoding="utf-8")
    return file


def write_log(  # noqa: PLR0913 - a keyword for each thing that can happen
    folder: Path,
    *,
    end: datetime = END,
    breaks_at: datetime = BREAK,
    mended_at: datetime | None = None,
    mended_over: timedelta = timedelta(),
    again_at: datetime | None = None,
    at_night: bool = True,
    each_day: int = 100,
) -> None:
    """Write predictions.parquet and labels.parquet: every answer labelled after 6 hours, one in eight urgent.

    From `breaks_at` to `mended_at` (None: to the end) prompt p2 answers, before and after it p1, which takes the
    traffic back over `mended_over`. From `again_at` on p2 answers again. `at_night` is whether anybody writes then.
    """
    folder.mkdir(parents=True, exist_ok=True)
    made = _made(end, breaks_at, mended_at, mended_over, again_at, each_day, at_night=at_night)
    for name, table in zip(("predictions", "labels"), made, strict=True):
        pq.write_table(table, folder / f"{name}.parquet")


@cache
def _made(  # noqa: PLR0913 - those of write_log
    end: datetime,
    breaks_at: datetime,
    mended_at: datetime | None,
    mended_over: timedelta,
    again_at: datetime | None,
    each_day: int,
    *,
    at_night: bool,
) -> tuple[pa.Table, pa.Table]:
    """The predictions and labels of `write_log`, made once."""
    random, at, step = Random(7), START, timedelta(days=1) / each_day
    predictions: list[dict[str, object]] = []
    labels: list[dict[str, object]] = []
    while at < end:
        at += step
        if not at_night and not 6 <= at.hour < 22:
            continue
        label = random.choices(["urgent", "billing", "other"], [1, 3, 4])[0]
        mended = 0.0 if mended_at is None or at < mended_at else (at - mended_at) / mended_over if mended_over else 1.0
        is_broken = at >= breaks_at and (mended <= 0 or (mended < 1 and random.random() >= mended))
        is_broken |= again_at is not None and at >= again_at
        missed = label == "urgent" and is_broken and random.random() < 0.9
        predicted = "other" if missed or random.random() < 0.02 else label
        answer = {"id": len(predictions), "at": at, "predicted": predicted, "ms": random.lognormvariate(6, 0.3)}
        predictions.append({**answer, "prompt": "p2" if is_broken else "p1"})
        if at + DELAY < end:
            labels.append({"id": answer["id"], "label": label, "at": at + DELAY})
    return pa.Table.from_pylist(predictions), pa.Table.from_pylist(labels)
