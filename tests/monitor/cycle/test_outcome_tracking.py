"""Advice on its way to an answer, on a log in which somebody rolled the prompt back."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.monitor.cli.commands.conftest import make_home
from tests.support.chat_log import BREAK, write_log
from tests.support.history import rows
from tests.support.program import json_lines, run_here

DAY = timedelta(days=1)
MENDED = BREAK + 3 * DAY
OVER = MENDED + 8 * DAY
URL = "sqlite:///history.db"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a log of 47 days: p2 misses urgent messages for three days, then p1 is back."""
    folder = tmp_path_factory.mktemp("mended")
    log = tmp_path_factory.mktemp("log")
    write_log(log, end=OVER, mended_at=MENDED)
    return make_home(folder, log)


@pytest.fixture(scope="module")
def events(home: Path) -> list[dict[str, object]]:
    """What a backtest tells of it, from the last healthy day on."""
    span = ("--from", BREAK.isoformat(), "--to", OVER.isoformat(), "--every", "12h")
    return json_lines(run_here("backtest", *span, "--history", URL, "--json", cwd=home).stdout)


def test_the_answer_is_told_once_in_the_incident_that_the_advice_was_for(events: list[dict[str, object]]) -> None:
    opened = next(event for event in events if event["event"] == "opened")
    (verified,) = [event for event in events if event["event"] == "verified"]
    assert verified["incident"] == opened["incident"]
    assert verified["reason"] == "action_verified"
    outcome = verified["outcome"]
    assert isinstance(outcome, dict)
    assert outcome["worked"] == "worked"
    assert outcome["before"] < 0.3
    assert outcome["after"] > 0.8
    assert outcome["low"] > 0
    assert str(verified["at"]) >= (MENDED + 2 * DAY).strftime("%Y-%m-%dT%H:%M")


@pytest.mark.usefixtures("events")
def test_the_history_keeps_what_was_promised_and_what_came_of_it(home: Path) -> None:
    url = f"sqlite:///{home / 'history.db'}"
    (row,) = rows(
        url,
        "SELECT action, metric, class, outcome, prompt_version, needed, n, acted_at FROM advice_outcomes"
        " WHERE outcome <> 'not_tried'",
    )
    assert tuple(row[:5]) == ("rollback_prompt", "recall", "urgent", "worked", "p1")
    assert row[6] >= row[5]
    assert str(row[7]).startswith(f"{MENDED:%Y-%m-%d}")
    ((n, worked, low, high),) = rows(url, "SELECT n, worked, low, high FROM advice_success")
    assert (n, worked) == (1, 1)
    assert (low, high) == pytest.approx((0.2065, 1.0), abs=1e-4)  # Wilson's interval of one in one
