"""A log of messages that say something, with labels: well until prompt p2 takes urgent messages for others."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from monitor.actions.material import Message
from monitor.log.reading.labelled import LabelledMessage

START = datetime(2026, 2, 1, tzinfo=UTC)
DAYS = 42
END = START + timedelta(days=DAYS)
BREAK = START + timedelta(days=34)  # prompt p2 takes over
TOLD = START + timedelta(days=38)

CONFIG = """\
history: {url: "sqlite:///history.db"}
monitors:
  bot:
    source:
      predictions:
        files: predictions.parquet
        columns: {id: id, at: at, predicted: predicted, text: text, confidence: confidence, model_version: model,
                  prompt_version: prompt, prompt_tokens: tokens}
      labels:
        files: labels.parquet
        columns: {id: id, label: label, at: at, labeller: who}
    classes: {urgent: {min_recall: 0.80}}
    advice: {min_labels_per_class: 20}
    prompt: {file: prompt.md}
    study: {enabled: false}
"""
PROMPT = "Triage the message. Answer with urgent, card or transfer."

_CLASSES = {
    "urgent": ("stolen", "fraud", "hacked", "robbed"),
    "card": ("new card", "second card", "activate card", "card colour"),
    "transfer": ("send money", "transfer late", "cancel transfer", "landlord paid"),
}
_AGAIN = 0.15  # of the messages say what was said before
_SYLLABLES = (
    "ba",
    "ce",
    "di",
    "fo",
    "gu",
    "ha",
    "je",
    "ki",
    "lo",
    "mu",
    "na",
    "pe",
    "ri",
    "so",
    "tu",
    "va",
    "we",
    "zi",
)


@dataclass(frozen=True)
class Row:
    """A prediction and its label."""

    at: datetime
    text: str
    label: str
    predicted: str
    prompt: str


def rows(each_day: int = 25, seed: int = 1) -> list[Row]:
    """What people wrote, day by day."""
    random, made = Random(seed), list[Row]()
    for n in range(DAYS * each_day):
        at = START + timedelta(days=1) * (n / each_day)
        said = random.choice(made) if made and random.random() < _AGAIN else None
        made.append(_row(at, random, said))
    return made


def _row(at: datetime, random: Random, said: Row | None) -> Row:
    label = said.label if said else random.choices(list(_CLASSES), [2, 4, 4])[0]
    words = [random.choice(_CLASSES[label]), *("".join(random.choices(_SYLLABLES, k=3)) for _ in range(4))]
    prompt = "p1" if at < BREAK else "p2"
    missed = label == "urgent" and random.random() < (0.05 if prompt == "p1" else 0.9)
    predicted = random.choice(["card", "card", "transfer"]) if missed else label
    return Row(at, said.text if said else " ".join(words), label, predicted, prompt)


def write(folder: Path, made: Sequence[Row] | None = None, more_labels: Sequence[dict[str, Any]] = ()) -> None:
    """Write log, prompt and configuration; every label comes six hours after its prediction."""
    made = rows() if made is None else made
    predictions = [
        {
            "id": f"m{i}",
            "at": row.at,
            "predicted": row.predicted,
            "text": row.text,
            "confidence": 0.9,
            "model": "m1",
            "prompt": row.prompt,
            "tokens": 60 + round(len(row.text) / 5),
        }
        for i, row in enumerate(made)
    ]
    labels = [
        {"id": f"m{i}", "label": row.label, "at": row.at + timedelta(hours=6), "who": "ann"}
        for i, row in enumerate(made)
    ]
    pq.write_table(pa.Table.from_pylist(predictions), folder / "predictions.parquet")
    pq.write_table(pa.Table.from_pylist([*labels, *more_labels]), folder / "labels.parquet")
    (folder / "tunewatch.yaml").write_text(CONFIG, encoding="utf-8")
    (folder / "prompt.md").write_text(PROMPT, encoding="utf-8")


def message(text: str, label: str = "card", **changes: Any) -> LabelledMessage:  # noqa: ANN401
    """One labelled message, answered right."""
    values = {
        "id": text,
        "at": START,
        "predicted": label,
        "label": label,
        "labelled_at": START + timedelta(hours=6),
        "text": text,
        "confidence": 0.9,
        "model_version": "m1",
        "prompt_version": "p1",
        "prompt_tokens": 100.0,
        "label_rows": 1,
        "labels": 1,
        "labellers": 1,
    }
    return LabelledMessage(**{**values, **changes})


def texts_of(messages: Sequence[Message]) -> list[str]:
    """What they say."""
    return [each.text for each in messages]
