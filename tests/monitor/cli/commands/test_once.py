import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

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


def test_a_look_into_the_future_says_so_and_blocks_no_later_look(home: Path) -> None:
    ahead = run_here("once", "--as-of", "2999-01-01", cwd=home)
    today = run_here("once", "--json", cwd=home)

    assert "2999-01-01T00:00:00Z lies in the future" in ahead.stderr
    assert json_lines(today.stdout)[0]["as_of"] < "2999"
    assert len(_cycles(home)) == 1


def test_a_history_from_the_future_is_repaired_on_a_persons_word(home: Path) -> None:
    run_here("once", "--as-of", "2999-01-01", cwd=home)

    dry = run_here("history", "repair", cwd=home)
    assert dry.returncode == 0, dry.stderr
    assert "1 look from 2999-01-01T00:00:00Z to 2999-01-01T00:00:00Z" in " ".join(dry.stderr.split())
    assert len(_cycles(home)) == 1

    done = run_here("history", "repair", "--yes", "--json", cwd=home)
    assert (done.returncode, json_lines(done.stdout)[0]["looks"]) == (0, 1)
    assert _cycles(home) == []
    assert "nothing is dated after the present" in " ".join(run_here("history", "repair", cwd=home).stderr.split())


def test_a_log_that_cannot_be_reached_ends_with_3_and_the_others_are_looked_at(home: Path) -> None:
    write_config(home, Bot("gone", "nowhere"), Bot())

    ended = run_here("once", "--as-of", WELL, "--json", cwd=home)

    assert ended.returncode == 3
    gone = [line for line in json_lines(ended.stdout) if line["monitor"] == "gone"]
    assert [(line["type"], line.get("check"), line.get("action")) for line in gone] == [
        ("finding", "look", None),
        ("advice", None, "fix_log"),
    ]
    assert len(json_lines(ended.stdout)) > len(gone) + 20
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
    assert "Repair the log, or how it is read" in ended.stdout


def test_a_log_that_stays_unreachable_is_told_by_looks_that_come_and_go(home: Path) -> None:
    (home / "logs").unlink()
    file = home / "tunewatch.yaml"
    file.write_text(file.read_text() + "    incidents: {hold: 0s}\n")

    first, second = (run_here("once", cwd=home) for _ in range(2))

    assert (first.returncode, second.returncode) == (3, 3)
    assert "look at the log: fails" not in " ".join(first.stderr.split())
    assert "look at the log: fails" in " ".join(second.stderr.split())


@pytest.mark.parametrize("ended_by", ["once", "validate"])
def test_rows_of_which_none_has_a_readable_time_are_no_quiet_success(home: Path, ended_by: str) -> None:
    (home / "logs").unlink()
    (home / "logs").mkdir()
    rows = "".join(f"{n},the 31st,urgent,10,p1\n" for n in range(4200))
    (home / "logs" / "predictions.csv").write_text("id,at,predicted,ms,prompt\n" + rows)
    (home / "logs" / "labels.csv").write_text("id,label,at\n")
    file = home / "tunewatch.yaml"
    file.write_text(file.read_text().replace(".parquet", ".csv"))

    ended = run_here(ended_by, cwd=home)

    said = " ".join((ended.stdout + ended.stderr).split())
    assert "source.predictions.columns.at" in said
    assert ended.returncode == 3
    assert "the 31st" in said
