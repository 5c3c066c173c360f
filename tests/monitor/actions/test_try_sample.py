"""`tunewatch try sample`: messages to try a candidate on."""

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from monitor.actions.candidates.files import SampleFolderError, read_sample, render
from tests.support.program import Ended, run_here
from tests.support.triage_log import BREAK, END, PROMPT, Row, rows, write

AS_OF = ("--as-of", END.isoformat())


def _sample(home: Path, *arguments: str, out: str = "try") -> Ended:
    return run_here("try", "sample", *arguments, "--out", out, *AS_OF, cwd=home)


def _manifest(home: Path, out: str = "try") -> dict[str, Any]:
    read = json.loads((home / out / "manifest.json").read_text(encoding="utf-8"))
    assert isinstance(read, dict)
    return read


def _lines(home: Path, out: str = "try", name: str = "sample.jsonl") -> list[dict[str, Any]]:
    return [json.loads(line) for line in (home / out / name).read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def sampled(played: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a home with a sample of its incident, for tests that only read."""
    home = Path(shutil.copytree(played, tmp_path_factory.mktemp("sampled") / "home"))
    ended = _sample(home, "quality", "--size", "60")
    assert ended.returncode == 0, ended.stderr
    return home


def test_weights_add_up_to_the_production_that_they_speak_for(sampled: Path) -> None:
    said, lines = _manifest(sampled), _lines(sampled)
    drawn = [line for line in lines if line["weight"] is not None]
    eligible = said["production"]["predictions"] * said["production"]["share_that_is_held_out"]

    assert said["answers_now"] == {"model_version": "m1", "prompt_version": "p2"}
    assert sum(line["weight"] for line in drawn) == pytest.approx(eligible, abs=0.01)
    assert len(drawn) == said["size"]["sample"] == 60
    assert said["aims"] == [{"measure": "accuracy", "class": ""}, {"measure": "recall", "class": "urgent"}]
    assert all(line["at"] >= BREAK.isoformat()[:10] for line in lines)


def test_failures_and_guards_come_beside_what_is_drawn_and_weigh_nothing(sampled: Path) -> None:
    lines = _lines(sampled)
    failures = [line for line in lines if "failure" in line["roles"]]
    guards = [line for line in lines if "guard" in line["roles"]]

    assert failures
    assert all(line["label"] == "urgent" != line["now"] for line in failures)
    assert guards
    assert all(line["label"] == line["now"] for line in guards)
    assert all((line["weight"] is None) == ("sample" not in line["roles"]) for line in lines)


def test_every_form_has_the_same_messages_and_only_its_owner_can_read_them(sampled: Path) -> None:
    ids = [line["id"] for line in _lines(sampled)]
    folder = sampled / "try"
    with (folder / "sample.csv").open(encoding="utf-8", newline="") as opened:
        table = [row["id"] for row in csv.DictReader(opened)]
    tests = yaml.safe_load((folder / "promptfooconfig.yaml").read_text(encoding="utf-8"))["tests"]
    requests = _lines(sampled, name="batch.jsonl")

    assert table == ids == [test["metadata"]["id"] for test in tests] == [each["custom_id"] for each in requests]
    assert requests[0]["body"]["messages"][0] == {"role": "system", "content": PROMPT}
    assert {oct(file.stat().st_mode & 0o777) for file in folder.iterdir()} == {"0o600"}


def test_the_same_log_gives_the_same_bytes_and_another_seed_other_messages(home: Path) -> None:
    for out in ("one", "two"):
        _sample(home, "quality", "--size", "60", out=out)
    _sample(home, "quality", "--size", "60", "--seed", "1", out="three")
    one, two = ({each.name: each.read_bytes() for each in (home / name).iterdir()} for name in ("one", "two"))

    assert one == two
    assert {line["id"] for line in _lines(home, "one")} != {line["id"] for line in _lines(home, "three")}


def test_no_fine_tune_ever_learns_from_a_sample(home: Path) -> None:
    _sample(home, "--monitor", "bot")
    sampled = {line["text"] for line in _lines(home)}
    write(
        home,
        [
            *rows(),
            *(
                Row(r.at + (END - rows()[0].at), f"{r.text} later", r.label, r.predicted, "p2")
                for r in rows(seed=2)[:300]
            ),
        ],
    )
    ended = run_here("export", "finetune", "bot", "--format", "hf", "--out", "data", "--as-of", "2026-06-01", cwd=home)
    learned = {line["text"] for part in ("train", "validation") for line in _lines(home, "data", f"{part}.jsonl")}

    assert ended.returncode == 0, ended.stderr
    assert learned
    assert not sampled & learned


def test_personal_data_is_taken_out_and_a_cell_is_no_formula(home: Path) -> None:
    write(home, [Row(r.at, f"=1+1 {r.text} 4111 1111 1111 1111", r.label, r.predicted, r.prompt) for r in rows()])
    ended = _sample(home, "--monitor", "bot")
    whole = "".join(each.read_text(encoding="utf-8") for each in (home / "try").iterdir())

    assert ended.returncode == 0, ended.stderr
    assert "4111" not in whole
    assert "[CARD]" in whole
    assert "\"'=1+1 " in (home / "try" / "sample.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("quality", "--monitor", "bot"), "exclude each other"),
        (("nothing",), "is not in the history"),
        (("--as-of", "2026-02-01T12:00"), "are the fewest that say anything of a candidate"),
    ],
)
def test_what_cannot_be_drawn_is_refused_and_nothing_is_written(
    home: Path, arguments: tuple[str, ...], why: str
) -> None:
    ended = run_here("try", "sample", *arguments, "--out", "try", *(() if "--as-of" in arguments else AS_OF), cwd=home)
    assert ended.returncode == 2
    assert why in ended.stderr
    assert not (home / "try").exists()


def test_a_sample_is_read_back_as_it_was_drawn_and_not_once_it_was_changed(sampled: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(sampled / "try", tmp_path / "try"))
    sample, _ = read_sample(folder)

    assert render(sample, PROMPT)["sample.jsonl"] == (folder / "sample.jsonl").read_text(encoding="utf-8")
    changed = (folder / "sample.jsonl").read_text(encoding="utf-8").replace('"urgent"', '"card"', 1)
    (folder / "sample.jsonl").write_text(changed, encoding="utf-8")
    with pytest.raises(SampleFolderError, match="was changed since it was drawn"):
        read_sample(folder)
