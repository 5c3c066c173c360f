"""The recall and precision checks."""

from alerts.messages.wording import worded
from checks.estimates.cycle_data import Measured
from checks.rules.class_precision import ClassPrecision
from checks.rules.class_recall import ClassRecall
from checks.rules.class_shares import ClassShares
from checks.rules.finding import Cause, Finding, Verdict
from checks.statistics.alarm_budget import AlarmBudget
from tests.support.windows import SUPPORT, Spell, answers, history

RECALL = ClassRecall(floors=(("urgent", 0.8),), floor=None, max_drop=0.1, budget=AlarmBudget(0.3))
PRECISION = ClassPrecision(floors=(), floor=None, max_drop=0.1, budget=AlarmBudget(0.1))

HEALTHY = Spell(35, answers(recall=0.92))
MISSING_URGENT = answers(recall={"urgent": 0.13}, taken_for={"urgent": "other"})


def judge(check: ClassShares, *spells: Spell) -> dict[str, Finding]:
    return {finding.subject: finding for finding in map(worded, check.run(Measured(history(*spells))))}


def test_every_class_of_a_healthy_bot_is_ok() -> None:
    for check in (RECALL, PRECISION):
        findings = judge(check, HEALTHY)
        assert findings.keys() == SUPPORT.keys()
        assert {finding.verdict for finding in findings.values()} == {Verdict.OK}


def test_a_critical_class_under_its_floor_is_critical_within_three_days() -> None:
    finding = judge(RECALL, HEALTHY, Spell(3, MISSING_URGENT))["urgent"]
    assert (finding.verdict, finding.cause, finding.threshold) == (Verdict.CRITICAL, Cause.BELOW_FLOOR, 0.8)
    assert finding.value is not None
    assert finding.value < 0.3
    assert finding.reference is not None
    assert finding.reference > 0.85


def test_a_week_that_looks_well_is_not_clear_while_its_last_day_does_not() -> None:
    finding = judge(RECALL, HEALTHY, Spell(1, MISSING_URGENT | {("other", "urgent"): 4, ("urgent", "urgent"): 1}))[
        "urgent"
    ]
    assert (finding.verdict, finding.clear) == (Verdict.OK, False)
    assert finding.value is not None
    assert finding.value > 0.8


def test_another_class_that_fell_is_a_warning_against_its_reference() -> None:
    worse = answers(recall={"billing": 0.6}, taken_for={"billing": "account"})
    findings = judge(RECALL, HEALTHY, Spell(7, worse))
    assert (findings["billing"].verdict, findings["billing"].cause) == (Verdict.WARNING, Cause.BELOW_REFERENCE)
    assert findings["account"].verdict is Verdict.OK
    assert judge(PRECISION, HEALTHY, Spell(7, worse))["account"].verdict is Verdict.WARNING


def test_three_labelled_urgent_messages_are_not_enough_to_judge() -> None:
    finding = judge(RECALL, Spell(3, answers(SUPPORT | {"urgent": 1}, recall={"urgent": 1.0})))["urgent"]
    assert (finding.verdict, finding.n) == (Verdict.NOT_ENOUGH_DATA, 3)


def test_a_critical_class_that_never_appears_is_told_of() -> None:
    check = ClassRecall((("urgnt", 0.8),), None, 0.1, AlarmBudget(0.3))
    assert judge(check, HEALTHY)["urgnt"].verdict is Verdict.NOT_ENOUGH_DATA


def test_a_class_that_vanished_from_the_window_is_still_looked_for() -> None:
    gone = answers({name: n for name, n in SUPPORT.items() if name != "billing"})
    assert judge(RECALL, HEALTHY, Spell(8, gone))["billing"].verdict is Verdict.NOT_ENOUGH_DATA


def test_a_floor_for_every_class_is_a_warning_for_those_that_are_not_critical() -> None:
    check = ClassRecall((), 0.9, 0.1, AlarmBudget(0.3))
    finding = judge(check, Spell(40, answers(recall={"billing": 0.7})))["billing"]
    assert (finding.verdict, finding.cause) == (Verdict.WARNING, Cause.BELOW_FLOOR)
