"""The whole path, from two logs to what people are told, on the demo itself."""

import re
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from monitor.demo.bots import CLAIMS_TRUTH, DAYS, END, SUPPORT_TRUTH
from tests.support.program import json_lines, run_here


class Played(NamedTuple):
    """What one run of the command printed, and the folder that it left."""

    output: str
    folder: Path

    def ask(self, sql: str, *values: str) -> list[tuple[Any, ...]]:
        """Ask the history that is left."""
        with closing(sqlite3.connect(self.folder / "history.db")) as connection:
            return connection.execute(sql, values).fetchall()


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    folder = tmp_path_factory.mktemp("play") / "demo"
    finished = run_here("demo", "--every", "1d", cwd=folder.parent)
    assert finished.returncode == 0, finished.stderr
    assert finished.stderr == ""
    return Played(finished.stdout, folder)


def told(played: Played, monitor: str) -> list[tuple[datetime, str, str, str]]:
    """Time, family, event and action of what people were told of a bot."""
    rows = played.ask(
        """SELECT e.at, i.family, e.event, e.action FROM incident_events e JOIN incidents i ON i.id = e.incident_id
           WHERE i.monitor = ? AND e.event IS NOT NULL ORDER BY e.at, e.id""",
        monitor,
    )
    return [(datetime.fromisoformat(f"{at}+00:00"), family, event, action) for at, family, event, action in rows]


def test_the_lost_urgent_messages_are_told_within_three_days_and_not_before(played: Played) -> None:
    opened = [at for at, family, event, _ in told(played, "support-bot") if (family, event) == ("quality", "opened")]

    assert SUPPORT_TRUTH.onset is not None
    assert len(opened) == 1
    assert timedelta() < opened[0] - SUPPORT_TRUTH.onset < timedelta(days=3)


def test_the_support_bot_has_one_incident_and_it_is_over_at_the_end(played: Played) -> None:
    incidents = played.ask("SELECT family, state, severity FROM incidents WHERE monitor = 'support-bot'")

    assert incidents == [("quality", "resolved", "critical")]


def test_the_advice_for_the_support_bot_is_about_its_prompt_while_it_is_bad(played: Played) -> None:
    assert SUPPORT_TRUTH.mended is not None
    until = SUPPORT_TRUTH.mended
    assert {action for at, *_, action in told(played, "support-bot") if at <= until} <= SUPPORT_TRUTH.advice


def test_the_rollback_at_an_odd_minute_is_told_to_have_worked(played: Played) -> None:
    assert SUPPORT_TRUTH.mended is not None
    assert SUPPORT_TRUTH.mended.minute == 37
    ((worked, acted, prompt, before, after, n),) = played.ask(
        """SELECT outcome, acted_at, o.prompt_version, before_value, after_value, n FROM advice_outcomes o
           JOIN advice a ON a.id = o.advice_id WHERE a.monitor = 'support-bot'"""
    )
    assert (worked, acted, prompt) == ("worked", f"{SUPPORT_TRUTH.mended:%Y-%m-%d %H}:00:00", "p3")
    assert before < 0.3
    assert after > 0.8
    assert n >= 15
    (at,) = [at for at, _, event, _ in told(played, "support-bot") if event == "verified"]
    assert timedelta(days=2) <= at - SUPPORT_TRUTH.mended <= timedelta(days=5)


def test_no_verdict_is_waited_for_but_of_what_nobody_has_done_in_an_open_incident(played: Played) -> None:
    waiting = played.ask(
        """SELECT a.monitor, o.action, o.acted_at, i.state FROM advice_outcomes o JOIN advice a ON a.id = o.advice_id
           JOIN incidents i ON i.id = a.incident_id WHERE o.outcome = 'waiting'"""
    )

    assert waiting == [("claims-bot", "fine_tune", None, "firing")]


def test_it_names_the_accuracy_paradox_with_both_figures(played: Played) -> None:
    said = " ".join(played.output.split("What came of it")[1].split())
    figures = re.search(r"(\d+)% accuracy and (\d+)% recall of urgent: the accuracy paradox", said)
    assert figures is not None
    assert figures[1] == "98"
    assert 20 <= int(figures[2]) <= 30
    assert "The team did so on 02 April at 14:37, and was told: After rolling the prompt back" in said


def test_the_advice_for_the_claims_bot_becomes_to_fine_tune(played: Played) -> None:
    actions = [action for *_, action in told(played, "claims-bot")]

    assert actions[0] != "fine_tune"  # two prompts are too few to give up on prompting
    assert actions[-1] in CLAIMS_TRUTH.advice


def test_nothing_else_is_told(played: Played) -> None:
    families = played.ask("SELECT DISTINCT monitor, family FROM incidents WHERE opened_at IS NOT NULL ORDER BY 1")

    assert families == [("claims-bot", "quality"), ("support-bot", "quality")]


def test_every_look_was_completed(played: Played) -> None:
    looks, last = DAYS - 14 + 1, f"{END:%Y-%m-%d %H:%M:%S}"

    assert played.ask("SELECT monitor, count(*), max(as_of) FROM cycles GROUP BY monitor ORDER BY monitor") == [
        ("claims-bot", looks, last),
        ("support-bot", looks, last),
    ]


def test_everything_told_was_delivered_to_the_console(played: Played) -> None:
    assert played.ask("SELECT DISTINCT channel, state FROM notifications") == [("console", "sent")]


def test_it_prints_the_timeline_the_alerts_three_answers_and_what_to_do_next(played: Played) -> None:
    for expected in (
        "Mon 16 Mar",
        "support-bot now answers with prompt p4",
        "support-bot is rolled back to prompt p3",
        "the advice worked",
        "CRITICAL support-bot",
        "Start a fine-tune",
        "FROM daily_recall",
        "FROM incident_events",
        "FROM bucket_outcomes",
        "tunewatch once -c demo/tunewatch.yaml --as-of 2026-04-13",
    ):
        assert expected in played.output


def test_the_timeline_fits_into_80_columns(played: Played) -> None:
    days = [line for line in played.output.splitlines() if "█" in line]

    assert len(days) == DAYS - 14 + 1
    assert max(map(len, days)) <= 80


def test_no_line_is_wider_than_a_terminal_and_none_has_colours_in_a_pipe(played: Played) -> None:
    assert "\x1b" not in played.output
    assert max(map(len, played.output.splitlines())) <= 120


def test_the_next_command_that_it_names_works(played: Played) -> None:
    finished = run_here(
        "once", "-c", "demo/tunewatch.yaml", "--as-of", f"{END:%Y-%m-%d}", "--json", cwd=played.folder.parent
    )

    assert finished.returncode == 1  # the incident of the claims bot is open
    advice = {line["monitor"]: line["action"] for line in json_lines(finished.stdout) if line["type"] == "advice"}
    assert advice["claims-bot"] in CLAIMS_TRUTH.advice
    assert advice.get("support-bot", "none") == "none"


def test_looks_that_miss_midnight_are_refused(tmp_path: Path) -> None:
    finished = run_here("demo", "--every", "7h", cwd=tmp_path)

    assert finished.returncode == 2
    assert "must divide a day evenly" in finished.stderr
