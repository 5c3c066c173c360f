"""Precision without the mix of classes."""

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.messages.wording import worded
from checks.counts.confusion import Confusion
from checks.estimates.cycle_data import Measured
from checks.estimates.decomposition import Pair
from checks.estimates.specificity import specificity
from checks.estimates.stratified import Stratified
from checks.rules.class_precision import ClassPrecision
from checks.rules.finding import Cause, Finding, Verdict
from checks.statistics.alarm_budget import AlarmBudget
from tests.support.windows import SUPPORT, Outcomes, Spell, answers, cells, history

USUAL = {name: 20.0 * n for name, n in SUPPORT.items()}


def counts(labelled: Mapping[str, float], billing: float = 0.95) -> Stratified:
    """Counts in which billing is taken for urgent where it is missed."""
    outcomes = answers(labelled, recall={"billing": billing}, taken_for={"billing": "urgent"})
    return Stratified.of(Confusion.of(cells(outcomes)))


def compared(now: Stratified, then: Stratified) -> Pair:
    found = specificity(now, then, "urgent", 0.10)
    assert found is not None
    return found


def test_a_class_that_becomes_rarer_loses_precision_and_no_specificity() -> None:
    then, now = counts(USUAL), counts(USUAL | {"urgent": 70.0})
    before, after = then.precision("urgent"), now.precision("urgent")
    assert before is not None
    assert after is not None
    assert after.value < before.value - 0.10
    found = compared(now, then)
    assert found.now.value == pytest.approx(found.then.value, abs=0.002)


@settings(max_examples=20, deadline=None)
@given(billing=st.floats(200, 4000), account=st.floats(200, 4000), other=st.floats(200, 4000))
def test_no_mix_of_the_other_classes_changes_it(billing: float, account: float, other: float) -> None:
    mix = USUAL | {"billing": billing, "account": account, "other": other}
    found = compared(counts(mix), counts(USUAL))
    assert found.now.value == pytest.approx(found.then.value, abs=0.004)  # counts are whole


def test_the_margin_is_the_loss_that_costs_the_precision_that_is_tolerated() -> None:
    then = counts(USUAL)
    found, before = compared(then, then), then.precision("urgent")
    assert before is not None
    assert found.margin is not None
    hits, others = then.cells[then.confusion.index("urgent"), then.confusion.index("urgent")], then.cells.sum()
    others -= then.cells[:, then.confusion.index("urgent")].sum()
    taken = others * (1 - (found.then.value - found.margin))
    assert hits / (hits + taken) == pytest.approx(before.value - 0.10, abs=0.002)


def test_a_reference_that_does_not_know_the_class_has_nothing_to_compare() -> None:
    assert specificity(counts(USUAL), counts(EVERYBODY_ELSE), "urgent", 0.10) is None


EVERYBODY_ELSE = {name: n for name, n in USUAL.items() if name != "urgent"} | {"billing": 0.0}


def judge(now: Outcomes) -> Finding:
    check = ClassPrecision((("urgent", 0.30),), None, 0.10, AlarmBudget(0.2))
    findings = [worded(found) for found in check.run(Measured(history(Spell(30, taken(0.95)), Spell(7, now))))]
    return next(finding for finding in findings if finding.subject == "urgent")


def taken(billing: float, urgent: float = 14) -> Outcomes:
    return answers(SUPPORT | {"urgent": urgent}, recall={"billing": billing}, taken_for={"billing": "urgent"})


def test_a_bot_that_takes_more_messages_for_urgent_is_told_of() -> None:
    finding = judge(taken(0.80))
    assert (finding.verdict, finding.cause) == (Verdict.CRITICAL, Cause.BELOW_REFERENCE)


def test_fewer_urgent_messages_are_no_fault_of_the_bot() -> None:
    finding = judge(taken(0.95, urgent=6))
    assert finding.value is not None
    assert finding.reference is not None
    assert finding.value < finding.reference - 0.10
    assert finding.verdict is Verdict.OK
