"""Somebody takes an incident on."""

import shutil
from pathlib import Path

import pytest

from tests.monitor.cli.commands.conftest import make_home
from tests.support.chat_log import BREAK, END
from tests.support.history import rows
from tests.support.program import json_lines, run_here


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory, made_log: Path) -> Path:
    """A folder whose history has an open incident; the tests copy it."""
    home = make_home(tmp_path_factory.mktemp("played"), made_log)
    span = ("--from", BREAK.isoformat(), "--to", END.isoformat(), "--every", "2d")
    assert run_here("backtest", *span, "--history", "sqlite:///history.db", cwd=home).returncode == 1
    return home


@pytest.fixture
def home(tmp_path: Path, made_log: Path, played: Path) -> Path:
    """Such a folder for one test."""
    shutil.copy(played / "history.db", tmp_path)
    return make_home(tmp_path, made_log)


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
