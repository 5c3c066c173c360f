import sqlite3
from datetime import timedelta
from pathlib import Path

from tests.support.chat_log import BREAK, END, Bot, write_config
from tests.support.program import json_lines, run_here, run_process

WELL = (BREAK - timedelta(hours=1)).isoformat()
ILL = END.isoformat()


def _cycles(home: Path) -> list[tuple[str]]:
    with sqlite3.connect(home / "history.db") as connection:
        return connection.execute("SELECT as_of FROM cycles ORDER BY as_of").fetchall()


def test_a_healthy_bot_ends_with_0_and_shows_its_classes(home: Path) -> None:
    ended = run_here("once", "--as-of", WELL, cwd=home)

    assert ended.returncode == 0, ended.stderr
    assert "no incident" in ended.stdout
    assert "urgent" in ended.stdout
    assert ended.stderr == ""


def test_an_open_incident_ends_with_1_and_its_alert_is_told_on_stderr(home: Path) -> None:
    ended = run_here("once", "--as-of", ILL, cwd=home)

    assert ended.returncode == 1, ended.stderr
    assert "CRITICAL quality incident" in ended.stdout
    assert "Advice on quality" in ended.stdout
    assert "support-bot" in ended.stderr


def test_json_puts_nothing_but_contract_lines_on_stdout(home: Path) -> None:
    ended = run_process("once", "--as-of", ILL, "--json", cwd=home)
    lines = json_lines(ended.stdout)

    assert ended.returncode == 1, ended.stderr
    assert {line["type"] for line in lines} == {"metric", "finding", "advice"}
    assert all(line["monitor"] == "support-bot" and line["as_of"] == "2026-03-15T00:00:00Z" for line in lines)
    recall = next(
        line
        for line in lines
        if (line.get("metric"), line.get("class"), line.get("slice")) == ("recall", "urgent", "all")
    )
    assert recall["low"] <= recall["value"] <= recall["high"] < 0.8
    assert any(
        line["check"] == "class_recall" and line["verdict"] == "critical" for line in lines if line["type"] == "finding"
    )


def test_a_look_at_a_past_that_the_history_has_gone_beyond_leaves_no_trace(home: Path) -> None:
    run_here("once", "--as-of", ILL, cwd=home)
    before = _cycles(home)

    ended = run_here("once", "--as-of", WELL, "--json", cwd=home)

    assert ended.returncode == 0, ended.stderr
    assert "leaves no trace" in ended.stderr
    assert json_lines(ended.stdout)[0]["as_of"] == "2026-03-08T23:00:00Z"
    assert _cycles(home) == before


def test_the_same_look_twice_tells_the_same_and_alerts_once(home: Path) -> None:
    first = run_here("once", "--as-of", ILL, "--json", cwd=home)
    second = run_here("once", "--as-of", ILL, "--json", cwd=home)

    assert second.stdout == first.stdout
    assert second.stderr == ""


def test_a_look_into_the_future_says_what_it_does_to_the_daemon(home: Path) -> None:
    ended = run_here("once", "--as-of", "2999-01-01", cwd=home)

    assert "2999-01-01T00:00:00Z lies in the future" in ended.stderr


def test_a_log_that_cannot_be_reached_ends_with_3_and_the_others_are_looked_at(home: Path) -> None:
    write_config(home, Bot("gone", "nowhere"), Bot())

    ended = run_here("once", "--as-of", WELL, "--json", cwd=home)

    assert ended.returncode == 3
    assert {line["monitor"] for line in json_lines(ended.stdout)} == {"support-bot"}
    assert "gone" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_only_the_monitors_asked_for_are_looked_at(home: Path) -> None:
    write_config(home, Bot("gone", "nowhere"), Bot())

    assert run_here("once", "--as-of", WELL, "--monitor", "support-bot", cwd=home).returncode == 0


def test_an_unknown_monitor_is_wrong_usage_and_the_known_ones_are_named(home: Path) -> None:
    ended = run_here("once", "--monitor", "suport-bot", cwd=home)

    assert ended.returncode == 2
    assert "there is support-bot" in ended.stderr


def test_a_history_that_cannot_be_opened_ends_with_3(home: Path) -> None:
    ended = run_here("once", cwd=home, TUNEWATCH_HISTORY__URL="postgresql+psycopg://u:hunter2@127.0.0.1:1/none")

    assert ended.returncode == 3
    assert "hunter2" not in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_column_that_is_not_there_ends_with_2_and_names_its_key(home: Path) -> None:
    file = home / "tunewatch.yaml"
    file.write_text(file.read_text().replace("latency_ms: ms", "latency_ms: millis"))

    ended = run_here("once", cwd=home)

    assert ended.returncode == 2
    assert "monitors.support-bot.source.predictions.columns.latency_ms" in ended.stderr
