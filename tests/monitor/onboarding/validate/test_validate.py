import csv
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest
from pydantic import TypeAdapter
from rich.console import Console

from config.monitor import MonitorSettings
from monitor.common.errors import MappingError, SourceError
from monitor.onboarding.validate import Validation, validate, validation_parts

START: Final = datetime(2026, 3, 1, tzinfo=UTC)
NOW: Final = START + timedelta(days=50)


def _settings(folder: Path, **columns: str) -> MonitorSettings:
    predictions = {"id": "id", "at": "ts", "predicted": "predicted", **columns}
    labels = {"id": "id", "label": "label", "at": "ts"}
    return MonitorSettings.model_validate(
        {
            "source": {
                "predictions": {"files": str(folder / "predictions.csv"), "columns": predictions},
                "labels": {"files": str(folder / "labels.csv"), "columns": labels},
            },
            "classes": {"Urgent": {"min_recall": 0.8}},
        }
    )


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Make a log of 40 days in CSV files."""
    times = [START + timedelta(hours=n) for n in range(960)]
    with (tmp_path / "predictions.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "ts", "predicted"])
        rows.writerows(
            [f"p{n}", at.isoformat(), "urgent" if n % 10 == 0 else "\x1b[2Jother"] for n, at in enumerate(times)
        )
    with (tmp_path / "labels.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "ts", "label"])
        rows.writerows([f"p{n}", (times[n] + timedelta(hours=9)).isoformat(), "urgent"] for n in range(0, 960, 10))
    return tmp_path


def _shown(validation: Validation) -> str:
    console = Console(file=io.StringIO(), width=200, record=True)
    console.print(*validation_parts(validation), sep="\n")
    return console.export_text()


def test_a_real_log_is_surveyed_and_judged(log: Path) -> None:
    shown = _shown(validate("bot", _settings(log), NOW))
    assert "960 predictions, 2026-03-01 00:00 UTC to 2026-04-09 23:00 UTC" in shown
    assert "96 label rows, 10% of the predictions labelled; half come within" in shown
    assert "latency off" in " ".join(shown.split())
    assert "look at classes.Urgent: no prediction and no label is of this class; did you mean urgent?" in shown
    assert "look at source.predictions: the log ended 10d" in shown


def test_a_class_name_cannot_steer_the_terminal(log: Path) -> None:
    shown = _shown(validate("bot", _settings(log), NOW))
    assert "\x1b" not in shown


def test_a_validation_is_json(log: Path) -> None:
    validation = validate("bot", _settings(log), NOW)
    written = json.loads(TypeAdapter(Validation).dump_json(validation))
    assert written["survey"]["rows"] == 960
    assert {"check": "traffic", "ability": "full", "sentence": ""} in written["checks"]


def test_a_column_that_is_not_there_names_its_key(log: Path) -> None:
    with pytest.raises(MappingError) as caught:
        validate("bot", _settings(log, text="txt"), NOW)
    assert caught.value.key == "monitors.bot.source.predictions.columns.text"


def test_a_log_that_is_not_there_is_a_source_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError):
        validate("bot", _settings(tmp_path), NOW)


def test_a_folder_that_holds_no_embedding_model_is_told_before_the_first_study(log: Path) -> None:
    plain = _settings(log)
    settings = plain.model_copy(update={"study": plain.study.model_copy(update={"relevance_model": str(log)})})
    (hint,) = [hint for hint in validate("bot", settings, NOW).hints if hint.key == "study.relevance_model"]
    assert hint.sentence.startswith(f"names {log}, which holds no model of model2vec")
    assert not [hint for hint in validate("bot", plain, NOW).hints if hint.key == "study.relevance_model"]
