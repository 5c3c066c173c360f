import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from config import ConfigError
from config.columns import LatencyColumn
from monitor.common.errors import SourceError
from monitor.onboarding.initialise import propose, render, write
from tests.monitor.onboarding.initialise.conftest import NOW, Columns, Proposed

N: Final = 300
START: Final = datetime(2026, 3, 1, tzinfo=UTC)
TIMES: Final = [START + timedelta(minutes=30 * n) for n in range(N)]
CLASSES: Final = [("emergency" if n % 30 == 0 else ("billing", "shipping")[n % 2]) for n in range(N)]
Database = Callable[..., str]


def _predictions(**more: list[Any]) -> Columns:
    return {
        "prediction_id": [f"p{n}" for n in range(N)],
        "ts": [t.isoformat() for t in TIMES],
        "predicted": CLASSES,
    } | more


def _labels() -> Columns:
    return {
        "prediction_id": [f"p{n}" for n in range(0, N, 2)],
        "label": CLASSES[::2],
        "labelled_at": [(time + timedelta(hours=9)).isoformat() for time in TIMES[::2]],
    }


def test_a_log_with_the_usual_names_is_mapped_without_a_doubt(database: Database, proposed: Proposed) -> None:
    text, settings = proposed(database(predictions=_predictions(latency_ms=[950.5] * N), labels=_labels()))
    source = settings.monitors["chatbot"].source
    assert source.predictions.table == "predictions"
    assert source.predictions.columns.mapped() == {
        "id": "prediction_id",
        "at": "ts",
        "predicted": "predicted",
        "latency_ms": "latency_ms",
    }
    assert source.labels
    assert source.labels.columns.mapped() == {"id": "prediction_id", "label": "label", "at": "labelled_at"}
    assert "100% of the label ids" in text
    assert "(?) " not in text.split("classes:")[0].replace("marked with (?)", "")


def test_other_names_and_other_tables_do_not_confuse_it(database: Database, proposed: Proposed) -> None:
    requests = {
        "requestId": [f"r{n}" for n in range(N)],
        "createdAt": [t.isoformat() for t in TIMES],
        "userMessage": [f"please help me with number {n}" for n in range(N)],
        "intent": CLASSES,
        "score": [n / N for n in range(N)],
        "totalDurationMs": [100 + n for n in range(N)],
        "llm": ["gpt-a"] * N,
        "promptVersion": ["p1", "p2"] * (N // 2),
        "channel": ["web", "app", "phone"] * (N // 3),
    }
    reviews = {
        "requestId": [f"r{n}" for n in range(N)],
        "trueIntent": CLASSES,
        "reviewedAt": [(t + timedelta(hours=2)).isoformat() for t in TIMES],
        "reviewer": ["ann"] * N,
    }
    users = {"id": list(range(N)), "name": ["x"] * N, "created_at": [t.isoformat() for t in TIMES]}
    text, settings = proposed(database(users=users, bot_requests=requests, reviews=reviews))
    source = settings.monitors["chatbot"].source
    assert source.predictions.table == "bot_requests"
    assert source.predictions.columns.mapped() == {
        "id": "requestId",
        "at": "createdAt",
        "predicted": "intent",
        "text": "userMessage",
        "confidence": "score",
        "latency_ms": "totalDurationMs",
        "model_version": "llm",
        "prompt_version": "promptVersion",
    }
    assert source.labels
    assert source.labels.table == "reviews"
    assert source.labels.columns.mapped()["labeller"] == "reviewer"
    assert "# segments: [channel]" in text
    assert "Also seen, and not used: users" in text


@pytest.mark.parametrize("thumbs", [[True, False] * (N // 2), [1.0, 0.25] * (N // 2)])
def test_scores_and_their_judge_are_recognised(database: Database, proposed: Proposed, thumbs: list[object]) -> None:
    log = _predictions(helpful=thumbs, judge_version=["judge-v1", "judge-v2"] * (N // 2))
    _, settings = proposed(database(predictions=log))
    mapped = settings.monitors["chatbot"].source.predictions.columns.mapped()
    assert (mapped["relevance"], mapped["relevance_source"]) == ("helpful", "judge_version")


def test_a_judge_without_scores_is_not_mapped(database: Database, proposed: Proposed) -> None:
    _, settings = proposed(database(predictions=_predictions(judge_version=["judge-v1", "judge-v2"] * (N // 2))))
    assert "relevance_source" not in settings.monitors["chatbot"].source.predictions.columns.mapped()


def test_the_table_whose_ids_are_found_is_the_label_log(database: Database, proposed: Proposed) -> None:
    strangers = _labels() | {"prediction_id": [f"other{n}" for n in range(0, N, 2)]}
    _, settings = proposed(database(predictions=_predictions(), labels=strangers, manual_tags=_labels()))
    labels = settings.monitors["chatbot"].source.labels
    assert labels
    assert labels.table == "manual_tags"


def test_labels_in_the_rows_of_the_predictions_become_a_query(database: Database, proposed: Proposed) -> None:
    truth = [name if n % 3 else None for n, name in enumerate(CLASSES)]
    text, settings = proposed(database(log=_predictions(truth=truth)))
    labels = settings.monitors["chatbot"].source.labels
    assert labels
    assert labels.query == 'SELECT * FROM "log" WHERE "truth" IS NOT NULL'
    assert labels.columns.label == "truth"
    assert "(?) the log does not say when a label came" in text


def test_columns_without_a_telling_name_are_guessed_from_their_values_and_marked(
    database: Database, proposed: Proposed
) -> None:
    table = {"a": [f"x{n}" for n in range(N)], "b": [int(t.timestamp()) for t in TIMES], "c": CLASSES}
    text, settings = proposed(database(t=table))
    assert settings.monitors["chatbot"].source.predictions.columns.mapped() == {"id": "a", "at": "b", "predicted": "c"}
    assert text.count("a guess from its values: please check") == 3
    assert text.count("          # CHECK: ") == 3
    assert "Without them traffic, latency, relevance, drift and confidence are watched" in text


@pytest.mark.parametrize(
    ("name", "later", "asked"),
    [
        ("predicted_at", timedelta(hours=1), ""),  # `ts` is a lesser name by far
        ("timestamp", timedelta(seconds=20), ""),  # it says the same
        ("timestamp", timedelta(hours=1), "          # CHECK: at: ts: or timestamp?\n          at: ts\n"),
    ],
)
def test_two_columns_that_fit_nearly_as_well_are_both_named(
    database: Database, proposed: Proposed, name: str, later: timedelta, asked: str
) -> None:
    text, _ = proposed(database(t=_predictions(**{name: [(t + later).isoformat() for t in TIMES]})))
    assert asked in text
    assert bool(asked) == ("CHECK" in text)


def test_a_latency_in_seconds_is_not_taken_for_milliseconds(database: Database, proposed: Proposed) -> None:
    _, settings = proposed(database(predictions=_predictions(latency_seconds=[0.4] * N)))
    latency = settings.monitors["chatbot"].source.predictions.columns.latency_ms
    assert latency == LatencyColumn(column="latency_seconds", unit="s")


def test_a_rare_class_with_a_critical_name_gets_a_floor(database: Database, proposed: Proposed) -> None:
    text, settings = proposed(database(predictions=_predictions(), labels=_labels()))
    assert {n: c.min_recall for n, c in settings.monitors["chatbot"].classes.items()} == {"emergency": 0.80}
    assert "of labels; an incident opens if fewer than 80% of them are recognised" in text


@pytest.mark.parametrize("name", ["non_urgent", "not urgent", "resurgent"])
def test_a_class_that_only_contains_a_critical_word_gets_none(
    database: Database, proposed: Proposed, name: str
) -> None:
    predicted = [c.replace("emergency", name) for c in CLASSES]
    text, settings = proposed(database(predictions=_predictions() | {"predicted": predicted}))
    assert settings.monitors["chatbot"].classes == {}
    assert "Other rare classes" in text


def test_a_folder_of_files_that_grow_by_the_day_becomes_globs(tmp_path: Path, proposed: Proposed) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    for day in (1, 2):
        pq.write_table(pa.table(_predictions() | {"ts": TIMES}), logs / f"predictions-2026-03-0{day}.parquet")
    rows = zip(*_labels().values(), strict=True)
    (logs / "labels.jsonl").write_text("".join(json.dumps(dict(zip(_labels(), r, strict=True))) + "\n" for r in rows))
    (logs / "notes.txt").write_text("mine")
    text, settings = proposed(str(logs))
    source = settings.monitors["chatbot"].source
    assert source.predictions.files == (f"{logs}/predictions*.parquet",)
    assert "files: logs/labels.jsonl" in text
    assert "not read: notes.txt" in text


def test_names_that_yaml_would_misread_are_quoted(database: Database, proposed: Proposed) -> None:
    odd = {"prediction_id": [f"p{n}" for n in range(N)], "ts": [t.isoformat() for t in TIMES], "no: #": CLASSES}
    _, settings = proposed(database(on=odd))
    assert settings.monitors["chatbot"].source.predictions.table == "on"
    assert settings.monitors["chatbot"].source.predictions.columns.predicted == "no: #"


def test_what_is_no_log_is_refused_with_what_was_seen(database: Database) -> None:
    with pytest.raises(SourceError, match=r"no row to look at in users \(id, name\)"):
        propose([database(users={"id": [], "name": []})], NOW)


@pytest.mark.parametrize(
    ("sources", "told"),
    [
        (["nowhere.parquet"], "nowhere.parquet does not exist"),
        (["nowhere*.parquet"], "fits no file"),
        (["sqlite:///nowhere.db"], "there is no database file"),
        (["nowhere.duckdb"], "there is no database file"),
        (["postgresql+psycopg://u:hunter2@127.0.0.1:1/x"], "cannot read the log"),
        (["sqlite:///a.db", "b.csv"], "give one database, or data files, but not both"),
        (["mysql://h/d"], "cannot be read from mysql"),
    ],
)
def test_sources_that_cannot_be_read_say_why(sources: list[str], told: str) -> None:
    with pytest.raises(SourceError) as caught:
        propose(sources, NOW)
    assert told in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_an_empty_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="found no parquet, csv, jsonl files"):
        propose([str(tmp_path)], NOW)


def test_a_password_is_left_out_of_the_file(database: Database, tmp_path: Path) -> None:
    proposal = propose([database(predictions=_predictions())], NOW)
    url = "postgresql+psycopg://bot:hunter2@db/logs"
    text = render(replace(proposal, url=url), tmp_path)
    assert "hunter2" not in text
    assert 'url: "postgresql+psycopg://bot@db/logs"' in text
    assert "TUNEWATCH_MONITORS__CHATBOT__SOURCE__URL" in text


def test_a_file_that_is_there_is_not_overwritten_unless_forced(tmp_path: Path) -> None:
    file = tmp_path / "tunewatch.yaml"
    write("one", file)
    with pytest.raises(ConfigError, match="is there already; --force overwrites it"):
        write("two", file)
    assert file.read_text() == "one"
    write("two", file, force=True)
    assert file.read_text() == "two"


def test_a_proposal_does_not_depend_on_the_order_of_a_hash(database: Database, tmp_path: Path) -> None:
    url = database(predictions=_predictions(), labels=_labels(), more=_predictions())
    program = (
        "from datetime import UTC, datetime; from pathlib import Path;"
        "from monitor.onboarding.initialise import propose, render;"
        f"print(render(propose([{url!r}], datetime(2026, 11, 1, tzinfo=UTC)), Path({str(tmp_path)!r})))"
    )
    texts = {
        subprocess.run(
            [sys.executable, "-c", program], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(texts) == 1
