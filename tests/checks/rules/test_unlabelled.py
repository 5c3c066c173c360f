"""A class that is much of the traffic and gets no label leaves shares unknown, and the finding names it."""

from alerts.messages.wording import worded
from checks.estimates.cycle_data import Measured
from checks.rules.accuracy import Accuracy
from checks.rules.class_precision import ClassPrecision
from checks.rules.class_recall import ClassRecall
from checks.rules.finding import Finding, Verdict
from checks.statistics.alarm_budget import AlarmBudget
from tests.support.windows import Outcomes, Spell, answers, history

BUDGET = AlarmBudget(0.2)
ACCURACY = Accuracy(good=0.85, bad=0.60, max_drop=0.03, budget=BUDGET)
RECALL = ClassRecall((("urgent", 0.8),), None, 0.1, BUDGET)
PRECISION = ClassPrecision((("urgent", 0.5),), None, 0.1, BUDGET)
TRAFFIC = {"urgent": 40, "billing": 100, "account": 100, "cards": 80}


def without_labels_of(name: str, outcomes: Outcomes) -> Outcomes:
    """The same day, on which nobody labelled what was predicted as `name`."""
    kept = {(predicted, label): n for (predicted, label), n in outcomes.items() if predicted != name}
    return kept | {(name, None): sum(n for (predicted, _), n in outcomes.items() if predicted == name)}


def judge(check: Accuracy | ClassRecall | ClassPrecision, last: Outcomes) -> Finding:
    windows = history(Spell(30, answers(TRAFFIC)), Spell(7, last))
    return next(
        finding for finding in map(worded, check.run(Measured(windows))) if finding.subject in {"all", "urgent"}
    )


def test_accuracy_and_recall_are_not_called_well_and_the_class_to_label_is_named() -> None:
    for check in (ACCURACY, RECALL):
        finding = judge(check, without_labels_of("cards", answers(TRAFFIC)))
        assert finding.verdict is Verdict.NOT_ENOUGH_DATA
        assert "no prediction as cards has a label" in finding.message
        assert not finding.clear
        assert finding.value is not None


def test_precision_of_another_class_does_not_depend_on_it() -> None:
    assert judge(PRECISION, without_labels_of("cards", answers(TRAFFIC))).verdict is Verdict.OK


def test_what_is_bad_among_the_others_alarms_all_the_same() -> None:
    bad = answers(TRAFFIC, recall={"urgent": 0.2})
    assert judge(RECALL, without_labels_of("cards", bad)).verdict is Verdict.CRITICAL


def test_a_class_that_is_hardly_any_of_the_traffic_is_no_reason() -> None:
    assert judge(RECALL, answers(TRAFFIC)).verdict is Verdict.OK
    rare = TRAFFIC | {"cards": 20}
    finding = judge(ACCURACY, without_labels_of("cards", answers(rare)))
    assert "no prediction as cards" not in finding.message
