"""A small log of messages, of which most were answered wrong, with its configuration."""

from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

CONFIG = """
monitors:
  support-bot:
    source:
      predictions: {files: predictions.parquet, columns: {id: id, at: at, predicted: predicted, text: text}}
      labels: {files: labels.parquet, columns: {id: id, label: label, at: at}}
"""
MESSAGES = (
    ("urgent", "other", "The <b>pump</b> burns, call +49 30 901820 or ann@acme.example"),
    ("urgent", "other", "the PUMP burns: call +49 30 901821 or bob@acme.example!"),
    ("billing", "other", "What does it cost?"),
    ("billing", "billing", "Where is my invoice?"),
)
"""Each with its label and what was answered."""


def write_messages(folder: Path, onset: datetime, messages: tuple[tuple[str, str, str], ...] = MESSAGES) -> Path:
    """Write the log, a message a minute from `onset` on, and tunewatch.yaml, whose path is returned."""
    at = onset + timedelta(minutes=1)
    rows = [(f"m{i}", at + timedelta(minutes=i), *message) for i, message in enumerate(messages)]
    predictions = [{"id": i, "at": at, "predicted": answer, "text": text} for i, at, _, answer, text in rows]
    labels = [{"id": i, "at": at + timedelta(minutes=5), "label": label} for i, at, label, _, _ in rows]
    pq.write_table(pa.Table.from_pylist(predictions), folder / "predictions.parquet")
    pq.write_table(pa.Table.from_pylist(labels), folder / "labels.parquet")
    config = folder / "tunewatch.yaml"
    config.write_text(CONFIG, encoding="utf-8")
    return config
