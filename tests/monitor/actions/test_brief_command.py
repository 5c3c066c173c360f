"""`tunewatch export brief`: what whoever edits the prompt gets."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.program import Ended, run_here
from tests.support.triage_log import END, PROMPT, rows, write

AS_OF = ("--as-of", END.isoformat())


def _export(home: Path, *arguments: str, out: str = "brief") -> Ended:
    return run_here("export", "brief", "quality", "--out", out, *AS_OF, *arguments, cwd=home)


def _brief(home: Path) -> dict[str, Any]:
    read = json.loads((home / "brief" / "brief.json").read_text(encoding="utf-8"))
    assert isinstance(read, dict)
    return read


def test_the_brief_says_what_is_taken_for_what_and_how_much_more_than_before(home: Path) -> None:
    ended = _export(home)
    brief = _brief(home)
    first = brief["confusions"][0]

    assert (ended.returncode, ended.stdout) == (0, "")
    assert (first["class"], first["predicted"]) == ("urgent", "card")
    assert first["rate"] > 0.4
    assert first["before_rate"] < 0.1
    assert first["lift"] == pytest.approx(first["rate"] / first["before_rate"])
    assert {example["class"] for example in first["examples"]} == {"urgent"}
    assert all(example["nearest_right"]["predicted"] == "urgent" for example in first["examples"])
    assert all(example["nearest_right_of_predicted"]["class"] == "card" for example in first["examples"])


def test_the_text_for_people_shows_the_same_and_marks_the_proposal(home: Path) -> None:
    _export(home)
    text = (home / "brief" / "brief.md").read_text(encoding="utf-8")

    assert "| `urgent` | `card` |" in text
    assert "## A proposal" in text
    assert "nobody has checked it" in text
    assert "Roll back first" in text


def test_examples_for_the_prompt_are_balanced_and_never_held_out_nor_tested(home: Path) -> None:
    assert run_here("export", "finetune", "bot", "--format", "hf", "--out", "data", *AS_OF, cwd=home).returncode == 0
    _export(home)
    brief = _brief(home)
    shots = brief["proposal"]["few_shot"]
    test = {json.loads(line)["text"] for line in (home / "data" / "test.jsonl").read_text().splitlines()}
    config = yaml.safe_load((home / "brief" / "promptfooconfig.yaml").read_text(encoding="utf-8"))
    tested = {each["vars"]["text"] for each in config["tests"]}
    classes = [shot["class"] for shot in shots]

    assert 2 <= len(shots) <= 4
    assert classes.count("urgent") == len(shots) / 2
    assert not {shot["text"] for shot in shots} & (test | tested)
    assert brief["holdout_since"] == json.loads((home / "data" / "manifest.json").read_text())["holdout"]["since"]


def test_failing_messages_are_tests_beside_messages_that_must_stay_right(home: Path) -> None:
    _export(home)
    config = yaml.safe_load((home / "brief" / "promptfooconfig.yaml").read_text(encoding="utf-8"))
    kinds = [test["metadata"]["kind"] for test in config["tests"]]
    wanted = {row.text: row.label for row in rows()}

    assert kinds.count("failing") == kinds.count("guard") == 30
    assert all(test["assert"][0]["value"] == wanted[test["vars"]["text"]] for test in config["tests"])


def test_the_prompt_is_that_of_the_configuration_and_the_proposal_is_added_to_it(home: Path) -> None:
    _export(home)
    before, after = (
        json.loads((home / "brief" / name).read_text(encoding="utf-8"))[0]["content"]
        for name in ("prompt.json", "prompt-proposed.json")
    )
    assert before == PROMPT
    assert after.startswith(f"{PROMPT}\n\nClasses that are easily mistaken:")
    assert "urgent goes before card, transfer." in after


def test_the_cost_is_measured_from_the_tokens_of_the_log(home: Path) -> None:
    _export(home)
    tokens = _brief(home)["tokens"]

    assert tokens["measured"]
    assert tokens["per_letter"] == pytest.approx(0.2, abs=0.03)
    assert tokens["requests_per_day"] == 25
    assert tokens["added_per_request"] == pytest.approx(
        len(_brief(home)["proposal"]["text"]) * tokens["per_letter"], abs=1
    )


def test_the_same_log_gives_the_same_bytes(home: Path) -> None:
    _export(home, out="one")
    _export(home, out="two")
    one, two = ({each.name: each.read_bytes() for each in (home / name).iterdir()} for name in ("one", "two"))
    assert one == two
    assert len(one) == 5


def test_personal_data_is_taken_out_unless_asked_for_and_is_never_told(home: Path) -> None:
    secret = "jane@example.org"
    made = rows()
    late = [row for row in made if row.predicted != row.label][-40:]
    write(home, [replace(row, text=f"{row.text} {secret}") if row in late else row for row in made])
    clean, raw = _export(home, out="clean"), _export(home, "--no-scrub", out="raw")
    texts = {name: "".join(f.read_text(encoding="utf-8") for f in (home / name).iterdir()) for name in ("clean", "raw")}

    assert secret not in texts["clean"]
    assert "[EMAIL]" in texts["clean"]
    assert secret in texts["raw"]
    assert "personal data was left in" in raw.stderr
    assert secret not in clean.stderr + raw.stderr + clean.stdout + raw.stdout


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("nothing-like-it",), "is not in the history"),
        (("quality", "--out", "predictions.parquet"), "is there already"),
        (("quality", "--out", "no/such/folder"), "there is no folder"),
    ],
)
def test_wrong_usage_is_told_and_writes_nothing(home: Path, arguments: tuple[str, ...], why: str) -> None:
    before = sorted(home.iterdir())
    ended = run_here("export", "brief", *arguments, cwd=home)
    assert ended.returncode == 2
    assert why in ended.stderr
    assert sorted(home.iterdir()) == before


def test_a_prompt_that_is_not_there_is_told_with_its_key(home: Path) -> None:
    (home / "prompt.md").unlink()
    ended = _export(home)
    assert ended.returncode == 2
    assert "monitors.bot.prompt.file" in ended.stderr
    assert not (home / "brief").exists()
