"""Somebody takes an incident on."""

from pathlib import Path

import pytest

from tests.support.history import rows
from tests.support.program import json_lines, run_here


@pytest.fixture
def home(home_with_incident: Path) -> Path:
    return home_with_incident


def test_a_decision_is_kept_and_told(home: Path) -> None:
    ended = run_here("decide", "quality-", "--accept", "--note", "rolling back", "--by", "ada", cwd=home)

    assert ended.returncode == 0, ended.stderr
    assert "rollback_prompt accepted by ada" in ended.stderr
    lines = json_lines(run_here("history", "--incident", "quality-", "--json", cwd=home).stdout)
    told = next(line for line in lines if line.get("event") == "acknowledged")
    assert told["acknowledged_by"] == "ada"
    assert told["decision"]["note"] == "rolling back"
    url = f"sqlite:///{home / 'history.db'}"
    assert rows(url, "SELECT action, accepted FROM decisions") == [("rollback_prompt", 1)]
    assert rows(url, "SELECT accepted FROM advice_outcomes WHERE outcome = 'waiting'") == [(1,)]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("quality-",), "say --accept or --reject"),
        (("nope", "--accept"), "'nope' is not in the history"),
        (("quality-", "--reject", "--note", "x" * 501), "--note: has 501 characters"),
    ],
)
def test_wrong_usage_is_told_and_nothing_is_kept(home: Path, arguments: tuple[str, ...], says: str) -> None:
    ended = run_here("decide", *arguments, cwd=home)

    assert ended.returncode == 2
    assert says in ended.stderr
    assert rows(f"sqlite:///{home / 'history.db'}", "SELECT count(*) FROM decisions") == [(0,)]
