"""`once` on logs that are mapped to the wrong columns, which look like a bot that is always right."""

import csv
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from tests.support.program import json_lines, run_here

END: Final = datetime(2026, 3, 1, tzinfo=UTC)
CONFIG: Final = """\
history: {{url: "sqlite:///history.db"}}
monitors:
  bot:
    study: {{enabled: false}}
    source:
      predictions: {{files: predictions.csv, columns: {{id: id, at: at, predicted: {predicted}}}}}
      labels: {{files: labels.csv, columns: {{id: {label_id}, label: {label}, at: at}}}}
"""
CLASSES: Final = ("billing", "delivery", "other", "urgent")


def _write(folder: Path, rows: int, **mapped: str) -> None:
    (folder / "tunewatch.yaml").write_text(CONFIG.format(**{"predicted": "intent", "label_id": "id", **mapped}))
    for name, later, table in (("predictions", 0, _predictions), ("labels", 0.5, _labels)):
        with (folder / f"{name}.csv").open("w", newline="") as file:
            written = csv.writer(file)
            for n, row in enumerate(table(rows)):
                at = END - timedelta(hours=1 + 100 * (1 - n / rows)) + timedelta(hours=later)
                written.writerow([*row, at.isoformat() if n else "at"])


def _predictions(rows: int) -> Iterator[tuple[str, ...]]:
    yield "id", "project", "intent"
    yield from ((f"m{n}", "prj-1", CLASSES[n % 4]) for n in range(rows))


def _labels(rows: int) -> Iterator[tuple[str, ...]]:
    """One label in ten names another class than was predicted."""
    yield "id", "score_id", "project", "answered", "truth"
    yield from ((f"m{n}", f"s{n}", "prj-1", CLASSES[n % 4], CLASSES[(n + (n % 10 == 0)) % 4]) for n in range(rows))


@pytest.mark.parametrize(
    ("mapped", "subject", "says"),
    [
        ({"predicted": "project", "label": "project"}, "one_class", "1,200 predictions are of one class, 'prj-1'"),
        ({"label": "answered"}, "agreement", "all 1,200 labels are the class that was predicted"),
        ({"label": "truth", "label_id": "score_id"}, "orphan_label", "1,200 of 1,200 label rows are of no prediction"),
    ],
)
def test_a_wrong_column_is_an_open_incident_and_bars_all_advice_but_the_repair(
    tmp_path: Path, mapped: dict[str, str], subject: str, says: str
) -> None:
    _write(tmp_path, 1_200, **mapped)

    ended = run_here("once", "--as-of", END.isoformat(), "--json", cwd=tmp_path)
    shown = run_here("once", "--as-of", END.isoformat(), cwd=tmp_path)
    lines = json_lines(ended.stdout)

    alarms = [line for line in lines if line["type"] == "finding" and line["verdict"] == "critical"]
    assert ended.returncode == 1, ended.stderr
    assert [line["subject"] for line in alarms] == [subject]
    assert says in str(alarms[0]["message"])
    assert {line["action"] for line in lines if line["type"] == "advice"} == {"fix_log"}
    assert not [line for line in lines if line.get("check") in ("accuracy", "class_recall") and line["verdict"] == "ok"]
    assert "the figures below are not to be believed before the log is mended" in shown.stdout


@pytest.mark.parametrize(
    ("rows", "mapped", "says"),
    [
        (12, {"label": "answered"}, "no incident"),  # right in 12 of 12
        (1_200, {"label": "truth"}, "no incident"),
        (300, {"predicted": "project", "label": "project"}, "too early  all 300 predictions so far are of one class"),
    ],
)
def test_few_rows_and_a_bot_that_errs_are_no_alarm(
    tmp_path: Path, rows: int, mapped: dict[str, str], says: str
) -> None:
    _write(tmp_path, rows, **mapped)

    ended = run_here("once", "--as-of", END.isoformat(), cwd=tmp_path)

    assert ended.returncode == 0, ended.stdout
    assert says in ended.stdout
