"""A small log of a chatbot as CSV files, with a configuration: well until a new prompt misses most urgent messages."""

import csv
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

START = datetime(2026, 2, 1, tzinfo=UTC)
END = START + timedelta(days=42)
BREAK = START + timedelta(days=36)  # prompt p2 takes over

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
        files: "{folder}/predictions.csv"
        columns: {{id: id, at: at, predicted: predicted, latency_ms: ms, prompt_version: prompt}}
      labels:
        files: "{folder}/labels.csv"
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


def write_log(folder: Path, *, end: datetime = END, breaks_at: datetime = BREAK, each_day: int = 100) -> None:
    """Write predictions.csv and labels.csv: every answer labelled 6 hours later, one in eight messages urgent."""
    folder.mkdir(parents=True, exist_ok=True)
    random, at, step = Random(7), START, timedelta(days=1) / each_day
    with (
        (folder / "predictions.csv").open("w", newline="") as first,
        (folder / "labels.csv").open("w", newline="") as second,
    ):
        predictions, labels = csv.writer(first), csv.writer(second)
        predictions.writerow(["id", "at", "predicted", "ms", "prompt"])
        labels.writerow(["id", "label", "at"])
        number = 0
        while at < end:
            number, at = number + 1, at + step
            label = random.choices(["urgent", "billing", "other"], [1, 3, 4])[0]
            missed = label == "urgent" and at >= breaks_at and random.random() < 0.9
            predicted = "other" if missed or random.random() < 0.02 else label
            prompt = "p2" if at >= breaks_at else "p1"
            predictions.writerow([number, at.isoformat(), predicted, round(random.lognormvariate(6, 0.3), 1), prompt])
            if at + timedelta(hours=6) < end:
                labels.writerow([number, label, (at + timedelta(hours=6)).isoformat()])
