"""The label health check."""

from dataclasses import replace
from datetime import timedelta
from math import floor, log

from alerts.messages.wording import worded
from checks.counts.cells import DELAY_BASE, DelayCell
from checks.counts.windows import Windows
from checks.estimates.cycle_data import Measured
from checks.rules.finding import Cause, Finding, Verdict
from checks.rules.label_health import LabelHealth
from checks.statistics.alarm_budget import AlarmBudget
from tests.support.windows import NOW, Spell, answers, history

DAY = timedelta(days=1)
CHECK = LabelHealth(max_silence=3 * DAY, min_coverage=None, max_delay_ratio=3, budget=AlarmBudget(0.05))

WELL = answers(unlabelled=0.4)
SPARSE = answers({"urgent": 1, "billing": 5, "account": 5, "other": 5}, unlabelled=0.95)


def judge(windows: Windows, check: LabelHealth = CHECK) -> dict[str, Finding]:
    return {finding.subject: finding for finding in map(worded, check.run(Measured(windows)))}


def delays(hours: float, age: timedelta, n: int = 200) -> DelayCell:
    return DelayCell(bin_of(hours * 3600), n, "other", bin_of(age.total_seconds()))


def bin_of(seconds: float) -> int:
    return floor(log(seconds) / log(DELAY_BASE))


def with_delays(windows: Windows, now_hours: float, then_hours: float) -> Windows:
    """Labels that all take as long, of predictions 6 days old and of ones 12 days old."""
    return replace(windows, delays=(delays(now_hours, 6 * DAY), delays(then_hours, 12 * DAY)))


def test_labels_that_come_as_they_did_are_ok() -> None:
    findings = judge(with_delays(history(Spell(40, WELL)), 18, 18))
    assert findings.keys() == {"silence", "coverage", "delay"}
    assert {finding.verdict for finding in findings.values()} == {Verdict.OK}


def test_four_days_without_a_label_are_told() -> None:
    silent = replace(history(Spell(40, WELL)), last_label_at=NOW - 4 * DAY)
    finding = judge(silent)["silence"]
    assert (finding.verdict, finding.cause, finding.value) == (Verdict.WARNING, Cause.SILENT, 96)


def test_coverage_that_collapsed_is_told_with_what_it_was() -> None:
    windows = with_delays(history(Spell(33, WELL), Spell(7, SPARSE)), 1, 1)
    finding = judge(windows)["coverage"]
    assert (finding.verdict, finding.cause) == (Verdict.WARNING, Cause.BELOW_FLOOR)
    assert "in the reference" in finding.message


def test_a_class_that_lost_its_labels_is_told_by_its_name() -> None:
    others = {key: n for key, n in WELL.items() if key[0] != "billing"}
    billing = sum(n for (predicted, _), n in WELL.items() if predicted == "billing")
    windows = with_delays(history(Spell(33, WELL), Spell(7, {**others, ("billing", None): billing})), 1, 1)
    finding = judge(windows)["coverage"]
    assert (finding.verdict, finding.value) == (Verdict.WARNING, 0)
    assert "as billing" in finding.message


def test_a_coverage_limit_needs_no_reference() -> None:
    check = replace(CHECK, min_coverage=0.3)
    assert judge(history(Spell(5, SPARSE)), check)["coverage"].verdict is Verdict.WARNING


def test_labels_that_take_four_times_as_long_are_told() -> None:
    finding = judge(with_delays(history(Spell(40, WELL)), 72, 18))["delay"]
    assert (finding.verdict, finding.cause) == (Verdict.WARNING, Cause.ABOVE_REFERENCE)


def test_a_log_that_never_had_a_label_gets_no_verdict() -> None:
    findings = judge(replace(history(Spell(40, {("a", None): 50})), last_label_at=None))
    assert [finding.cause for finding in findings.values()] == [Cause.NOT_LOGGED]
