"""`status` and `watch`: what is read in five seconds, and what they end with."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa

from tests.monitor.cli.commands.conftest import make_home
from tests.support.program import json_lines, run_here


@pytest.fixture
def home(home_with_incident: Path) -> Path:
    return home_with_incident


def looked_just_now(home: Path) -> None:
    """Date the newest look now, and end the incident where there is one."""
    now = datetime.now(UTC).replace(microsecond=0, tzinfo=None)
    engine = sa.create_engine(f"sqlite:///{home / 'history.db'}")
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE cycles SET looked_at = ? WHERE as_of = (SELECT cursor FROM monitors)",
            ((now - timedelta(minutes=2)).isoformat(sep=" "),),
        )
    engine.dispose()


def test_an_open_incident_is_said_first_with_who_has_it_and_ends_with_1(home: Path) -> None:
    looked_just_now(home)
    assert run_here("false-alarm", "quality-", "--by", "ada", cwd=home).returncode == 0
    done = run_here("status", cwd=home)
    lines = done.stdout.splitlines()
    assert done.returncode == 1, done.stderr
    assert lines[0] == "1 of 1 monitor with an open incident"
    assert lines[1] == "support-bot  CRITICAL  looked 2 min ago"
    assert lines[2].startswith("  CRITICAL recall of urgent")
    assert "quality-" in lines[3]
    assert "accuracy " in done.stdout
    assert "1 incident was called a false alarm since" in done.stdout
    assert "; false_alarms allows 1 in that time" in done.stdout
    (line, *_) = json_lines(run_here("status", "--json", cwd=home).stdout)
    assert (line["level"], line["late"], line["monitor"]) == ("critical", False, "support-bot")
    assert line["false_alarms"]["n"] == 1
    assert {figure["metric"] for figure in line["figures"]} >= {"accuracy", "recall"}


def test_without_a_recent_look_silence_is_not_taken_for_health(home: Path) -> None:
    assert run_here("resolve", "quality-", "--by", "ada", cwd=home).returncode == 0
    late = run_here("status", cwd=home)
    assert late.returncode == 3, late.stdout
    assert "1 without a recent look" in late.stdout
    assert "too long ago: is the daemon running?" in late.stdout
    looked_just_now(home)
    well = run_here("status", cwd=home)
    assert (well.returncode, well.stdout.splitlines()[0]) == (0, "all well: 1 monitor, no open incident"), well.stdout


def test_a_monitor_that_was_never_looked_at_is_not_well(tmp_path: Path, made_log: Path) -> None:
    done = run_here("status", cwd=make_home(tmp_path, made_log))
    assert done.returncode == 3
    assert "no look has ended yet" in done.stdout


def test_watch_says_what_is_new_and_ends_with_the_last_state(home: Path) -> None:
    done = run_here("watch", "--every", "1s", "--times", "2", cwd=home)
    assert done.returncode == 1
    assert done.stdout.count("support-bot  CRITICAL") == 1
    both = run_here("watch", "--every", "1s", "--times", "2", "--json", cwd=home)
    assert [line["type"] for line in json_lines(both.stdout)].count("status") == 2


def test_figures_and_incidents_are_written_as_parquet(home: Path) -> None:
    done = run_here("history", "--metric", "accuracy", "--format", "parquet", "--out", "accuracy.parquet", cwd=home)
    assert done.returncode == 0, done.stderr
    table = pq.read_table(home / "accuracy.parquet")
    assert str(table.schema.field("as_of").type) == "timestamp[us, tz=UTC]"
    by_csv = run_here("history", "--metric", "accuracy", "--format", "csv", cwd=home).stdout.splitlines()
    assert (table.num_rows, table.column_names) == (len(by_csv) - 1, by_csv[0].split(","))
    assert run_here("history", "--format", "parquet", "-o", "incidents.parquet", cwd=home).returncode == 0
    (state,) = set(pq.read_table(home / "incidents.parquet")["state"].to_pylist())
    assert state == "firing"
    empty = run_here("history", "--metric", "acuracy", "--format", "parquet", "-o", "none.parquet", cwd=home)
    assert "none.parquet was not written: there is no metric 'acuracy'" in empty.stderr
    assert not (home / "none.parquet").exists()
    for wrong in (("--format", "parquet"), ("--format", "csv", "--out", "x"), ("--json", "--format", "csv")):
        assert run_here("history", *wrong, cwd=home).returncode == 2
