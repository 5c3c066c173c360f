"""The accuracy check."""

from alerts.messages.wording import worded
from checks.estimates.cycle_data import Measured
from checks.rules.accuracy import Accuracy
from checks.rules.finding import Cause, Finding, Verdict
from checks.statistics.alarm_budget import AlarmBudget
from tests.support.windows import EVEN, Spell, answers, history

CHECK = Accuracy(good=0.85, bad=0.60, max_drop=0.03, budget=AlarmBudget(0.2))


def judge(*spells: Spell) -> Finding:
    (finding,) = map(worded, CHECK.run(Measured(history(*spells))))
    return finding


def test_accuracy_that_is_good_and_was_good_is_ok_and_clear() -> None:
    finding = judge(Spell(40, answers(EVEN, recall=0.95)))
    assert (finding.verdict, finding.clear) == (Verdict.OK, True)
    assert finding.value is not None
    assert abs(finding.value - 0.95) < 0.01


def test_accuracy_under_bad_is_critical() -> None:
    finding = judge(Spell(30, answers(EVEN, recall=0.9)), Spell(7, answers(EVEN, recall=0.4)))
    assert (finding.verdict, finding.cause, finding.threshold) == (Verdict.CRITICAL, Cause.BELOW_FLOOR, 0.60)


def test_accuracy_between_bad_and_good_is_a_warning() -> None:
    finding = judge(Spell(40, answers(EVEN, recall=0.75)))
    assert (finding.verdict, finding.cause, finding.threshold) == (Verdict.WARNING, Cause.BELOW_FLOOR, 0.85)


def test_accuracy_that_is_still_good_but_lost_ten_points_is_a_warning() -> None:
    finding = judge(Spell(30, answers(EVEN, recall=0.98)), Spell(7, answers(EVEN, recall=0.88)))
    assert (finding.verdict, finding.cause) == (Verdict.WARNING, Cause.BELOW_REFERENCE)
    assert "was 98% in the reference" in finding.message


def test_a_bad_week_that_is_over_no_longer_alarms() -> None:
    finding = judge(
        Spell(30, answers(EVEN, recall=0.95)), Spell(4, answers(EVEN, recall=0.5)), Spell(3, answers(EVEN, recall=0.95))
    )
    assert finding.verdict is Verdict.OK


def test_a_bad_day_is_seen_before_it_fills_the_week() -> None:
    finding = judge(Spell(34, answers(EVEN, recall=0.95)), Spell(1, answers(EVEN, recall=0.3)))
    assert finding.verdict is Verdict.CRITICAL
    assert (finding.window_end - finding.window_start).days == 1


def test_without_labels_accuracy_is_not_known() -> None:
    finding = judge(Spell(40, {("cards", None): 100}))
    assert (finding.verdict, finding.value, finding.n) == (Verdict.NOT_ENOUGH_DATA, None, 0)


def test_an_empty_log_gives_no_verdict() -> None:
    assert judge().verdict is Verdict.NOT_ENOUGH_DATA
