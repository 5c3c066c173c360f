"""Samples of rows for studies: a made-up bot's messages over days, changed as a test wants it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from checks.counts.study import StudySpan
from monitor.log.sampled import Samples, StudyRow

END = datetime(2026, 4, 6, tzinfo=UTC)
DAY = timedelta(days=1)

TOPICS = {
    "cards": "my card is lost stolen broken please send a new one to me",
    "billing": "why was i charged twice on this invoice refund the fee money",
    "login": "cannot sign in password reset code never arrives account locked",
    "travel": "does it work abroad which country exchange rate cash machine",
}
"""Classes, and the words of their messages."""

NEW_TOPIC = "disposable virtual number for shopping online limit"

Change = Callable[[StudyRow, np.random.Generator], StudyRow]


def samples(  # noqa: PLR0913 - what a story has, all with defaults
    *,
    now: Change = lambda row, _: row,
    then: Change = lambda row, _: row,
    weeks: int = 4,
    window: int = 7,
    per_day: int = 40,
    seed: int = 1,
    segments: tuple[str, ...] = (),
) -> Samples:
    """Rows of a `window` of days and of `weeks` before it; `now` and `then` change rows of the two."""
    random = np.random.default_rng(seed)
    begin = END - window * DAY
    current = [now(row, random) for row in _rows(random, begin, window, per_day)]
    reference = [then(row, random) for row in _rows(random, begin - 7 * weeks * DAY, 7 * weeks, per_day)]
    return Samples(
        as_of=END,
        window=StudySpan(begin, END),
        reference_spans=(StudySpan(begin - 7 * weeks * DAY, begin),),
        current=tuple(current),
        reference=tuple(reference),
        segments=segments,
    )


def message(random: np.random.Generator, words: str) -> str:
    """Six of the words, in any order."""
    return " ".join(random.choice(words.split(), 6).tolist())


def new_topic(share: float) -> Change:
    """A share of the messages is of a topic that was not there; the bot takes them for cards."""

    def change(row: StudyRow, random: np.random.Generator) -> StudyRow:
        if random.random() >= share:
            return row
        return replace(row, text=message(random, NEW_TOPIC), predicted="cards")

    return change


def _rows(random: np.random.Generator, start: datetime, days: int, per_day: int) -> Sequence[StudyRow]:
    return [_row(random, start + (day + (n + 0.5) / per_day) * DAY) for day in range(days) for n in range(per_day)]


def _row(random: np.random.Generator, at: datetime) -> StudyRow:
    topic = str(random.choice(list(TOPICS), p=[0.4, 0.3, 0.2, 0.1]))
    text = message(random, TOPICS[topic])
    return StudyRow(
        id=f"{at.timestamp():.0f}",
        at=at,
        predicted=topic,
        text=text,
        text_length=len(text),
        confidence=float(random.beta(8, 2)),
        model_version="m1",
        prompt_version="p1",
    )


CONFIG = """\
history: {{url: "sqlite:///history.db"}}
web: {{port: 0}}
monitors:
  support-bot:
    source:
      predictions:
        files: "predictions.parquet"
        columns: {{id: id, at: at, predicted: predicted, text: text, confidence: confidence,
                   model_version: model_version, prompt_version: prompt_version}}
    study: {study}
"""


def write_bot(folder: Path, sampled: Samples, study: str = "{}") -> Path:
    """Write the rows as a log, with a configuration that watches it."""
    columns = ("id", "at", "predicted", "text", "confidence", "model_version", "prompt_version")
    rows = [{name: getattr(row, name) for name in columns} for row in (*sampled.reference, *sampled.current)]
    pq.write_table(pa.Table.from_pylist(rows), folder / "predictions.parquet")
    file = folder / "tunewatch.yaml"
    file.write_text(CONFIG.format(study=study), encoding="utf-8")
    return file
