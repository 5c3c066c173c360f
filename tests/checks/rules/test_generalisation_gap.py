"""Offline figures against production."""

import numpy as np
import pytest

from alerts.messages.wording import worded
from checks.estimates.cycle_data import Measured
from checks.rules.finding import Verdict
from checks.rules.generalisation_gap import GeneralisationGap, OfflineFigures
from checks.statistics.alarm_budget import AlarmBudget
from tests.support.windows import EVEN, Spell, answers, history

BUDGET = AlarmBudget(0.005)


def check(*offline: OfflineFigures, max_gap: float = 0.10) -> GeneralisationGap:
    return GeneralisationGap(offline, max_gap, BUDGET)


def day(recall: float) -> dict[tuple[str, str | None], float]:
    return answers(EVEN, recall=recall)


def test_a_model_that_was_much_better_offline_is_told() -> None:
    windows = history(Spell(35, day(0.78), model="m2"))
    (finding,) = map(worded, check(OfflineFigures("m2", 800, accuracy=0.96)).run(Measured(windows)))
    assert (finding.verdict, finding.subject, finding.threshold) == (Verdict.WARNING, "m2", 0.10)
    assert finding.value == pytest.approx(0.18, abs=0.01)
    assert finding.message == "accuracy of m2 is 77% (75–79%, n=1,590) in production, 96% offline"


def test_a_gap_within_the_limit_is_well() -> None:
    windows = history(Spell(35, day(0.92), model="m2"))
    (finding,) = map(worded, check(OfflineFigures("m2", 800, accuracy=0.96)).run(Measured(windows)))
    assert (finding.verdict, finding.clear) == (Verdict.OK, True)


def test_a_small_evaluation_set_does_not_prove_a_gap() -> None:
    windows = history(Spell(35, day(0.78), model="m2"))
    (finding,) = check(OfflineFigures("m2", 20, accuracy=0.96)).run(Measured(windows))
    assert finding.verdict is Verdict.OK


def test_recalls_are_judged_class_by_class() -> None:
    one = answers({**EVEN, "urgent": 14}, recall={**dict.fromkeys(EVEN, 0.95), "urgent": 0.3})
    offline = OfflineFigures("m2", 2000, recall=(("urgent", 0.95), ("cards", 0.95)))
    found = {f.subject: f.verdict for f in check(offline).run(Measured(history(Spell(35, one, model="m2"))))}
    assert found == {"m2, recall of urgent": Verdict.WARNING, "m2, recall of cards": Verdict.OK}


def test_a_version_that_does_not_answer_is_not_judged() -> None:
    assert check(OfflineFigures("m3", 800, 0.9)).run(Measured(history(Spell(35, day(0.7), model="m2")))) == []
    assert check().run(Measured(history())) == []


def test_without_labels_it_cannot_tell() -> None:
    windows = history(Spell(35, {("cards", None): 100.0}, model="m2"))
    (finding,) = check(OfflineFigures("m2", 800, 0.9)).run(Measured(windows))
    assert finding.verdict is Verdict.NOT_ENOUGH_DATA


def test_a_model_at_the_limit_is_rarely_accused() -> None:
    """The truth lies exactly at the greatest gap allowed; the level is far under one in a hundred."""
    chance = np.random.default_rng(5)
    told = 0
    for _ in range(100):
        offline = OfflineFigures("m2", 500, accuracy=float(chance.binomial(500, 0.90)) / 500)
        windows = history(Spell(10, day(0.80), model="m2"), chance=chance)
        told += check(offline).run(Measured(windows))[0].verdict is Verdict.WARNING
    assert told <= 2
