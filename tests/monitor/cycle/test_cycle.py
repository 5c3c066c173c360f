"""One cycle: what it keeps, and what happens when something goes wrong in the middle."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from alerts.incident import Event, State
from alerts.messages.message import root_message
from alerts.messages.text import render_text
from checks.advice.deciding.model import Action
from checks.clauses.clause import Clauses
from checks.estimates.cycle_data import Measured
from checks.rules.family import Family
from checks.rules.finding import Finding, Verdict
from config.loading import load
from monitor.bootstrap.monitors import build_monitor
from monitor.common.errors import ClockError
from monitor.cycle.cycle import Monitor, run_cycle
from monitor.history import History
from tests.support.chat_log import BREAK, END, Bot, write_config, write_log
from tests.support.history import rows

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Broken:
    """A check with a fault in it."""

    name: str = "broken"

    def run(self, measured: Measured) -> Sequence[Finding[Clauses]]:
        raise ZeroDivisionError(f"no {measured.windows.now.year} in sight")


@pytest.fixture
def history_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A file, or a database on PostgreSQL where a test asks for it."""
    if getattr(request, "param", "sqlite") == "sqlite":
        return f"sqlite:///{tmp_path / 'history.db'}"
    found: str = request.getfixturevalue("postgres_url")
    return found


@pytest.fixture
def monitor(tmp_path: Path, history_url: str) -> Iterator[Monitor]:
    write_log(tmp_path / "logs")
    settings = load(write_config(tmp_path, Bot()), environ={})
    history = History.open(history_url)
    built = build_monitor(settings, "support-bot", history)
    yield built
    built.log.close()
    history.close()


def test_a_healthy_log_gives_no_incident_and_the_advice_to_do_nothing(monitor: Monitor) -> None:
    report = run_cycle(monitor, BREAK - DAY)
    assert not report.open_incidents
    assert [advised.advice.action.value for advised in report.advice] == ["none"]
    assert {finding.verdict for finding in report.findings} <= {Verdict.OK, Verdict.NOT_ENOUGH_DATA}


def test_only_what_changed_is_read_again(monitor: Monitor) -> None:
    assert run_cycle(monitor, END - DAY).buckets_read > 900
    assert run_cycle(monitor, END - DAY).buckets_read == 0
    assert 0 < run_cycle(monitor, END - DAY + timedelta(hours=2)).buckets_read < 15


def test_a_check_that_crashes_is_a_fault_and_does_not_blind_the_others(monitor: Monitor) -> None:
    report = run_cycle(replace(monitor, checks=(Broken(), *monitor.checks)), END)
    assert [(fault.check, fault.error) for fault in report.faults] == [
        ("broken", "ZeroDivisionError: no 2026 in sight")
    ]
    assert {finding.check for finding in report.findings} >= {"accuracy", "class_recall", "traffic"}
    assert monitor.history.queries.cycles("support-bot")[-1].faults == ("broken: ZeroDivisionError: no 2026 in sight",)


def test_people_are_told_of_a_check_that_goes_on_crashing_until_it_runs_again(monitor: Monitor) -> None:
    broken = replace(
        monitor, checks=(Broken("traffic"), *(check for check in monitor.checks if check.name != "traffic"))
    )
    now = BREAK - DAY
    run_cycle(broken, now)
    told = [step for step in run_cycle(broken, now + monitor.incidents.hold).transitions if step.event is not None]
    assert [(step.event, step.incident.family) for step in told] == [(Event.OPENED, Family.WATCH)]
    shown = render_text(root_message(told[0]))
    assert "tunewatch's own check traffic: crashed (ZeroDivisionError" in shown
    assert "This is a fault of tunewatch, not of the chatbot" in shown
    ended = run_cycle(monitor, now + timedelta(hours=1))
    assert [step.event for step in ended.transitions if step.event is not None] == [Event.RESOLVED]
    assert not ended.open_incidents


def test_the_same_look_twice_keeps_one_record_and_tells_once(monitor: Monitor) -> None:
    first = run_cycle(monitor, END)
    again = run_cycle(monitor, END)
    assert [step.event for step in first.transitions if step.event] != []
    assert [step.event for step in again.transitions if step.event] == []
    assert len(monitor.history.queries.cycles("support-bot")) == 1
    assert again.open_incidents[0].id == first.open_incidents[0].id


def test_a_look_at_a_past_that_nothing_agrees_with_is_refused_and_changes_nothing(monitor: Monitor) -> None:
    run_cycle(monitor, END)
    with pytest.raises(ClockError, match="tunewatch history repair"):
        run_cycle(monitor, END - DAY)
    assert monitor.history.cursor("support-bot") == END


@pytest.mark.parametrize("history_url", ["sqlite", "postgresql"], indirect=True)
def test_a_look_that_was_dated_ahead_on_purpose_is_set_aside_and_kept(monitor: Monitor, history_url: str) -> None:
    ahead, healthy = END, BREAK - DAY
    run_cycle(monitor, healthy, looked_at=healthy)
    told = run_cycle(monitor, ahead, looked_at=healthy + timedelta(hours=1))
    assert told.open_incidents

    now = healthy + timedelta(hours=2)
    report = run_cycle(monitor, now, looked_at=now)

    assert (report.as_of, monitor.history.cursor("support-bot")) == (now, now)
    assert [cycle.as_of for cycle in monitor.history.queries.cycles("support-bot")] == [healthy, now]
    kept = {each.id: each for each in monitor.history.queries.incidents()}
    for incident in told.open_incidents:
        times = (kept[incident.id].since, kept[incident.id].onset, kept[incident.id].updated_at)
        assert max(times) <= now
    aside = dict(rows(history_url, "SELECT kept_from, count(*) FROM set_aside GROUP BY kept_from"))
    assert aside["cycles"] == 1
    assert aside["findings"] == len(told.findings)
    assert aside["metric_points"] == len(told.estimates)
    for (detail,) in rows(history_url, "SELECT detail FROM set_aside WHERE kept_from = 'metric_points'"):
        assert {"metric", "class", "slice", "value"} <= json.loads(detail).keys()


def test_a_clock_that_is_a_second_behind_the_last_look_sets_nothing_aside(monitor: Monitor) -> None:
    run_cycle(monitor, END, looked_at=END)
    report = run_cycle(monitor, END - timedelta(seconds=1), looked_at=END - timedelta(seconds=1))

    assert report.as_of == END
    assert len(monitor.history.queries.cycles("support-bot")) == 1


def test_no_advice_is_given_on_a_log_whose_ids_repeat_and_people_are_told_of_the_log(
    monitor: Monitor, tmp_path: Path
) -> None:
    for name in ("predictions", "labels"):  # five rows share one id: that of a conversation
        file = tmp_path / "logs" / f"{name}.parquet"
        rows = [row | {"id": row["id"] // 5} for row in pq.read_table(file).to_pylist()]
        pq.write_table(pa.Table.from_pylist(rows), file)
    first = run_cycle(monitor, END)
    told = run_cycle(monitor, END + monitor.incidents.hold)

    (watch,) = (each for each in told.open_incidents if each.family is Family.WATCH)
    assert watch.state is State.FIRING
    assert watch.findings[0].subject == "duplicate_id"
    assert {advised.advice.action for advised in (*first.advice, *told.advice)} == {Action.FIX_LOG}
    assert watch.advice.reasons[0].endswith("look at source.predictions.columns.id (up to 20% is tolerated).")


def test_rows_that_lose_their_time_are_told_within_hours_of_a_log_that_was_well(
    monitor: Monitor, tmp_path: Path
) -> None:
    file, well = tmp_path / "logs" / "predictions.parquet", BREAK - 2 * DAY
    rows = pq.read_table(file).to_pylist()
    times = [row["at"] for row in rows]
    _write(file, [row | {"at": at.isoformat()} for row, at in zip(rows, times, strict=True)])
    run_cycle(monitor, well)
    # From here on every other row names its time in a way that nobody can read.
    read = [row | {"at": at.isoformat()} for row, at in zip(rows, times, strict=True) if at <= well or row["id"] % 2]
    lost = [row | {"at": "yesterday"} for row, at in zip(rows, times, strict=True) if well < at <= BREAK - DAY]
    _write(file, read + lost[::2])

    report = run_cycle(monitor, BREAK - DAY)

    (watch,) = (each for each in report.open_incidents if each.family is Family.WATCH)
    assert [finding.subject for finding in watch.findings] == ["new_rows_lost"]
    assert "50 of the newest" in watch.findings[0].message


def _write(file: Path, rows: Sequence[dict[str, object]]) -> None:
    pq.write_table(pa.Table.from_pylist(list(rows)), file)
