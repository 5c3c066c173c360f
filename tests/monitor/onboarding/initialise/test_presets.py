"""Logs that a system is known to have written: its mapping is proposed, and what it asks is found in the rows."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from monitor.bootstrap.configuration import load
from monitor.log.prediction_log import open_log
from monitor.onboarding.initialise import Proposal, propose, questions, render, summary
from tests.monitor.onboarding.initialise.conftest import NOW

START: Final = datetime(2026, 3, 1, tzinfo=UTC)
CLASSES: Final = ("billing", "delivery", "other", "urgent")
N: Final = 300


def _at(n: int, hours: float = 0) -> str:
    return f"{START + timedelta(minutes=20 * n, hours=hours):%Y-%m-%d %H:%M:%S.%f}"


def _observation(n: int) -> dict[str, Any]:
    return {
        "id": f"o{n}",
        "trace_id": f"t{n}",
        "project_id": "prj-1",
        "environment": "production",
        "type": "GENERATION",
        "start_time": _at(n),
        "end_time": _at(n, 0.001),
        "name": "triage",
        "input": json.dumps([{"role": "user", "content": f"please help me, {n}"}]),
        "output": json.dumps({"intent": CLASSES[n % 4], "reply": f"Dear customer {n}"}),
        "provided_model_name": "m1",
        "prompt_name": "triage",
        "prompt_version": 3,
        "usage_details": {"input": 400, "output": 20},
        "latency": 0.6,
        "updated_at": _at(n, 0.001),
    }


def _score(n: int, name: str = "true_intent", value: str | None = None) -> dict[str, Any]:
    return {
        "id": f"{name}{n}",
        "timestamp": _at(n, 18),
        "project_id": "prj-1",
        "trace_id": f"t{n}",
        "observation_id": f"o{n}",
        "name": name,
        "value": 0,
        "source": "ANNOTATION",
        "data_type": "CATEGORICAL",
        "string_value": value or CLASSES[(n + (n % 10 == 0)) % 4],
        "updated_at": _at(n, 18),
    }


def _write(
    folder: Path, scores: list[dict[str, Any]], change: Callable[[dict[str, Any]], Any] = lambda _: None
) -> None:
    rows = [_observation(n) for n in range(N)]
    for row in rows:
        change(row)
    for name, each in (("observations", rows), ("scores", scores)):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in each))


def _propose(folder: Path) -> Proposal:
    return propose([str(folder / "observations.jsonl"), str(folder / "scores.jsonl")], NOW)


def _source(proposal: Proposal, folder: Path) -> dict[str, Any]:
    source: dict[str, Any] = yaml.safe_load(render(proposal, folder))["monitors"]["chatbot"]["source"]
    return source


def test_an_export_of_langfuse_gets_its_mapping_with_the_class_inside_the_answer(tmp_path: Path) -> None:
    _write(tmp_path, [_score(n) for n in range(N)])

    proposal = _propose(tmp_path)

    assert proposal.to_check == ()
    assert _source(proposal, tmp_path) == {
        "predictions": {"system": "langfuse", "files": "observations.jsonl", "columns": {"predicted": "output.intent"}},
        "labels": {"system": "langfuse", "files": "scores.jsonl", "where": {"name": "true_intent"}},
    }
    said = "\n".join(summary(proposal, str))
    assert "observations.jsonl is taken for Langfuse's prediction log: 300 predictions" in said
    assert "message “please help me, " in said


def test_what_is_written_is_read_to_the_right_figures(tmp_path: Path) -> None:
    _write(tmp_path, [_score(n) for n in range(N)])
    file = tmp_path / "tunewatch.yaml"
    file.write_text(render(_propose(tmp_path), tmp_path))

    source = load(file, environ={}).monitors["chatbot"].source
    log = open_log(source, bucket=timedelta(hours=1), segments=(), key="monitors.chatbot.source")
    survey = log.survey(NOW)
    log.close()

    assert (survey.rows, survey.labelled, survey.agreeing) == (300, 300, 270)
    assert survey.latency_p50 == pytest.approx(600, rel=0.02)


def test_of_several_scores_the_one_that_sounds_like_a_label_is_taken_and_asked_about(tmp_path: Path) -> None:
    scores = [_score(n) for n in range(100)] + [_score(n, "tone", ("kind", "curt")[n % 2]) for n in range(N)]
    _write(tmp_path, scores)

    proposal = _propose(tmp_path)

    (check,) = proposal.to_check
    assert check.key == "source.labels.where.name"
    assert "There are tone (300 rows), true_intent (100 rows)" in check.sentence
    assert _source(proposal, tmp_path)["labels"]["where"] == {"name": "true_intent"}
    (question,) = questions(proposal)
    assert question.answer("1") == "tone"
    said = propose(
        [str(tmp_path / "observations.jsonl"), str(tmp_path / "scores.jsonl")], NOW, {"labels": {"where.name": "tone"}}
    )
    assert "no class of the labels is ever predicted: they say 'curt', 'kind'" in said.to_check[0].sentence


def test_a_class_that_is_nowhere_in_the_answer_is_left_open(tmp_path: Path) -> None:
    _write(tmp_path, [_score(n) for n in range(N)], lambda row: row.update(output=f"Dear customer {row['id']}"))

    proposal = _propose(tmp_path)

    (check,) = proposal.to_check
    assert check.key == "source.predictions.columns.predicted"
    assert "the class within the answer, such as output.intent" in check.sentence
    assert _source(proposal, tmp_path)["predictions"]["columns"] == {"predicted": None}


def test_an_answer_that_is_all_class_is_the_class(tmp_path: Path) -> None:
    _write(tmp_path, [_score(n) for n in range(N)], lambda row: row.update(output=json.loads(row["output"])["intent"]))

    proposal = _propose(tmp_path)

    assert proposal.to_check == ()
    assert _source(proposal, tmp_path)["predictions"]["columns"] == {"predicted": "output"}


def test_exports_that_are_json_arrays_are_read_side_by_side(tmp_path: Path) -> None:
    _write(tmp_path, [_score(n) for n in range(N)])
    files = []
    for name in ("observations", "scores"):
        lines = (tmp_path / f"{name}.jsonl").read_text().splitlines()
        files.append(tmp_path / f"{name}.json")
        files[-1].write_text(json.dumps([json.loads(line) for line in lines]))

    proposal = propose([str(file) for file in files], NOW)

    assert proposal.to_check == ()
    assert proposal.trial.survey
    assert proposal.trial.survey.agreeing == 270


def test_a_class_that_lies_deep_in_the_answer_is_found_and_asked_about(tmp_path: Path) -> None:
    def deeper(row: dict[str, Any]) -> None:
        answer = {"choices": [{"message": {"content": json.loads(row["output"])["intent"]}}], "model": "m1"}
        row.update(output=json.dumps(answer))

    _write(tmp_path, [_score(n) for n in range(N)], deeper)

    proposal = _propose(tmp_path)

    assert _source(proposal, tmp_path)["predictions"]["columns"] == {"predicted": "output.choices[0].message.content"}
    assert [each.sentence for each in proposal.to_check] == [
        "output.choices[0].message.content: a guess from its values: please check"
    ]
