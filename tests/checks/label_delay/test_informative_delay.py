"""Labels of wrong answers that come before those of right ones: found, weighed, and waited for where it takes more."""

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from bench.estimates.maturity import default_checks, play
from checks.counts.cells import DELAY_BASE, DelayCell, OutcomeCell
from checks.counts.confusion import Confusion
from checks.estimates.cycle_data import Measured
from checks.estimates.stratified import Stratified
from checks.label_delay.delays import Delays, SeenDelays
from checks.label_delay.informative_delay import Hastened, is_steady
from tests.support.label_policies import truly_urgent_first, truly_urgent_sooner, wrong_first, wrong_sooner
from tests.support.late_labels import Log, Policy, chatbot, labelled, usual, windows

CHANGE = 40 * 24
BUCKET = timedelta(hours=1)
POINT = 0.01


def measured(policy: Policy, seed: int, hours: int) -> tuple[Measured, Log]:
    """So many hours after labels began to come by another policy."""
    rng = np.random.default_rng(seed)
    log = labelled(chatbot(54, rng), usual, policy, CHANGE, rng)
    return Measured(windows(log, CHANGE + hours)), log


def test_labels_that_come_as_soon_for_every_truth_are_found_even() -> None:
    looks = [look for seed in range(4) for look in measured(usual, seed, 12 * seed + 12)[0].looks]
    assert sum(look.hastened.is_even for look in looks) >= len(looks) - 2
    assert sum(look.steady for look in looks) >= len(looks) - 2


@pytest.mark.parametrize("hours", [36, 120])
def test_wrong_answers_that_are_labelled_at_once_are_found_and_short_looks_wait(hours: int) -> None:
    seen, _ = measured(wrong_first, 1, hours)
    assert all(look.hastened.other < 0.8 for look in seen.looks)
    assert not seen.looks[-1].steady


@pytest.mark.parametrize(("policy", "points"), [(wrong_sooner, 1), (truly_urgent_sooner, 1), (wrong_first, 2)])
def test_what_is_told_of_the_week_is_near_the_truth_all_the_same(policy: Policy, points: int) -> None:
    errors = []
    for seed in (1, 2):
        for hours in (48, 168):
            seen, log = measured(policy, seed, hours)
            rows = slice(*np.searchsorted(log.at, (CHANGE + hours - 168, CHANGE + hours)))
            accuracy = seen.current.stratified.accuracy()
            assert accuracy is not None
            errors.append(accuracy.value - float((log.predicted[rows] == log.true[rows]).mean()))
    assert abs(float(np.mean(errors))) < points * POINT


@pytest.mark.parametrize("policy", [wrong_first, truly_urgent_first])
def test_they_raise_no_quality_alarm(policy: Policy) -> None:
    """While labels were taken as they came, nine looks of ten alarmed where wrong ones came first."""
    checks = [check for check in default_checks() if check.name in {"accuracy", "class_recall", "accuracy_paradox"}]
    looks = [look for seed in (1, 2) for look in play(policy, seed, checks, step=84)]
    assert sum(bool(look.quality) for look in looks) <= 1


def test_a_factor_of_delays_that_are_as_if_drawn_from_it_is_learned() -> None:
    """Shares come by F for right labels and by F^t for wrong ones."""
    rng = np.random.default_rng(5)
    factor, n = 0.4, 4000
    right = 18 * np.exp(0.8 * rng.standard_normal(n))
    wrong = 18 * np.exp(0.8 * _quantile(rng.random(n) ** (1 / factor)))
    age = rng.uniform(2, 160, n)
    cells = [*_cells(right, age, "a"), *_cells(wrong, age, "b")]
    found = Hastened.of(SeenDelays.of(cells), BUCKET, Delays.of(SeenDelays.of(cells), BUCKET).pooled, Hastened())
    assert found.of_label("b") == pytest.approx(factor, rel=0.15)


def test_without_labels_that_are_told_apart_nothing_is_said() -> None:
    cells = SeenDelays.of([DelayCell(90, 500, "a", 130), DelayCell(100, 500, "b", 130)])
    assert Hastened.of(cells, BUCKET, Delays.of(cells, BUCKET).pooled, Hastened()).is_even


def test_a_window_whose_labels_would_count_for_very_different_numbers_is_not_steady() -> None:
    counts = Confusion.of([OutcomeCell("a", "a", 9, 9, 9), OutcomeCell("a", "b", 1, 1, 1)])
    assert is_steady(np.ones((2, 2)), counts)
    assert is_steady(np.array([[1, 0.9], [0.1, 1]]), counts)  # there is no label of the one that counts a tenth
    assert not is_steady(np.array([[1, 0.1], [1, 1]]), counts)
    assert not is_steady(np.array([[1, 4], [1, 1]]), counts)


@given(st.lists(st.integers(0, 30), min_size=4, max_size=4), st.floats(0.1, 10))
def test_weights_that_are_all_the_same_change_no_share(numbers: list[int], weight: float) -> None:
    cells = [OutcomeCell("ab"[i // 2], "ab"[i % 2], n, n, n) for i, n in enumerate(numbers) if n]
    plain = Confusion.of([*cells, OutcomeCell("a", None, 7, 0, 0)])
    one, other = (
        Stratified.of(each).accuracy() for each in (plain, plain.weighted(np.full(plain.counts.shape, weight)))
    )
    assert (one is None) == (other is None)
    if one is not None and other is not None:
        assert (other.value, other.effective_n) == pytest.approx((one.value, one.effective_n))


def _quantile(level: np.ndarray) -> np.ndarray:

    return np.asarray(special.ndtri(level))


def _cells(delay: np.ndarray, age: np.ndarray, label: str) -> list[DelayCell]:
    """Labels of predictions of class a that came within their age; both in hours."""
    bins = [np.floor(np.log(hours[delay < age] * 3600) / np.log(DELAY_BASE)).astype(int) for hours in (delay, age)]
    return [DelayCell(bin_, 1, "a", old, label) for bin_, old in zip(*(part.tolist() for part in bins), strict=True)]
