"""Evidently's reports: where they are kept, for how long, and on demand."""

import os
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from checks.counts.study import Study
from monitor.study.drift.part import drift
from monitor.study.reports import ReportFolder
from tests.support.program import run_here
from tests.support.studies import END, new_topic, samples, write_bot

DAY = timedelta(days=1)


def kept(folder: ReportFolder) -> list[str]:
    return sorted(file.name for file in folder.path.iterdir())


def write(folder: ReportFolder, days_ago: int, size: int = 100) -> str:
    at = END - days_ago * DAY
    file = folder.place("support-bot", at)
    file.write_bytes(b"x" * size)
    os.utime(file, (at.timestamp(), at.timestamp()))
    return file.name


def test_reports_go_when_they_are_old(tmp_path: Path) -> None:
    folder = ReportFolder(tmp_path / "reports", 30 * DAY, 10_000)
    write(folder, 31)
    young = write(folder, 29)
    assert folder.tidy(END) == 1
    assert kept(folder) == [young]


def test_the_oldest_go_while_they_take_too_much_room(tmp_path: Path) -> None:
    folder = ReportFolder(tmp_path / "reports", 30 * DAY, 250)
    names = [write(folder, days) for days in (5, 3, 1)]
    assert folder.tidy(END) == 1
    assert kept(folder) == sorted(names[1:])


def test_what_is_not_a_report_stays(tmp_path: Path) -> None:
    folder = ReportFolder(tmp_path, 30 * DAY, 0)
    (tmp_path / "notes.html").write_text("mine")
    folder.tidy(END)
    assert kept(folder) == ["notes.html"]


def test_a_report_is_written_on_demand(tmp_path: Path) -> None:
    write_bot(tmp_path, samples(now=new_topic(0.3)))
    ended = run_here("report", "--out", "mine.html", "--as-of", END.isoformat(), cwd=tmp_path)
    assert (ended.returncode, ended.stderr) == (0, "tunewatch: support-bot: the report is in mine.html\n")
    assert "disposable" in (tmp_path / "mine.html").read_text(encoding="utf-8")


def test_without_evidently_a_report_is_refused_and_drift_goes_on_without_its_opinion(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "evidently", None)  # as it is where it is not installed
    write_bot(tmp_path, samples(per_day=5))
    ended = run_here("report", "--as-of", END.isoformat(), cwd=tmp_path)
    assert ended.returncode == 1
    assert "the report of sampled rows needs Evidently, which is not installed here" in ended.stderr
    drawn = samples(now=new_topic(0.3))
    study = drift(drawn, Study(END, drawn.window, drawn.reference_spans, len(drawn.current), len(drawn.reference)))
    assert min(scale.contrast.p_value for column in study.columns for scale in column.scales) < 0.01
    assert {column.peer for column in study.columns} == {None}
    configuration = tmp_path / "tunewatch.yaml"
    configuration.write_text(configuration.read_text("utf-8") + "reports: {}\n", "utf-8")
    ended = run_here("once", cwd=tmp_path)
    assert ended.returncode == 2
    assert "reports needs Evidently, which is not installed here" in ended.stderr


def test_a_log_with_too_few_rows_gets_no_report(tmp_path: Path) -> None:
    write_bot(tmp_path, samples(per_day=5))
    ended = run_here("report", "--as-of", END.isoformat(), cwd=tmp_path)
    assert ended.returncode != 0
    assert "there are 35 rows in the window" in ended.stderr
