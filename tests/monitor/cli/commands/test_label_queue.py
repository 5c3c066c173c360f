"""`tunewatch label-queue`: from a log to a file of predictions to label, and back into the figures."""

import csv
import json
import shutil
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from checks.counts.cells import BAND_EDGES
from tests.support.program import Ended, json_lines, run_here, run_process
from tests.support.queue_bots import Counts
from tests.support.queue_weeks import Found, Labelled

START = datetime(2026, 3, 1, tzinfo=UTC)
NOW = START + timedelta(days=7)
AS_OF = ("--as-of", NOW.isoformat())
CONFIG = """\
history: {url: "sqlite:///history.db"}
monitors:
  bot:
    study: {enabled: false}
    source:
      predictions:
        files: predictions.parquet
        columns: {id: id, at: at, predicted: predicted, confidence: confidence, text: text}
      labels:
        files: labels-*.csv
        columns: {id: id, label: label, at: at, inclusion_probability: inclusion_probability}
    classes: {urgent: {min_recall: 0.80}}
"""


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A home with a week of 2,000 predictions, one in twenty with a label, and the true class of each."""
    home = tmp_path_factory.mktemp("week")
    return home, _write_log(home, range(2000), lambda _: 0.05)


@pytest.fixture
def truth(week: tuple[Path, dict[str, str]], tmp_path: Path) -> dict[str, str]:
    """Put that week into the folder of the test; return the true class of each prediction."""
    shutil.copytree(week[0], tmp_path, dirs_exist_ok=True)
    return dict(week[1])


@pytest.fixture
def dried_up(tmp_path: Path) -> dict[str, str]:
    """Write two weeks more, of which six in ten are labelled, before a week without a label."""
    return _write_log(tmp_path, range(-4000, 2000), lambda i: 0.6 if i < 0 else 0.0)


def _write_log(home: Path, numbers: range, labelled: Callable[[int], float]) -> dict[str, str]:
    random, rows, labels, truth = Random(4), [], [], {}
    for i in numbers:
        label, hard = random.choices(["urgent", "card", "other"], [1, 4, 10])[0], random.random() < 0.2
        predicted = random.choice(["card", "other"]) if hard and random.random() < 0.5 else label
        confidence = random.uniform(0.4, 0.9) if hard else random.uniform(0.95, 1)
        at = START + timedelta(minutes=5 * i)
        rows.append({"id": f"p{i}", "at": at, "predicted": predicted, "confidence": confidence, "text": f"words, {i}"})
        truth[f"p{i}"] = label
        if random.random() < labelled(i):
            labels.append({"id": f"p{i}", "label": label, "at": at.isoformat(), "inclusion_probability": ""})
    pq.write_table(pa.Table.from_pylist(rows), home / "predictions.parquet")
    _write_labels(home / "labels-1.csv", labels)
    (home / "tunewatch.yaml").write_text(CONFIG, encoding="utf-8")
    return truth


def _write_labels(file: Path, labels: list[dict[str, Any]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, ["id", "label", "at", "inclusion_probability"])
        writer.writeheader()
        writer.writerows(labels)


def _queue(home: Path, *arguments: str, budget: int = 60, out: str = "queue.csv") -> Ended:
    return run_here("label-queue", "--budget", str(budget), "--out", out, *AS_OF, *arguments, cwd=home)


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def _recall(home: Path) -> dict[str, Any]:
    ended = run_here("once", "--json", *AS_OF, cwd=home)
    lines = (line for line in json_lines(ended.stdout) if line["type"] == "metric" and line["slice"] == "all")
    return next(line for line in lines if (line["metric"], line["class"]) == ("recall", "urgent"))


@pytest.mark.usefixtures("truth")
def test_a_queue_is_written_with_all_that_a_labeller_and_the_estimates_need(tmp_path: Path) -> None:
    ended = _queue(tmp_path)
    rows = _rows(tmp_path / "queue.csv")

    assert (ended.returncode, ended.stdout) == (0, "")
    assert len({row["id"] for row in rows}) == len(rows) == 60
    assert all(0 < float(row["inclusion_probability"]) <= 1 for row in rows)
    assert all(row["text"] == f"words, {row['id'][1:]}" and row["monitor"] == "bot" for row in rows)
    assert {row["reason"] for row in rows} >= {"may be a missed urgent"}
    assert not {row["id"] for row in rows} & {row["id"] for row in _rows(tmp_path / "labels-1.csv")}
    assert "recall of urgent: 95% interval now" in ended.stderr
    assert "words" not in ended.stderr


@pytest.mark.usefixtures("truth")
def test_the_same_window_gives_the_same_queue(tmp_path: Path) -> None:
    _queue(tmp_path, out="one.jsonl")
    _queue(tmp_path, out="two.jsonl")

    assert (tmp_path / "one.jsonl").read_text() == (tmp_path / "two.jsonl").read_text()
    assert len(json_lines((tmp_path / "one.jsonl").read_text())) == 60


@pytest.mark.usefixtures("truth")
def test_json_is_what_label_studio_imports_and_has_no_text_where_none_is_wanted(tmp_path: Path) -> None:
    _queue(tmp_path, out="with.json")
    _queue(tmp_path, "--no-text", "--format", "label-studio", out="without.txt")
    tasks, bare = (json.loads((tmp_path / name).read_text()) for name in ("with.json", "without.txt"))

    assert [set(task) for task in tasks] == [{"data"}] * 60
    assert tasks[0]["data"]["text"].startswith("words")
    assert {key for task in tasks for key in task["data"]} - {key for task in bare for key in task["data"]} == {"text"}


def _annotated(task: dict[str, Any], label: str) -> dict[str, Any]:
    """A task as Label Studio exports it once somebody has chosen a class."""
    choice = {"from_name": "intent", "to_name": "text", "type": "choices", "value": {"choices": [label]}}
    done = {"id": 1, "completed_by": 1, "result": [choice], "was_cancelled": False, "updated_at": NOW.isoformat()}
    return {"id": 1, **task, "annotations": [done], "predictions": []}


def test_what_label_studio_exports_of_a_queue_is_a_label_log_as_it_is(tmp_path: Path, truth: dict[str, str]) -> None:
    _queue(tmp_path, budget=300, out="tasks.json")
    tasks = json.loads((tmp_path / "tasks.json").read_text())
    export = [_annotated(task, truth[task["data"]["id"]]) for task in tasks]
    (tmp_path / "export.json").write_text(json.dumps(export), encoding="utf-8")
    (tmp_path / "labels-1.csv").unlink()
    by_hand = [
        {
            "id": task["data"]["id"],
            "label": truth[task["data"]["id"]],
            "at": NOW.isoformat(),
            "inclusion_probability": task["data"]["inclusion_probability"],
        }
        for task in tasks
    ]
    _write_labels(tmp_path / "labels-2.csv", by_hand)
    expected = _recall(tmp_path)

    studio = "labels: {system: label-studio, files: export.json, where: {name: intent}}\n"
    head, rest = CONFIG.split("labels:")
    (tmp_path / "tunewatch.yaml").write_text(head + studio + "    classes" + rest.split("    classes")[1])
    (tmp_path / "history.db").unlink()
    found = _recall(tmp_path)
    assert expected["n"] > 0
    assert {name: found[name] for name in ("value", "low", "high", "n")} == {
        name: expected[name] for name in ("value", "low", "high", "n")
    }


def test_labels_that_come_back_with_their_probability_narrow_the_interval(
    tmp_path: Path, truth: dict[str, str]
) -> None:
    before = _recall(tmp_path)
    _queue(tmp_path, budget=300)
    returned = [
        {"id": row["id"], "label": truth[row["id"]], "at": NOW.isoformat(), "inclusion_probability": chance}
        for row in _rows(tmp_path / "queue.csv")
        if (chance := row["inclusion_probability"])
    ]
    _write_labels(tmp_path / "labels-2.csv", returned)
    after = _recall(tmp_path)

    assert after["n_labelled"] > before["n_labelled"]
    assert after["high"] - after["low"] < 0.8 * (before["high"] - before["low"])
    predicted = {row["id"]: row["predicted"] for row in pq.read_table(tmp_path / "predictions.parquet").to_pylist()}
    urgent = [key for key, label in truth.items() if label == "urgent"]
    assert after["low"] < sum(predicted[key] == "urgent" for key in urgent) / len(urgent) < after["high"]


def test_after_labelled_weeks_the_queue_tells_the_truth_from_its_own_labels_alone(
    tmp_path: Path, dried_up: dict[str, str]
) -> None:
    _queue(tmp_path, budget=120)
    rows = [
        {"id": row["id"], "label": dried_up[row["id"]], "at": NOW.isoformat(), "inclusion_probability": chance}
        for row in _rows(tmp_path / "queue.csv")
        if (chance := row["inclusion_probability"])
    ]
    _write_labels(tmp_path / "labels-2.csv", rows)
    found = _recall(tmp_path)

    predicted = {row["id"]: row["predicted"] for row in pq.read_table(tmp_path / "predictions.parquet").to_pylist()}
    urgent = [key for key, label in dried_up.items() if label == "urgent"]
    recall = sum(predicted[key] == "urgent" for key in urgent) / len(urgent)
    assert found["low"] < recall < found["high"]


def _week(random: np.random.Generator, size: int) -> Counts:
    """So many predictions like those of the log, by predicted class, truth and confidence band."""
    truth = random.choice(["urgent", "card", "other"], size, p=[1 / 15, 4 / 15, 10 / 15])
    hard = random.random(size) < 0.2
    guessed = hard & (random.random(size) < 0.5)
    predicted = np.where(guessed, random.choice(["card", "other"], size), truth)
    confidence = np.where(hard, random.uniform(0.4, 0.9, size), random.uniform(0.95, 1, size))
    bands = np.searchsorted(BAND_EDGES, confidence, side="right")
    return Counter(zip(predicted.tolist(), truth.tolist(), bands.tolist(), strict=True))


def test_labels_of_a_queue_tell_more_than_as_many_at_random() -> None:
    """Over 200 weeks like that of the log; that one of them is narrower is by chance."""
    dried_up = Labelled(_week, earlier=_week, budget=120, size=2000)
    recall = dried_up.truths(seed=1)["recall"]
    queue, random = (
        Found.of((week.recall("urgent") for week in weeks), recall)
        for weeks in (dried_up.from_queue(seed=2, count=200), dried_up.at_random(seed=2, count=200))
    )
    assert queue.untold == 0
    assert queue.coverage >= 0.93
    assert queue.width < 0.9 * random.width
    assert abs(queue.bias) < 0.02


def test_without_a_critical_class_every_class_counts(tmp_path: Path, truth: dict[str, str]) -> None:
    file = tmp_path / "tunewatch.yaml"
    file.write_text(file.read_text().replace("    classes: {urgent: {min_recall: 0.80}}\n", ""))
    ended = _queue(tmp_path)

    assert all(f"recall of {name}:" in ended.stderr for name in set(truth.values()))
    assert "no critical class is configured" in ended.stderr


@pytest.mark.usefixtures("truth")
def test_a_file_that_is_there_is_only_overwritten_by_force(tmp_path: Path) -> None:
    (tmp_path / "queue.csv").write_text("mine")
    refused = _queue(tmp_path)
    assert (refused.returncode, (tmp_path / "queue.csv").read_text()) == (2, "mine")
    assert "--force overwrites it" in refused.stderr
    assert _queue(tmp_path, "--force").returncode == 0


def test_when_nothing_is_left_to_label_it_says_so(tmp_path: Path, truth: dict[str, str]) -> None:
    everything = [{"id": key, "label": label, "at": NOW.isoformat()} for key, label in truth.items()]
    _write_labels(tmp_path / "labels-2.csv", everything)
    ended = _queue(tmp_path)

    assert ended.returncode == 2
    assert "is labelled already" in ended.stderr
    assert not (tmp_path / "queue.csv").exists()


@pytest.mark.usefixtures("truth")
def test_wrong_usage_is_told(tmp_path: Path) -> None:
    cases = {
        ("--budget", "0"): "0 is not in the range",
        ("--out", "queue.txt"): "says no format",
        ("--monitor", "bit"): "there is bot",
        ("--as-of", "2020-01-01"): "no predictions in the current window",
        ("--out", "nowhere/queue.csv"): "cannot be written",
    }
    for arguments, said in cases.items():
        ended = _queue(tmp_path, *arguments)
        assert ended.returncode == 2, arguments
        assert said in ended.stderr


@pytest.mark.usefixtures("truth")
def test_a_budget_for_more_than_there_is_takes_all_and_a_dash_prints_it(tmp_path: Path) -> None:
    ended = run_process(
        "label-queue", "--budget", "9999", "--out", "-", "--format", "jsonl", *AS_OF, "--monitor", "bot", cwd=tmp_path
    )
    lines = json_lines(ended.stdout)

    assert ended.returncode == 0, ended.stderr
    assert len(lines) == 2000 - len(_rows(tmp_path / "labels-1.csv"))
    assert {line["inclusion_probability"] for line in lines} == {1.0}
    assert "have no label, so all of them are chosen" in ended.stderr


def _personal(home: Path) -> None:
    """Give the predictions messages and ids as people and attackers write them."""
    rows = pq.read_table(home / "predictions.parquet").to_pylist()
    texts = ("my card is 4111 1111 1111 1111", "call +49 30 901820, mail a@b.example", "=cmd|' /C calc'!A0", "-1+1")
    for i, row in enumerate(rows):
        row["text"] = texts[i % len(texts)]
        row["id"] = (f"-b64_{i}", f"=id({i})")[i % 2]
    pq.write_table(pa.Table.from_pylist(rows), home / "predictions.parquet")


@pytest.mark.usefixtures("truth")
@pytest.mark.parametrize("out", ["queue.csv", "queue.jsonl", "queue.json"])
def test_personal_data_is_taken_out_and_nobody_else_can_read_the_file(tmp_path: Path, out: str) -> None:
    _personal(tmp_path)
    ended = _queue(tmp_path, out=out)
    written = (tmp_path / out).read_text()

    assert ended.returncode == 0, ended.stderr
    assert (tmp_path / out).stat().st_mode & 0o777 == 0o600
    assert "4111" not in written
    assert "901820" not in written
    assert "a@b" not in written
    assert "my card is [CARD]" in written
    assert "taken out of the messages" in ended.stderr


@pytest.mark.usefixtures("truth")
def test_personal_data_stays_only_where_that_is_said(tmp_path: Path) -> None:
    _personal(tmp_path)
    ended = _queue(tmp_path, "--no-scrub")

    assert "4111 1111 1111 1111" in (tmp_path / "queue.csv").read_text()
    assert "personal data was left" in ended.stderr


@pytest.mark.usefixtures("truth")
def test_no_cell_is_a_formula_and_ids_that_cannot_be_one_come_back_as_they_were(tmp_path: Path) -> None:
    _personal(tmp_path)
    ended = _queue(tmp_path)
    rows = _rows(tmp_path / "queue.csv")

    assert not [row for row in rows if row["text"].startswith(("=", "-", "+", "@"))]
    assert {row["id"][:5] for row in rows} == {"-b64_", "'=id("}
    assert "ids begin like a spreadsheet's formula" in ended.stderr
    (tmp_path / "queue.csv").chmod(0o644)
    assert _queue(tmp_path, "--force").returncode == 0
    assert (tmp_path / "queue.csv").stat().st_mode & 0o777 == 0o600
