"""Recall from a queue's labels with earlier ones beside them: what is trusted, and what is not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.label_queue import Case, simulate
from bench.queue_bots import Bot
from checks.alarm import AlarmBudget
from checks.confusion import Confusion
from checks.counts import NO_BAND, OutcomeCell
from checks.expected import Expectation, Key
from checks.finding import Verdict
from checks.informed import Informed
from checks.intervals import Proportion
from checks.known import Known
from checks.measured import Measured
from checks.per_class import ClassRecall
from checks.stratified import Stratified
from checks.windows import Window, Windows

SIZES = {("urgent", 7): 100, ("other", 0): 300, ("other", 7): 3800}
MISSES = {("urgent", 7): 0.9, ("other", 0): 0.07, ("other", 7): 0.001}  # share truly urgent


def window(labelled: dict[tuple[str, int], int], urgent: dict[tuple[str, int], int], *, designed: bool) -> Confusion:
    return Confusion.of(cells(labelled, urgent, designed=designed))


def cells(
    labelled: dict[tuple[str, int], int], urgent: dict[tuple[str, int], int], *, designed: bool
) -> tuple[OutcomeCell, ...]:
    """Of each stratum some are labelled, and some of these are urgent."""
    built = []
    for (predicted, band), size in SIZES.items():
        n, found = labelled[predicted, band], urgent[predicted, band]
        weight = size / n if designed and n else 1.0
        for label, count in (("urgent", found), ("other", n - found)):
            sums = count * weight, count * weight**2
            built.append(OutcomeCell(predicted, label, count, *sums, band=band, designed=count if designed else 0))
        built.append(OutcomeCell(predicted, None, size - n, 0, 0, band=band))
    return tuple(built)


def as_expected(share: float) -> tuple[dict[tuple[str, int], int], dict[tuple[str, int], int]]:
    labelled = {key: round(size * share) for key, size in SIZES.items()}
    return labelled, {key: round(n * MISSES[key]) for key, n in labelled.items()}


EARLIER = window(*as_expected(4.0 * 0.6), designed=False)
QUEUE = {("urgent", 7): 20, ("other", 0): 140, ("other", 7): 40}
FOUND = {("urgent", 7): 18, ("other", 0): 10, ("other", 7): 0}


def informed(confusion: Confusion) -> Proportion:
    recall = Informed.by(EARLIER, confusion).recall("urgent")
    assert recall is not None
    assert recall != Stratified.of(confusion).recall("urgent")
    return recall


def test_labels_that_agree_with_earlier_ones_narrow_the_interval_without_moving_the_value_far() -> None:
    confusion = window(QUEUE, FOUND, designed=True)
    helped, alone = informed(confusion), Stratified.of(confusion).recall("urgent")
    assert alone is not None
    assert helped.value == pytest.approx(90 / (90 + 21 + 4), abs=0.04)
    assert np.diff(helped.interval()) < 0.6 * np.diff(alone.interval())


def test_the_level_is_that_of_the_windows_own_labels_not_of_the_earlier_ones() -> None:
    three_times = window(QUEUE, {**FOUND, ("other", 0): 30}, designed=True)
    recall = informed(three_times)
    assert recall.value == pytest.approx(90 / (90 + 64 + 9), abs=0.06)


def test_a_miss_where_none_was_expected_makes_the_earlier_labels_doubtful() -> None:
    agreeing, contradicting = (
        informed(window(QUEUE, {**FOUND, ("other", 7): found}, designed=True)) for found in (0, 3)
    )
    assert contradicting.value < agreeing.value - 0.1
    assert np.diff(contradicting.interval()) > 1.2 * np.diff(agreeing.interval())


def test_labels_that_came_by_themselves_or_with_equal_chances_are_not_helped_along() -> None:
    even = {key: size // 20 for key, size in SIZES.items()}
    equally = window(even, {key: round(n * MISSES[key]) for key, n in even.items()}, designed=True)
    assert Informed.by(EARLIER, equally).recall("urgent") == Stratified.of(equally).recall("urgent")
    confusion = window(QUEUE, FOUND, designed=False)
    assert Informed.by(EARLIER, confusion).recall("urgent") == Stratified.of(confusion).recall("urgent")


@pytest.mark.parametrize(("designed", "verdict"), [(True, Verdict.OK), (False, Verdict.NOT_ENOUGH_DATA)])
def test_a_queue_that_finds_few_of_the_class_is_enough_to_judge_by(*, designed: bool, verdict: Verdict) -> None:
    now = datetime(2026, 3, 29, tzinfo=UTC)
    start = now - timedelta(days=7)
    few = {("urgent", 7): 5, ("other", 0): 155, ("other", 7): 40}, {("urgent", 7): 5, ("other", 0): 2, ("other", 7): 0}
    current = Window(start, now, cells(*few, designed=designed))
    before = Window(start - timedelta(days=28), start, cells(*as_expected(0.6), designed=False))
    measured = Measured(Windows(now, timedelta(hours=1), current, recent=(), reference=before))
    check = ClassRecall(floors=(("urgent", 0.5),), floor=None, max_drop=0.3, budget=AlarmBudget(0.3))
    assert {found.subject: (found.verdict, found.n) for found in check.run(measured)}["urgent"] == (verdict, 7)


def test_other_shares_are_those_of_the_window_alone() -> None:
    confusion = window(QUEUE, FOUND, designed=True)
    helped, alone = Informed.by(EARLIER, confusion), Stratified.of(confusion)
    assert helped.accuracy() == alone.accuracy()
    assert helped.precision("urgent") == alone.precision("urgent")


def test_without_earlier_labels_confidences_speak_for_a_queue_only() -> None:
    nothing = Confusion.of(())
    even = {key: round(size / 20) for key, size in SIZES.items()}
    found = {key: round(n * MISSES[key]) for key, n in even.items()}
    for labelled, urgent, helped in ((QUEUE, FOUND, True), (even, found, False)):
        confusion = window(labelled, urgent, designed=True)
        alone = Stratified.of(confusion).recall("urgent")
        assert (Informed.by(nothing, confusion).recall("urgent") != alone) == helped
    assert Expectation.of(nothing, [("urgent", NO_BAND), ("other", 7)]).promised("urgent") is None


def test_the_more_labels_the_less_what_was_expected_matters() -> None:
    nearly_all = {("urgent", 7): 50, ("other", 0): 300, ("other", 7): 3800}
    found = {("urgent", 7): 45, ("other", 0): 5, ("other", 7): 40}  # misses have moved
    recall = informed(window(nearly_all, found, designed=True))
    assert recall.value == pytest.approx(90 / 135, abs=0.03)


def test_a_rate_that_no_earlier_label_shows_leans_on_its_band_and_class() -> None:
    keys: list[Key] = [("urgent", 7), ("other", 0), ("other", 7), ("card", 0), ("card", 7)]
    rates = Expectation.of(EARLIER, keys).rates("urgent")
    assert rates is not None
    assert rates[:3] == pytest.approx([0.9, 0.07, 0.001], rel=0.1)
    assert rates[3] > 5 * rates[4] > 0
    assert Expectation.of(EARLIER, keys).rates("card") is None


COUNTS = st.lists(st.tuples(st.integers(1, 5000), st.integers(0, 200), st.integers(0, 200), st.floats(1e-4, 0.99)))


@settings(max_examples=60)
@given(COUNTS.filter(lambda rows: len(rows) > 1), st.integers(0, 1))
def test_any_counts_give_a_share_within_its_interval(rows: list[tuple[int, int, int, float]], owned: int) -> None:
    size, labelled, urgent, expected = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    own = np.arange(len(rows)) <= owned * (len(rows) - 2)
    labelled = np.minimum(labelled, size)
    recall = Known(own, size, labelled, np.minimum(urgent, labelled), expected).recall(10)
    low, high = recall.interval()
    assert 0 <= low <= recall.value <= high <= 1
    assert recall.effective_n >= 0


def test_labels_of_the_same_rates_leave_the_rates_as_they_are() -> None:
    known = Known(
        own=np.array([True, False, False]),
        size=np.array([100.0, 300.0, 3800.0]),
        labelled=np.array([20.0, 140.0, 40.0]),
        found=np.array([18.0, 10.0, 0.0]),
        expected=np.array([0.9, 0.07, 0.001]),
    )
    more = known.with_labels(2 * known.labelled)
    assert more.rates() == pytest.approx(known.rates(), rel=0.2)
    assert more.recall(1).effective_n > known.recall(1).effective_n
    assert replace(known, found=known.found * 0).recall(1).value > known.recall(1).value


def test_intervals_cover_whether_the_bot_is_as_it_was_or_misses_three_times_as_often() -> None:
    for was, now in ((0.8, 0.8), (0.92, 0.76)):
        row = simulate(Case("", Bot(now), now, Bot(was)), windows=60)
        assert row.coverages[0] > 0.9
        assert abs(row.biases[0]) < 0.04
