"""Hand-made logs, each with a column that must not be taken for what its name says."""

import csv
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from monitor.onboarding.initialise import Proposal, propose, render
from tests.monitor.onboarding.initialise.conftest import NOW
from tests.support.program import run_here

N: Final = 300
START: Final = datetime(2026, 3, 1, tzinfo=UTC)
CLASSES: Final = ("billing", "delivery", "other", "urgent")

Make = Callable[[int], Any]


def _table(file: Path, rows: int, /, **columns: Make) -> str:
    with file.open("w", newline="", encoding="utf-8") as opened:
        written = csv.writer(opened)
        written.writerow(columns)
        written.writerows([make(n) for make in columns.values()] for n in range(rows))
    return str(file)


def _at(n: int, hours: float = 0) -> str:
    return (START + timedelta(minutes=20 * n, hours=hours)).isoformat()


def _predictions(folder: Path, rows: int = N, /, **more: Make) -> str:
    usual = {"id": lambda n: f"m{n}", "at": _at, "intent": lambda n: CLASSES[n % 4]}
    return _table(folder / "predictions.csv", rows, **(usual | more))


def _labels(folder: Path, rows: int = N, /, **more: Make) -> str:
    def truth(n: int) -> str:
        return CLASSES[(n + (n % 10 == 0)) % 4]

    usual = {"id": lambda n: f"m{n}", "label": truth, "labelled_at": lambda n: _at(n, hours=18)}
    return _table(folder / "labels.csv", rows, **(usual | more))


def _columns(proposal: Proposal, folder: Path, role: str = "predictions") -> dict[str, Any]:
    monitor = yaml.safe_load(render(proposal, folder))["monitors"]["chatbot"]
    columns: dict[str, Any] = monitor["source"][role]["columns"]
    return columns


def _said(proposal: Proposal) -> str:
    return "\n".join(f"{each.key}: {each.sentence}" for each in proposal.to_check)


def test_a_log_without_a_trap_leaves_nothing_to_check(tmp_path: Path) -> None:
    sources = [_predictions(tmp_path), _labels(tmp_path)]

    proposal = propose(sources, NOW)

    assert proposal.to_check == ()
    assert len(proposal.trial.examples) == 5
    assert sum(each.label != each.predicted for each in proposal.trial.examples) == 3
    assert proposal.trial.examples[0].text == ""


TRAPS: Final[dict[str, tuple[dict[str, Make], str, str]]] = {
    "a constant": ({"intent": lambda _: "prj-1"}, "predicted", "intent: all of its 300 rows say 'prj-1'"),
    "answers": ({"intent": lambda n: f"Dear Sir, {n}"}, "predicted", "intent: 300 different values in 300 rows"),
    "a time that is half empty": ({"at": lambda n: _at(n) if n % 2 else ""}, "at", "at: 50% of its rows are empty"),
    "no time at all": ({"at": lambda n: f"monday {n}"}, "at", "at: it holds values such as 'monday 0'; a time is"),
    "an empty class": ({"intent": lambda _: ""}, "predicted", "intent: it is empty"),
}


@pytest.mark.parametrize("trap", TRAPS)
def test_a_trap_is_left_open_and_told_with_what_was_looked_for(tmp_path: Path, trap: str) -> None:
    columns, meaning, says = TRAPS[trap]
    sources = [_predictions(tmp_path, **columns), _labels(tmp_path)]

    proposal = propose(sources, NOW)

    assert _columns(proposal, tmp_path).get(meaning) is None
    assert _columns(proposal, tmp_path)["id"] == "id"
    assert f"source.predictions.columns.{meaning}: not " in _said(proposal)
    assert says in _said(proposal)


@pytest.mark.parametrize(
    ("latency", "unit", "says"),
    [
        (lambda n: 0.4 + n / 1000, "s", "latency: half of its values are under 0.55, so taken for seconds; are they?"),
        (lambda n: 7e5 + n, "us", "latency: half of its values are over 700,150, so taken for microseconds; are they?"),
        (lambda n: 7e8 + n, "ns", "so taken for nanoseconds; are they?"),
    ],
)
def test_a_latency_in_another_unit_is_proposed_in_it_and_asked_about(
    tmp_path: Path, latency: Make, unit: str, says: str
) -> None:
    proposal = propose([_predictions(tmp_path, latency=latency)], NOW)

    assert _columns(proposal, tmp_path)["latency"] == {"column": "latency", "unit": unit}
    assert says in _said(proposal)
    assert proposal.trial.survey
    assert proposal.trial.survey.latency_p50 == pytest.approx(700 if unit != "s" else 550, rel=0.02)


@pytest.mark.parametrize("name", ["latency_seconds", "durationSec"])
def test_a_unit_that_the_name_says_is_taken(tmp_path: Path, name: str) -> None:
    proposal = propose([_predictions(tmp_path, **{name: lambda n: 40 + n})], NOW)

    assert _columns(proposal, tmp_path)["latency"] == {"column": name, "unit": "s"}
    assert proposal.to_check == ()


def test_confidences_in_percent_are_read_as_such(tmp_path: Path) -> None:
    proposal = propose([_predictions(tmp_path, confidence=lambda n: 60 + n % 40)], NOW)

    assert _columns(proposal, tmp_path)["confidence"] == {"column": "confidence", "unit": "percent"}
    assert proposal.to_check == ()


def test_a_class_inside_json_is_found_by_its_path(tmp_path: Path) -> None:
    output = {"output": lambda n: json.dumps({"reply": f"Dear {n}", "intent": CLASSES[n % 4], "confidence": 0.5})}
    table = {"id": lambda n: f"m{n}", "at": _at, **output}
    proposal = propose([_table(tmp_path / "predictions.csv", N, **table), _labels(tmp_path)], NOW)

    columns = _columns(proposal, tmp_path)
    assert (columns["predicted"], columns["confidence"]) == ("output.intent", "output.confidence")
    assert proposal.to_check == ()
    assert set(proposal.classes) == set(CLASSES)


def test_ids_that_join_nothing_are_no_ids(tmp_path: Path) -> None:
    sources = [_predictions(tmp_path), _labels(tmp_path, id=lambda n: f"score-{n}")]

    proposal = propose(sources, NOW)

    assert _columns(proposal, tmp_path, "labels") == {"id": None, "label": "label", "at": "labelled_at"}
    assert "Not taken: id: 0% of its values tried are ids of predictions ('score-0' here, 'm0' in id there)" in _said(
        proposal
    )


def test_the_ids_that_join_are_found_whatever_they_are_called(tmp_path: Path) -> None:
    sources = [
        _predictions(tmp_path, id=lambda n: f"row-{n}", ticket=lambda n: f"t{n}"),
        _labels(tmp_path, id=lambda n: f"score-{n}", about=lambda n: f"t{n}"),
    ]

    proposal = propose(sources, NOW)

    assert _columns(proposal, tmp_path)["id"] == "ticket"
    assert _columns(proposal, tmp_path, "labels")["id"] == "about"
    assert proposal.share_found == 1.0


def test_ids_that_join_seldom_are_asked_about(tmp_path: Path) -> None:
    sources = [_predictions(tmp_path), _labels(tmp_path, id=lambda n: f"m{n}" if n % 5 == 0 else f"x{n}")]

    assert "source.labels.columns.id: id: only 20% of the label ids tried" in _said(propose(sources, NOW))


def test_labels_that_share_no_class_with_the_predictions_are_told(tmp_path: Path) -> None:
    sources = [_predictions(tmp_path), _labels(tmp_path, label=lambda n: "yes" if n % 2 else "no")]

    assert "no class of the labels is ever predicted: they say 'no', 'yes'" in _said(propose(sources, NOW))


def test_a_wide_table_has_its_labels_where_they_are_filled(tmp_path: Path) -> None:
    source = _predictions(
        tmp_path,
        truth=lambda n: CLASSES[(n + (n % 20 == 0)) % 4] if n % 2 == 0 else "",
        truth_at=lambda n: _at(n, 5) if n % 2 == 0 else "",
    )

    proposal = propose([source], NOW)

    assert proposal.to_check == ()
    assert _columns(proposal, tmp_path, "labels") == {"id": "id", "label": "truth", "at": "truth_at"}
    assert proposal.trial.survey
    assert (proposal.trial.survey.labelled, proposal.trial.survey.agreeing) == (150, 135)


def test_predictions_alone_are_no_doubt(tmp_path: Path) -> None:
    proposal = propose([_predictions(tmp_path)], NOW)

    assert (proposal.labels, proposal.to_check) == (None, ())


def test_a_file_that_is_no_log_is_told_with_what_it_lacks(tmp_path: Path) -> None:
    users = _table(tmp_path / "users.csv", N, name=lambda n: f"Ann {n}", city=lambda n: ("Bonn", "Ulm")[n % 2])

    proposal = propose([_predictions(tmp_path), users], NOW)

    assert "source.labels.columns.id: not found in" in _said(proposal)
    assert proposal.labels


def test_an_empty_file_has_nothing_to_propose(tmp_path: Path) -> None:
    said = _said(propose([_predictions(tmp_path), _labels(tmp_path, 0)], NOW))
    assert said.endswith("labels.csv has no rows yet")


@pytest.mark.parametrize("rows", [1, 2])
def test_a_row_or_two_are_too_few_to_name_a_class(tmp_path: Path, rows: int) -> None:
    proposal = propose([_predictions(tmp_path, rows, intent=lambda _: "billing")], NOW)

    assert f"intent: all of its {rows} rows say 'billing'" in _said(proposal)


def test_a_class_that_comes_late_in_the_log_is_seen(tmp_path: Path) -> None:
    proposal = propose([_predictions(tmp_path, 2_000, intent=lambda n: "other" if n < 1_000 else "urgent")], NOW)

    assert proposal.to_check == ()


def test_what_is_in_doubt_ends_with_2_and_is_written_all_the_same(tmp_path: Path) -> None:
    _predictions(tmp_path, intent=lambda _: "prj-1", text=lambda n: f"write to ann{n}@example.org")
    _labels(tmp_path)

    ended = run_here("init", "predictions.csv", "labels.csv", cwd=tmp_path)
    refused = run_here("validate", cwd=tmp_path)

    assert ended.returncode == 2, ended.stderr
    assert "predicted   NOT FOUND" in ended.stderr
    assert "it is not to be used yet: mend what is marked with CHECK" in ended.stderr
    assert "          # CHECK: predicted: not found" in (tmp_path / "tunewatch.yaml").read_text()
    assert refused.returncode == 2
    assert "monitors.chatbot.source.predictions.columns.predicted" in refused.stderr


def test_joined_rows_are_shown_in_words_without_personal_data(tmp_path: Path) -> None:
    _predictions(tmp_path, text=lambda n: f"write to ann{n}@example.org")
    _labels(tmp_path)

    ended = run_here("init", "predictions.csv", "labels.csv", cwd=tmp_path)
    again = run_here("init", "predictions.csv", "labels.csv", cwd=tmp_path)
    rows = [line for line in ended.stderr.splitlines() if "was predicted" in line]

    assert ended.returncode == 0, ended.stderr
    assert len(rows) == 5
    assert all("message “write to [EMAIL]” was predicted" in line and line.endswith(", 18 h later") for line in rows)
    assert sum("and labelled so" in line for line in rows) == 2
    assert again.returncode == 2
    assert "is there already; --force overwrites it" in again.stderr
