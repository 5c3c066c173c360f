"""A harder mix of messages is not a worse bot, and a worse bot is found whatever the mix."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.messages.wording import worded
from checks.counts.cells import OutcomeCell
from checks.counts.confusion import Confusion
from checks.estimates.cycle_data import Measured
from checks.estimates.decomposition import decompose
from checks.estimates.stratified import Stratified
from checks.metrics.window import estimates
from checks.rules.accuracy import Accuracy
from checks.rules.accuracy_paradox import AccuracyParadox
from checks.rules.class_precision import ClassPrecision
from checks.rules.class_recall import ClassRecall
from checks.rules.finding import Cause, Finding, Verdict
from checks.statistics.alarm_budget import AlarmBudget
from tests.support.windows import Spell, answers, history

BUDGET = AlarmBudget(0.2)
ACCURACY = Accuracy(good=0.85, bad=0.60, max_drop=0.03, budget=BUDGET)
QUALITY = (
    ACCURACY,
    ClassRecall((("urgent", 0.8),), None, 0.1, BUDGET),
    ClassPrecision((("urgent", 0.3),), None, 0.1, BUDGET),
    AccuracyParadox(0.85, 0.5, (("urgent", 0.8),), BUDGET),
)

EASY = {"urgent": 10, "billing": 130, "account": 130, "complaint": 30}
HARD = {"urgent": 15, "billing": 30, "account": 35, "complaint": 110}  # at weekends people complain
RECALL = {"urgent": 0.92, "billing": 0.95, "account": 0.95, "complaint": 0.75}
CALENDAR = [HARD if day % 7 in (5, 6) else EASY for day in range(140)]


def days(mixes: Sequence[dict[str, int]], recall: dict[str, float], seed: int) -> list[Spell]:
    """One spell of one day for each mix, its counts drawn by chance."""
    rng = np.random.default_rng(seed)
    return [Spell(1, {key: int(rng.poisson(n)) for key, n in answers(mix, recall=recall).items()}) for mix in mixes]


def judge(spells: Sequence[Spell]) -> Finding:
    (finding,) = map(worded, ACCURACY.run(Measured(history(*spells))))
    return finding


def test_weekends_with_harder_messages_raise_no_quality_alarm_for_months() -> None:
    stream = days(CALENDAR, RECALL, seed=1)
    alarms = []
    for end in range(42, len(stream)):
        measured = Measured(history(*stream[end - 42 : end]))
        alarms += [f for check in QUALITY for f in check.run(measured) if f.verdict.is_alarm]
    assert not alarms
    at_weekends = decompose(_counts(HARD, RECALL), _counts(EASY, RECALL))
    assert at_weekends is not None
    assert at_weekends.mix.value < -0.05  # what is not to be taken for the bot's fault


def test_a_week_of_harder_messages_is_told_as_mix() -> None:
    finding = judge([Spell(30, answers(EASY, recall=RECALL)), Spell(7, answers(HARD, recall=RECALL))])
    assert finding.value is not None
    assert finding.reference is not None
    assert finding.reference - finding.value > 0.06  # twice what is tolerated
    assert (finding.verdict, finding.cause) == (Verdict.OK, Cause.WITHIN_LIMITS)
    assert "a changed mix of classes makes -" in finding.message
    assert "changed behaviour -0.2 points (-2.1 to +1.7)" in finding.message


def test_behaviour_that_changed_by_as_much_is_a_warning() -> None:
    worse = {name: share - 0.08 for name, share in RECALL.items()}
    finding = judge([Spell(30, answers(EASY, recall=RECALL)), Spell(7, answers(EASY, recall=worse))])
    assert (finding.verdict, finding.cause) == (Verdict.WARNING, Cause.BELOW_REFERENCE)
    assert "changed behaviour -7.9 points" in finding.message


def test_behaviour_that_got_worse_is_found_behind_an_easier_mix() -> None:
    worse = RECALL | {"complaint": 0.50}
    finding = judge([Spell(30, answers(HARD, recall=RECALL)), Spell(7, answers(EASY, recall=worse))])
    assert finding.value is not None
    assert finding.reference is not None
    assert finding.value > finding.reference  # accuracy itself hides it
    assert (finding.verdict, finding.cause) == (Verdict.WARNING, Cause.BELOW_REFERENCE)


def test_a_mix_under_which_accuracy_is_not_good_is_no_warning_but_under_bad_it_is_critical() -> None:
    """Users who are ill served are ill served, whatever the reason."""
    hardest = {"urgent": 15, "billing": 10, "account": 10, "complaint": 250}
    spells = [Spell(30, answers(EASY, recall=RECALL)), Spell(7, answers(hardest, recall=RECALL))]
    assert judge(spells).verdict is Verdict.OK
    (finding,) = replace(ACCURACY, bad=0.82).run(Measured(history(*spells)))
    assert finding.verdict is Verdict.CRITICAL


def test_a_class_that_is_new_or_gone_counts_as_mix() -> None:
    gone = {name: n for name, n in EASY.items() if name != "billing"}
    new = EASY | {"refund": 100}
    recall = RECALL | {"refund": 0.4}
    for mix in (gone, new):
        finding = judge([Spell(30, answers(EASY, recall=RECALL)), Spell(7, answers(mix, recall=recall))])
        assert finding.verdict is Verdict.OK


def test_the_metric_lines_of_both_parts_add_up_to_the_difference() -> None:
    worse = {name: share - 0.05 for name, share in RECALL.items()}
    measured = Measured(history(Spell(30, answers(EASY, recall=RECALL)), Spell(7, answers(HARD, recall=worse))))
    lines = {line.metric: line for line in estimates(measured) if line.slice == "all"}
    mix, behaviour = lines["accuracy_mix_effect"], lines["accuracy_behaviour_effect"]
    before = measured.reference.stratified.accuracy()
    assert before is not None
    assert lines["accuracy"].value is not None
    assert mix.value is not None
    assert behaviour.value is not None
    assert mix.value + behaviour.value == pytest.approx(lines["accuracy"].value - before.value)
    assert behaviour.low is not None
    assert behaviour.high is not None
    assert behaviour.low < -0.05 < behaviour.high


def test_without_a_reference_there_are_no_parts() -> None:
    measured = Measured(history(Spell(5, answers(EASY))))
    assert "accuracy_mix_effect" not in {line.metric for line in estimates(measured)}
    assert "mix" not in judge([Spell(5, answers(EASY))]).message


@pytest.mark.parametrize("labelling", [(0.6, 0.6), (0.9, 0.3)], ids=["fair labels", "biased labels"])
@pytest.mark.parametrize("n", [300, 2000])
def test_the_intervals_of_both_parts_cover_the_truth(n: int, labelling: tuple[float, float]) -> None:
    rng = np.random.default_rng(n)
    before, after = np.array([0.05, 0.35, 0.60]), np.array([0.15, 0.25, 0.60])
    good, worse = np.array([0.90, 0.95, 0.80]), np.array([0.70, 0.95, 0.80])
    mix, behaviour = (after - before) @ (good + worse) / 2, (worse - good) @ (after + before) / 2
    held = []
    for _ in range(300):
        window, reference = _drawn(rng, n, after, worse, labelling), _drawn(rng, 4 * n, before, good, labelling)
        parts = decompose(window, reference)
        assert parts is not None
        held.append((parts.mix.low <= mix <= parts.mix.high, parts.behaviour.low <= behaviour <= parts.behaviour.high))
    covered = np.mean(held, axis=0)
    assert (covered > 0.90).all()


MATRICES = st.lists(st.lists(st.integers(0, 60), min_size=3, max_size=3), min_size=3, max_size=3)


@given(MATRICES, MATRICES)
def test_both_parts_always_add_up_and_turn_round(one: list[list[int]], other: list[list[int]]) -> None:
    window, reference = _from_matrix(one), _from_matrix(other)
    parts, back = decompose(window, reference), decompose(reference, window)
    now, then = window.accuracy(), reference.accuracy()
    if parts is not None and now is not None and then is not None:
        assert parts.mix.value + parts.behaviour.value == pytest.approx(now.value - then.value)
        assert parts.behaviour.low <= parts.behaviour.value <= parts.behaviour.high
        assert parts.mix.low <= parts.mix.value <= parts.mix.high
    rich = min(window.confusion.support.min(initial=0), reference.confusion.support.min(initial=0)) >= 5
    if rich and parts is not None and back is not None and window.confusion.classes == reference.confusion.classes:
        assert back.mix.value == pytest.approx(-parts.mix.value)
        assert back.behaviour.value == pytest.approx(-parts.behaviour.value)


@given(MATRICES)
def test_nothing_changed_from_a_window_to_itself(matrix: list[list[int]]) -> None:
    window = _from_matrix(matrix)
    parts = decompose(window, window)
    if parts is not None and window.confusion.support[window.confusion.support > 0].min() >= 5:
        assert (parts.mix.value, parts.behaviour.value) == pytest.approx((0, 0))


def _counts(mix: dict[str, int], recall: dict[str, float]) -> Stratified:
    return Measured(history(Spell(7, answers(mix, recall=recall)))).current.stratified


def _from_matrix(matrix: list[list[int]]) -> Stratified:
    """Labelled rows, predicted by label, and half as many again without a label."""
    cells = [_cell(str(p), str(y), n) for p, row in enumerate(matrix) for y, n in enumerate(row) if n]
    return Stratified.of(Confusion.of(cells + [_cell(c.predicted, None, c.n // 2) for c in cells]))


def _drawn(
    rng: np.random.Generator, n: int, mix: np.ndarray, recall: np.ndarray, labelling: tuple[float, float]
) -> Stratified:
    cells = []
    for label, size in enumerate(rng.multinomial(n, mix)):
        misses = (1 - recall[label]) / (mix.size - 1)
        shares = [recall[label] if predicted == label else misses for predicted in range(mix.size)]
        for predicted, count in enumerate(rng.multinomial(size, shares)):
            known = int(rng.binomial(count, labelling[0] if predicted == 0 else labelling[1]))
            cells += [_cell(str(predicted), str(label), known), _cell(str(predicted), None, int(count) - known)]
    return Stratified.of(Confusion.of([cell for cell in cells if cell.n]))


def _cell(predicted: str, label: str | None, n: int) -> OutcomeCell:
    weight = 0.0 if label is None else float(n)
    return OutcomeCell(predicted, label, n, weight, weight)
