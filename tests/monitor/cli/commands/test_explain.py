from pathlib import Path

import pytest

from tests.monitor.cli.commands.conftest import make_home
from tests.support.chat_log import BREAK, END
from tests.support.program import json_lines, run_here


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory, made_log: Path) -> Path:
    """A folder whose history has one incident; the tests only read it."""
    home = make_home(tmp_path_factory.mktemp("played"), made_log)
    span = ("--from", BREAK.isoformat(), "--to", END.isoformat(), "--every", "1d")
    assert run_here("backtest", *span, "--history", "sqlite:///history.db", cwd=home).returncode == 1
    return home


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
