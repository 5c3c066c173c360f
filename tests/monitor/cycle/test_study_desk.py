"""Studies beside the cycles: when they are made, what is kept of them, and what is told where they fail."""

import os
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from checks.rules.finding import Finding, Verdict
from config.loading import load
from monitor.bootstrap.history import open_history
from monitor.bootstrap.monitors import build_monitor
from monitor.cycle.backtest import SimulatedTimes, play
from monitor.cycle.cycle import Monitor, run_cycle
from monitor.cycle.study_desk import StudyDesk
from monitor.daemon.study_rounds import StudyRounds
from monitor.study.child import StudyChild
from monitor.study.plan import plan_of
from tests.support.program import json_lines, run_here
from tests.support.studies import DAY, END, new_topic, samples, write_bot

HOUR = timedelta(hours=1)


@contextmanager
def opened(file: Path) -> Iterator[Monitor]:
    with chdir(file.parent):
        settings = load(file, environ={})
        history = open_history(settings)
        monitor = build_monitor(settings, "support-bot", history)
        yield monitor
        monitor.log.close()
        history.close()


@pytest.fixture
def desk(child: StudyChild) -> StudyDesk:
    """A desk with the child process of all tests."""
    return StudyDesk(child)


def drift_of(findings: tuple[Finding, ...], subject: str) -> Finding:
    return next(finding for finding in findings if (finding.check, finding.subject) == ("drift", subject))


def test_a_study_is_made_kept_and_judged_at_the_next_look(desk: StudyDesk, tmp_path: Path) -> None:
    with opened(write_bot(tmp_path, samples(now=new_topic(0.3)))) as monitor:
        kept = desk.study_if_due(monitor, END)
        report = run_cycle(monitor, END)
    assert kept is not None
    assert kept.study is not None
    assert (kept.error, kept.study.n_current, kept.study.n_reference) == ("", 280, 1120)
    assert (drift_of(report.findings, "text").verdict, report.faults) == (Verdict.WARNING, ())
    assert "disposable" in drift_of(report.findings, "text").message


def test_studies_are_made_once_in_every_and_read_for_twice_as_long(desk: StudyDesk, tmp_path: Path) -> None:
    with opened(write_bot(tmp_path, samples())) as monitor:
        assert desk.study_if_due(monitor, END) is not None
        assert desk.study_if_due(monitor, END + 23 * HOUR) is None
        assert monitor.history.is_study_due("support-bot", END + 24 * HOUR, DAY)
        assert drift_of(run_cycle(monitor, END + 47 * HOUR).findings, "text").verdict is Verdict.OK
        late = run_cycle(monitor, END + 49 * HOUR).findings
        assert drift_of(late, "all").verdict is Verdict.NOT_ENOUGH_DATA


def test_a_study_that_fails_is_a_fault_of_drift_and_the_cycle_goes_on(tmp_path: Path) -> None:
    desk = StudyDesk()
    with opened(write_bot(tmp_path, samples(), study="{timeout: 0.2s}")) as monitor:
        kept = desk.study_if_due(monitor, END)
        report = run_cycle(monitor, END)
        assert desk.study_if_due(monitor, END + timedelta(minutes=30)) is None
        assert monitor.history.is_study_due("support-bot", END + HOUR, DAY)
    desk.rest()
    assert kept is not None
    assert kept.study is None
    assert [(fault.check, fault.error) for fault in report.faults] == [
        ("drift", "the study of sampled rows took longer than the 0.2 s that study.timeout allows")
    ]
    assert drift_of(report.findings, "all").verdict is Verdict.NOT_ENOUGH_DATA
    assert {finding.check for finding in report.findings} > {"drift", "traffic"}


def test_too_few_rows_make_no_study(desk: StudyDesk, tmp_path: Path) -> None:
    with opened(write_bot(tmp_path, samples(per_day=10))) as monitor:
        assert desk.study_if_due(monitor, END) is None


def test_where_nothing_is_logged_that_one_could_look_at_there_is_no_study(tmp_path: Path) -> None:
    file = write_bot(tmp_path, samples())
    plain = file.read_text(encoding="utf-8").replace(" text: text, confidence: confidence,", "")
    file.write_text(plain, encoding="utf-8")
    with opened(file) as monitor:
        assert monitor.study is None
        assert "drift" not in {finding.check for finding in run_cycle(monitor, END).findings}


def test_studies_can_be_turned_off(tmp_path: Path) -> None:
    with opened(write_bot(tmp_path, samples(), study="{enabled: false}")) as monitor:
        assert monitor.study is None


def test_a_backtest_makes_them_as_time_goes_by_and_leaves_no_process(tmp_path: Path) -> None:
    before = _children()
    with opened(write_bot(tmp_path, samples(now=new_topic(0.3)))) as monitor:
        span = SimulatedTimes(END - 5 * DAY, END, 2.5 * DAY)
        verdicts = [drift_of(report.findings, "text").verdict for report in play([monitor], span)]
    assert (verdicts[0], verdicts[-1]) == (Verdict.OK, Verdict.WARNING)
    assert _children() <= before


def test_once_prints_what_drifted_and_where_the_report_is(tmp_path: Path) -> None:
    file = write_bot(tmp_path, samples(now=new_topic(0.3)))
    file.write_text("reports: {workspace: evidently}\n" + file.read_text(encoding="utf-8"), encoding="utf-8")
    ended = run_here("once", "--as-of", END.isoformat(), "--json", cwd=tmp_path)
    lines = [line for line in json_lines(ended.stdout) if line.get("check") == "drift" and line["subject"] == "text"]
    assert [line["verdict"] for line in lines] == ["warning"]
    report = tmp_path / "reports" / "support-bot-20260406T000000Z.html"
    assert lines[0]["message"].endswith(f"; report: {report}")
    assert "disposable" in report.read_text(encoding="utf-8")
    assert list((tmp_path / "evidently").rglob("snapshots/*.json"))


def test_a_round_of_the_daemon_studies_what_is_due_and_ends_its_process(tmp_path: Path) -> None:
    file, before = write_bot(tmp_path, samples(), study="{timeout: 0.2s}"), _children()
    with opened(file) as monitor:
        plan = plan_of(load(file, environ={}).monitors["support-bot"])
        assert plan is not None
        rounds = StudyRounds({"support-bot": plan}, lambda _: monitor, monitor.history, lambda: END)
        rounds.run()
        assert not monitor.history.is_study_due("support-bot", END, DAY)  # it was tried
        assert rounds.close(patience=1)
    assert _children() <= before


def test_a_desk_that_was_stopped_studies_nothing_more(tmp_path: Path) -> None:
    desk = StudyDesk()
    with opened(write_bot(tmp_path, samples())) as monitor:
        desk.stop()
        assert desk.study_if_due(monitor, END) is None
    assert desk.close(patience=0)


def _children() -> set[str]:
    """Children that this process has to make studies."""
    found = set()
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text(encoding="utf-8").rsplit(")", 1)[1].split()
            command = (status.parent / "cmdline").read_text(encoding="utf-8")
        except OSError:
            continue
        if fields[1] == str(os.getpid()) and fields[0] != "Z" and "monitor.study.worker" in command:
            found.add(status.parent.name)
    return found
