from datetime import datetime, timedelta
from pathlib import Path

from tests.support.chat_log import BREAK, END
from tests.support.program import json_lines, run_here, run_process

SPAN = ("--from", (BREAK - timedelta(days=1)).isoformat(), "--to", END.isoformat(), "--every", "1d")


def test_each_event_is_a_line_and_the_summary_is_the_last(home: Path) -> None:
    ended = run_process("backtest", *SPAN, "--json", cwd=home)
    *events, summary = json_lines(ended.stdout)

    assert ended.returncode == 1, ended.stderr
    assert events[0]["event"] == "opened"
    assert events[0]["monitor"] == "support-bot"
    assert ("class_recall", "urgent", "critical") in {
        (f["check"], f["subject"], f["verdict"]) for f in events[0]["findings"]
    }
    assert datetime.fromisoformat(events[0]["at"]) > BREAK
    assert {event["incident"] for event in events} == {events[0]["incident"]}
    assert summary["event"] == "summary"
    assert (summary["cycles"], summary["incidents"]) == (8, 1)
    assert summary["seconds"] > 0


def test_a_person_gets_a_timeline_nobody_else_is_told_and_only_the_history_asked_for_is_left(home: Path) -> None:
    ended = run_here("backtest", *SPAN, "--history", "sqlite:///mine.db", cwd=home)
    lines = ended.stdout.splitlines()

    assert "support-bot  opened CRITICAL  quality incident" in lines[0]
    assert "recall of urgent" in ended.stdout
    assert lines[-1].startswith("8 looks, 1 incidents, 1 open at the end")
    assert ended.stderr == ""
    assert (home / "mine.db").exists()
    assert not (home / "history.db").exists()


def test_a_healthy_span_ends_with_0(home: Path) -> None:
    start, end = (BREAK - timedelta(days=3)).isoformat(), (BREAK - timedelta(hours=1)).isoformat()

    ended = run_here("backtest", "--from", start, "--to", end, "--every", "1d", "--json", cwd=home)

    assert ended.returncode == 0, ended.stderr
    assert [line["event"] for line in json_lines(ended.stdout)] == ["summary"]


def test_a_span_that_ends_before_it_begins_is_wrong_usage(home: Path) -> None:
    ended = run_here("backtest", "--from", "2026-03-02", "--to", "2026-03-01", cwd=home)

    assert ended.returncode == 2
    assert "--from" in ended.stderr
