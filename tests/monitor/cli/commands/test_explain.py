from pathlib import Path

from tests.support.program import json_lines, run_here


def test_the_whole_card_is_read_from_the_history(played: Path) -> None:
    (card,) = json_lines(run_here("explain", "quality-", "--json", cwd=played).stdout)

    assert (card["type"], card["action"], card["abstained"]) == ("explanation", "rollback_prompt", False)
    first = card["scores"][0]
    assert (first["action"], first["open"], first["total"]) == ("rollback_prompt", True, card["score"])
    step = next(signal for signal in card["signals"] if signal["name"] == "prompt_step")
    assert step["holds"] is True
    assert step["numbers"]["before"] > 0.9 > step["numbers"]["after"]
    assert {"signal": "prompt_step", "says": True, "instead": False, "action": "revise_prompt", "abstained": False} in (
        card["flips"]
    )


def test_a_person_reads_the_same_in_sections(played: Path) -> None:
    shown = run_here("explain", "quality-", cwd=played)

    assert shown.returncode == 0
    for heading in ("Why", "The scores", "What was observed", "What speaks against it", "What would change it"):
        assert f"\n{heading}\n" in shown.stdout
    assert "prompt_step says yes; with no it would be revise_prompt" in shown.stdout


def test_an_unknown_incident_is_wrong_usage(played: Path) -> None:
    ended = run_here("explain", "nope", cwd=played)

    assert ended.returncode == 2
    assert "'nope' is not in the history" in ended.stderr
