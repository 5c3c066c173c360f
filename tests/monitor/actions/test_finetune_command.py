"""`tunewatch export finetune`: training data for any provider."""

import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from monitor.actions.finetune.formats import FORMATS
from tests.support.program import Ended, run_here
from tests.support.triage_log import END, PROMPT, START, Row, rows, write

AS_OF = ("--as-of", END.isoformat())


def _export(home: Path, *arguments: str, form: str = "hf", out: str = "data") -> Ended:
    return run_here("export", "finetune", "bot", "--format", form, "--out", out, *AS_OF, *arguments, cwd=home)


def _manifest(home: Path, out: str = "data") -> dict[str, Any]:
    read = json.loads((home / out / "manifest.json").read_text(encoding="utf-8"))
    assert isinstance(read, dict)
    return read


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_written_and_its_parts_share_nothing(home: Path, name: str) -> None:
    ended = _export(home, form=name)
    manifest = _manifest(home)
    form = FORMATS[name]
    read = {
        split: form.read((home / "data" / f"{split}{form.suffix}").read_bytes().decode(), manifest["labels"])
        for split in ("train", "validation", "test")
    }

    assert (ended.returncode, ended.stdout) == (0, "")
    assert [(each["exact"], each["near"]) for each in manifest["overlap"]] == [(0, 0)] * 3
    assert {split: len(part) for split, part in read.items()} == {
        split: counts["all"] for split, counts in manifest["counts"].items()
    }
    assert {each.label for each in read["train"]} == {"urgent", "card", "transfer"}
    assert (PROMPT in (home / "data" / f"train{form.suffix}").read_text(encoding="utf-8")) == form.takes_prompt


def test_the_same_log_gives_the_same_bytes(home: Path) -> None:
    _export(home, out="one")
    _export(home, out="two")
    one, two = ({each.name: each.read_bytes() for each in (home / name).iterdir()} for name in ("one", "two"))
    assert one == two


def test_what_is_held_out_stays_so_until_it_is_asked_for_anew(home: Path) -> None:
    _export(home, out="one")
    write(home, [*rows(), *(_later(row) for row in rows(seed=2)[:300])])
    later = ("--as-of", "2026-06-01")
    _export(home, *later, out="two")
    _export(home, *later, "--new-holdout", out="three")
    since = [_manifest(home, out)["holdout"]["since"] for out in ("one", "two", "three")]

    assert since[0] == since[1] < since[2]
    assert not _texts(home, "one", "test") & _texts(home, "two", "train", "validation")
    _export(home, *later, "--holdout-from", since[0], out="four")
    assert _manifest(home, "four")["holdout"] == _manifest(home, "two")["holdout"]


def _later(row: Row) -> Row:
    return replace(row, at=row.at + (END - START), text=f"{row.text} later", prompt="p2")


def _texts(home: Path, out: str, *splits: str) -> set[str]:
    lines = (line for split in splits for line in (home / out / f"{split}.jsonl").read_text().splitlines())
    return {json.loads(line)["text"] for line in lines}


def test_every_line_can_be_traced_to_its_prediction(home: Path) -> None:
    _export(home)
    with (home / "data" / "rows.csv").open(encoding="utf-8", newline="") as opened:
        traced = [row for row in csv.DictReader(opened) if row["split"] == "train"]
    lines = [json.loads(line) for line in (home / "data" / "train.jsonl").read_text().splitlines()]
    made = rows()

    assert [made[int(row["id"][1:])].text for row in traced] == [line["text"] for line in lines]
    assert [int(row["line"]) for row in traced] == list(range(1, len(lines) + 1))


def test_a_dataset_folder_has_the_names_of_its_classes(home: Path) -> None:
    _export(home)
    header = yaml.safe_load((home / "data" / "README.md").read_text(encoding="utf-8").split("---")[1])
    names = header["dataset_info"]["features"][1]["dtype"]["class_label"]["names"]

    assert [files["split"] for files in header["configs"][0]["data_files"]] == ["train", "validation", "test"]
    assert names == {"0": "card", "1": "transfer", "2": "urgent"}
    assert json.loads((home / "data" / "labels.json").read_text())["id2label"] == names


def test_the_card_tells_what_was_left_out_and_that_names_are_still_there(home: Path) -> None:
    _export(home)
    card = (home / "data" / "DATACARD.md").read_text(encoding="utf-8")

    assert "repetitions of a message" in card
    assert "Names, addresses" in card
    assert "train and test: 0 the same, 0 near" in card


def test_personal_data_is_taken_out_and_counted(home: Path) -> None:
    write(
        home,
        [type(row)(row.at, f"{row.text} 4111 1111 1111 1111", row.label, row.predicted, row.prompt) for row in rows()],
    )
    _export(home)

    assert _manifest(home)["personal_data"]["found"] == {"CARD": _manifest(home)["log"]["labelled_messages"]}
    assert "4111" not in "".join(each.read_text(encoding="utf-8") for each in (home / "data").iterdir())


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--min-per-class", "5000"), "too few labels: each class needs 5000"),
        (("--holdout-from", "2030-01-01"), "no message is new enough to test with"),
        (("--holdout-from", "2026-03-01", "--new-holdout"), "exclude each other"),
        (("--as-of", "2026-01-01"), "no labelled prediction"),
    ],
)
def test_what_cannot_be_made_is_refused_with_the_reason_and_nothing_is_written(
    home: Path, arguments: tuple[str, ...], why: str
) -> None:
    before = sorted(home.iterdir())
    ended = _export(home, *arguments)
    assert ended.returncode == 2
    assert why in ended.stderr
    assert sorted(home.iterdir()) == before


def test_a_monitor_that_is_not_there_is_told_with_those_that_are(home: Path) -> None:
    ended = run_here("export", "finetune", "else", "--format", "hf", cwd=home)
    assert ended.returncode == 2
    assert "there is bot" in ended.stderr


def test_a_log_without_messages_cannot_be_exported(home: Path) -> None:
    file = home / "tunewatch.yaml"
    file.write_text(file.read_text().replace("text: text, ", ""))
    ended = _export(home)
    assert ended.returncode == 2
    assert "predictions.columns.text" in ended.stderr
