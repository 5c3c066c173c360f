"""`tunewatch export label-audit`: the labels most worth checking."""

import csv
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from monitor.actions.label_audit.doubts import Doubt, Reason, find_doubts
from monitor.actions.material import gather
from monitor.common.personal import as_it_is
from tests.support.program import Ended, run_here
from tests.support.triage_log import END, START, Row, message, rows, write

AS_OF = ("--as-of", END.isoformat())


def _doubts(*changes: tuple[int, dict[str, Any]]) -> dict[str, Doubt]:
    """Doubts about the generated labels, some of which are changed."""
    changed = dict(changes)
    made = [
        message(row.text, id=f"m{i}", at=row.at, labelled_at=row.at, **{"label": row.label, **changed.get(i, {})})
        for i, row in enumerate(rows()[:500])
    ]
    material = gather(made, END, as_it_is)
    return {doubt.message.row.id: doubt for doubt in find_doubts(material.messages, frozenset())}


def test_a_wrong_label_is_doubted_and_the_right_one_suggested() -> None:
    wrong = [i for i, row in enumerate(rows()[:500]) if row.label == "urgent"][:10]
    doubts = _doubts(*((i, {"label": "transfer"}) for i in wrong))
    found = [doubts[f"m{i}"] for i in wrong if f"m{i}" in doubts]

    assert len(found) >= 5  # an error of less than usual sureness is let go
    assert sum(Reason.CLASSIFIER_DISAGREES in doubt.reasons for doubt in found) >= 4
    assert {doubt.suggested for doubt in found} == {"urgent"}
    assert len(doubts) < 30


def test_labels_of_the_same_text_that_contradict_each_other_are_doubted() -> None:
    texts = [row.text for row in rows()[:500]]
    again = next(i for i, text in enumerate(texts) if text in texts[:i])
    doubts = _doubts((again, {"label": "other"}))
    assert any(Reason.CONTRADICTED in doubt.reasons for doubt in doubts.values())


def test_a_corrected_label_and_one_that_two_people_gave_differently_are_told_apart() -> None:
    doubts = _doubts((3, {"labels": 2, "labellers": 1}), (4, {"labels": 2, "labellers": 2}), (5, {"labellers": 2}))

    assert Reason.CORRECTED in doubts["m3"].reasons
    assert Reason.LABELLERS_DISAGREE in doubts["m4"].reasons
    assert "m5" not in doubts or Reason.LABELLERS_DISAGREE not in doubts["m5"].reasons


def test_a_few_labels_are_too_few_for_a_classifier_but_not_for_the_rest() -> None:
    made = [message("my card", at=START), message("my card", "other", id="x", at=START + timedelta(hours=1))]
    doubts = find_doubts(gather(made, END, as_it_is).messages, frozenset())
    assert [doubt.reasons for doubt in doubts] == [(Reason.CONTRADICTED,)] * 2


@pytest.fixture
def audited(home: Path) -> Path:
    """Write a log in which one early label in a hundred is wrong, and audit it."""
    made = [
        replace(row, label="transfer") if i % 100 == 7 and row.label == "card" else row for i, row in enumerate(rows())
    ]
    write(home, made)
    assert _audit(home).returncode == 0
    return home / "audit"


def _is_wrong(place: int, row: Row) -> bool:
    return place % 100 == 7 and row.label == "card"


def _audit(home: Path, *arguments: str) -> Ended:
    return run_here("export", "label-audit", "quality", "--out", "audit", *AS_OF, *arguments, cwd=home)


def test_the_folder_is_what_label_studio_imports(audited: Path) -> None:
    tasks = json.loads((audited / "label-studio.json").read_text(encoding="utf-8"))
    interface = ET.parse(audited / "labeling-config.xml")  # noqa: S314 - our own file

    assert [set(task) for task in tasks] == [{"data"}] * len(tasks)
    assert {choice.get("value") for choice in interface.iter("Choice")} == {"urgent", "card", "transfer"}
    assert interface.find("Text").get("value") == "$text"  # type: ignore[union-attr]


def test_the_table_has_the_same_rows_and_wrong_labels_are_among_them(audited: Path) -> None:
    tasks = json.loads((audited / "label-studio.json").read_text(encoding="utf-8"))
    with (audited / "labels.csv").open(encoding="utf-8", newline="") as opened:
        table = list(csv.DictReader(opened))
    wrong = {f"m{i}" for i, row in enumerate(rows()) if _is_wrong(i, row)}

    assert [row["id"] for row in table] == [task["data"]["id"] for task in tasks]
    assert {row["id"] for row in table} & wrong


def test_what_is_held_out_is_not_listed(home: Path) -> None:
    run_here("export", "finetune", "bot", "--format", "hf", "--out", "data", *AS_OF, cwd=home)
    write(home, rows(), [{"id": f"m{i}", "label": "other", "at": END, "who": "bob"} for i in range(0, 1000, 9)])
    _audit(home, "--budget", "1000")
    tasks = json.loads((home / "audit" / "label-studio.json").read_text(encoding="utf-8"))
    test = {json.loads(line)["text"] for line in (home / "data" / "test.jsonl").read_text().splitlines()}

    assert len(tasks) > 50
    assert not {task["data"]["text"] for task in tasks} & test
    assert {"labellers_disagree"} <= {reason for task in tasks for reason in task["data"]["reasons"].split()}


def test_the_budget_bounds_the_list(home: Path) -> None:
    write(home, rows(), [{"id": f"m{i}", "label": "other", "at": END, "who": "bob"} for i in range(0, 1000, 9)])
    ended = _audit(home, "--budget", "3")
    assert "3 of " in ended.stderr
    assert len(json.loads((home / "audit" / "label-studio.json").read_text())) == 3
