"""One cycle: what it keeps, and what happens when something goes wrong in the middle."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from alerts.incident import Event, Family
from alerts.messages.message import root_message
from alerts.messages.text import render_text
from checks.finding import Finding, Verdict
from checks.measured import Measured
from config.loading import load
from monitor.bootstrap import build_monitor
from monitor.cycle import Monitor, run_cycle
from monitor.errors import HistoryError
from monitor.history import History
from tests.support.chat_log import BREAK, END, Bot, write_config, write_log

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Broken:
    """A check with a fault in it."""

    name: str = "broken"

    def run(self, measured: Measured) -> Sequence[Finding]:
        raise ZeroDivisionError(f"no {measured.windows.now.year} in sight")


@pytest.fixture
def monitor(tmp_path: Path) -> Iterator[Monitor]:
    write_log(tmp_path / "logs")
    settings = load(write_config(tmp_path, Bot()), environ={})
    history = History.open(f"sqlite:///{tmp_path / 'history.db'}")
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
    run_cycle(monitor, now + timedelta(hours=1))
    ended = run_cycle(monitor, now + timedelta(hours=1) + monitor.incidents.recover)
    assert [step.event for step in ended.transitions if step.event is not None] == [Event.RESOLVED]
    assert not ended.open_incidents


def test_the_same_look_twice_keeps_one_record_and_tells_once(monitor: Monitor) -> None:
    first = run_cycle(monitor, END)
    again = run_cycle(monitor, END)
    assert [step.event for step in first.transitions if step.event] != []
    assert [step.event for step in again.transitions if step.event] == []
    assert len(monitor.history.queries.cycles("support-bot")) == 1
    assert again.open_incidents[0].id == first.open_incidents[0].id


def test_a_look_at_the_past_is_refused_and_changes_nothing(monitor: Monitor) -> None:
    run_cycle(monitor, END)
    with pytest.raises(HistoryError):
        run_cycle(monitor, END - DAY)
    assert monitor.history.cursor("support-bot") == END
