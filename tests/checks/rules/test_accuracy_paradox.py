"""The accuracy paradox."""

from alerts.messages.wording import worded
from checks.estimates.cycle_data import Measured
from checks.rules.accuracy_paradox import AccuracyParadox, majority_rate
from checks.rules.finding import Cause, Finding, Verdict
from checks.statistics.alarm_budget import AlarmBudget
from tests.support.windows import Spell, answers, history

FLOORS = (("urgent", 0.8),)
CHECK = AccuracyParadox(good=0.85, min_recall=0.5, floors=FLOORS, budget=AlarmBudget(0.1))

RARE = {"urgent": 12, "billing": 280, "other": 280}


def urgent(*spells: Spell, check: AccuracyParadox = CHECK) -> Finding:
    return {finding.subject: finding for finding in map(worded, check.run(Measured(history(*spells))))}["urgent"]


def missed(recall: float) -> dict[tuple[str, str | None], float]:
    return answers(RARE, recall={"urgent": recall, "billing": 0.995, "other": 0.995}, taken_for={"urgent": "other"})


def test_98_percent_accuracy_with_12_percent_recall_on_urgent_is_the_paradox() -> None:
    finding = urgent(Spell(30, missed(0.92)), Spell(5, missed(0.12)))
    assert (finding.verdict, finding.cause, finding.threshold) == (Verdict.CRITICAL, Cause.PARADOX, 0.5)
    assert "accuracy is 9" in finding.message
    assert "balanced accuracy" in finding.message
    assert "commonest class" in finding.message


def test_it_holds_for_a_class_that_nobody_called_critical_too() -> None:
    check = AccuracyParadox(good=0.85, min_recall=0.5, floors=(), budget=AlarmBudget(0.1))
    assert urgent(Spell(30, missed(0.92)), Spell(14, missed(0.12)), check=check).cause is Cause.PARADOX


def test_a_recall_that_is_under_its_floor_but_not_poor_is_no_paradox() -> None:
    assert urgent(Spell(40, missed(0.65))).verdict is Verdict.OK


def test_where_accuracy_is_poor_too_nothing_is_hidden() -> None:
    everything_fails = answers(RARE, recall={"urgent": 0.1, "billing": 0.5, "other": 0.5})
    assert urgent(Spell(40, everything_fails)).verdict is Verdict.OK


def test_a_class_with_three_labels_is_not_judged() -> None:
    finding = urgent(Spell(3, answers(RARE | {"urgent": 1}, recall={"urgent": 1.0})))
    assert finding.verdict is Verdict.NOT_ENOUGH_DATA


def test_the_majority_rate_is_that_of_the_commonest_class() -> None:
    look = Measured(history(Spell(40, answers({"urgent": 10, "other": 90}, recall=1.0)))).current
    assert abs(majority_rate(look) - 0.9) < 0.01
