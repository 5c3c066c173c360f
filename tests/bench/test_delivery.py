"""Alerts under kills and outages, in small: the benchmark plays more of the same."""

from pathlib import Path

from bench.delivery.daemons import play_daemons
from bench.delivery.kills import play
from bench.delivery.outages import CROWD, crowd, in_turn, late, outage
from bench.delivery.table import histories


def test_processes_that_are_killed_anywhere_lose_and_double_nothing(tmp_path: Path) -> None:
    tally = play(histories(tmp_path)(), 8)
    assert tally.is_good, tally
    assert tally.killed == 8


def test_a_daemon_that_is_killed_leaves_what_broke_to_the_next(tmp_path: Path) -> None:
    tally = play_daemons(tmp_path, 1)
    assert tally.is_good, tally
    assert tally.killed.total() == 1
    assert tally.incidents


def test_so_they_do_with_a_history_on_postgresql(postgres_url: str) -> None:
    assert play(postgres_url, 4).is_good


def test_a_channel_in_trouble_has_each_incident_once_within_a_minute(tmp_path: Path) -> None:
    make = histories(tmp_path)
    rows = [outage("30 minutes", make), late(make), in_turn(make, minutes=8)]
    assert [(row.roots, row.right) for row in rows] == [(row.wanted, True) for row in rows]
    assert max(row.told_after for row in rows) <= 60
    assert [row.lookups for row in rows] == [0, 1, 0]  # only an answer that may have been taken is looked for


def test_a_crowd_is_told_at_the_pace_that_slack_takes_without_look_ups(tmp_path: Path) -> None:
    row = crowd(histories(tmp_path))
    assert (row.roots, row.lookups, row.right) == (CROWD, 0, True)
