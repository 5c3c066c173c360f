"""People act on incidents from the command line."""

import re
from pathlib import Path

import pytest

from tests.support.history import rows
from tests.support.program import json_lines, run_here


@pytest.fixture
def home(home_with_incident: Path) -> Path:
    return home_with_incident


def test_what_is_open_is_listed_with_who_has_it_and_what_silences_it(home: Path) -> None:
    done = run_here("ack", "quality-", "--for", "4h", "--note", "looking", "--by", "ada", cwd=home)
    assert done.returncode == 0, done.stderr
    assert "acknowledged by ada until" in done.stderr
    silenced = run_here("silence", "--check", "*", "--for", "2h", "--reason", "a release", "--by", "ben", cwd=home)
    assert "silence 1: check * until" in silenced.stderr, silenced.stderr
    assert "it covers quality-" in silenced.stderr
    assert run_here("false-alarm", "quality-", "--by", "ada", cwd=home).returncode == 0

    (line, *_, counted) = json_lines(run_here("incidents", "--json", cwd=home).stdout)
    assert (line["acknowledged_by"], line["false_alarm_by"], line["silences"]) == ("ada", "ada", [1])
    assert line["acknowledged_until"] is not None
    assert (counted["type"], counted["allowed"]) == ("false_alarms", 1)
    text = run_here("incidents", cwd=home).stdout
    assert "acknowledged by ada until" in text
    assert "by ben: a release (silence 1)" in text

    (silence,) = json_lines(run_here("silences", "--json", cwd=home).stdout)
    assert (silence["active"], silence["matcher"]["check"], silence["reason"]) == (True, ["*"], "a release")
    assert "silence 1 ended by" in run_here("unsilence", "1", cwd=home).stderr
    assert run_here("silences", cwd=home).stdout.strip() == "nothing is silenced"
    kinds = rows(f"sqlite:///{home / 'history.db'}", "SELECT kind FROM acts ORDER BY id")
    assert [kind for (kind,) in kinds] == ["acknowledge", "silence", "false_alarm", "unsilence"]


def test_a_silence_that_covers_nothing_says_so(home: Path) -> None:
    done = run_here("silence", "--class", "urgnet", "--for", "2h", "--reason", "a release", cwd=home)
    assert "it covers no incident that is open now" in done.stderr


def test_an_incident_of_a_monitor_that_is_gone_is_listed_with_what_ends_it(home: Path) -> None:
    file = home / "tunewatch.yaml"
    file.write_text(file.read_text("utf-8").replace("support-bot", "shop-bot"), "utf-8")
    assert "no monitor support-bot is configured: tunewatch resolve quality-" in run_here("incidents", cwd=home).stdout
    assert run_here("incidents", "--monitor", "shop-bot", cwd=home).stdout.strip() == "no incident is open"


def test_an_incident_is_snoozed_and_resolved_by_hand(home: Path) -> None:
    assert run_here("snooze", "quality-", "--by", "ada", cwd=home).returncode == 0
    done = run_here("resolve", "quality-", "--by", "ada", cwd=home)
    assert "resolved by hand by ada" in done.stderr
    assert "if the next one does, it opens again" in done.stderr
    listed = run_here("incidents", "--all", cwd=home).stdout
    assert re.search(r"CRITICAL resolved \d{4}-\d\d-\d\d \d\d:\d\d UTC, since 20", listed)
    assert "snoozed until" not in listed
    again = run_here("resolve", "quality-", cwd=home)
    assert again.returncode != 0
    assert "is over" in again.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("silence", "--for", "2h", "--reason", "x"), "say what to silence"),
        (("silence", "--check", "recal", "--for", "2h", "--reason", "x"), "'recal' fits none of accuracy"),
        (("silence", "--monitor", "shop", "--for", "2h", "--reason", "x"), "'shop' fits none of support-bot"),
        (("silence", "--class", "urgent", "--reason", "x"), "Missing option '--for'"),
        (("unsilence", "7"), "there is no silence 7"),
        (("ack", "nope"), "'nope' is not in the history"),
    ],
)
def test_wrong_usage_is_told_and_nothing_is_kept(home: Path, arguments: tuple[str, ...], says: str) -> None:
    ended = run_here(*arguments, cwd=home)
    assert ended.returncode == 2
    assert says in ended.stderr
    assert rows(f"sqlite:///{home / 'history.db'}", "SELECT count(*) FROM acts") == [(0,)]
