"""Shares from labels that are not a fair sample: the bias is gone, and the intervals cover."""

import gc
import weakref
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.counts.cells import OutcomeCell
from checks.counts.confusion import Confusion
from checks.estimates.stratified import Stratified

WINDOWS = 400
"""Windows of a simulation: the share of intervals that cover is known to a standard error of 1.1 points at 95%.

Of intervals that cover 89% in truth, 14 cells of the table would all pass a bound of 92% less than once in a million.
"""


def cell(predicted: str, label: str | None, n: int, weight: float | None = None) -> OutcomeCell:
    """One cell; without a weight each labelled prediction counts 1."""
    each = 0.0 if label is None else 1.0 if weight is None else weight
    return OutcomeCell(predicted, label, n, n * each, n * each**2)


@dataclass(frozen=True)
class Bot:
    """A chatbot with a rare class, labelled more often where it predicts that class."""

    recall: float
    n_urgent: int  # labelled urgent messages expected, if labels were a fair sample
    labelled_urgent: float
    labelled_other: float
    prevalence: float = 0.02
    false_alarms: float = 0.005

    def windows(self, seed: int) -> Iterator[tuple[Confusion, float | None]]:
        """Confusion matrices, each with the raw recall."""
        rng = np.random.default_rng(seed)
        share = (self.labelled_urgent + 9 * self.labelled_other) / 10
        n = int(self.n_urgent / self.prevalence / share)
        for _ in range(WINDOWS):
            urgent = rng.binomial(n, self.prevalence)
            hits, alarms = rng.binomial(urgent, self.recall), rng.binomial(n - urgent, self.false_alarms)
            sizes = {"uu": hits, "uo": alarms, "ou": urgent - hits, "oo": n - urgent - alarms}
            rates = {"u": self.labelled_urgent, "o": self.labelled_other}
            seen = {key: int(rng.binomial(size, rates[key[0]])) for key, size in sizes.items()}
            cells = [cell(key[0], key[1], count) for key, count in seen.items()]
            cells += [cell(key[0], None, int(size) - seen[key]) for key, size in sizes.items()]
            support = seen["uu"] + seen["ou"]
            yield Confusion.of(cells), seen["uu"] / support if support else None


FAIR = (0.6, 0.6)
BIASED = (0.9, 0.18)  # five times as likely where urgent was predicted


def test_recall_is_unbiased_where_raw_recall_is_off_by_more_than_10_points() -> None:
    bot = Bot(0.6, 200, *BIASED)
    pairs = list(bot.windows(seed=1))
    ours = np.mean([recall.value for confusion, _ in pairs if (recall := Stratified.of(confusion).recall("u"))])
    raw = np.mean([plain for _, plain in pairs if plain is not None])
    assert abs(ours - 0.6) < 0.01
    assert raw - 0.6 > 0.10


@pytest.mark.parametrize(
    ("recall", "n_urgent", "labelling"),
    [
        *((recall, n, BIASED) for recall in (0.12, 0.99) for n in (10, 30, 100, 1000)),
        *((recall, n, FAIR) for recall in (0.12, 0.99) for n in (10, 100)),
        (0.6, 30, BIASED),
        (0.92, 30, BIASED),
    ],
)
def test_the_interval_of_recall_covers_the_truth(recall: float, n_urgent: int, labelling: tuple[float, float]) -> None:
    bot = Bot(recall, n_urgent, *labelling)
    estimates = [Stratified.of(confusion).recall("u") for confusion, _ in bot.windows(seed=n_urgent)]
    bounds = [estimate.interval() for estimate in estimates if estimate is not None]
    covered = np.mean([low <= recall <= high for low, high in bounds])
    assert len(bounds) > 0.97 * WINDOWS
    assert 0.92 <= covered <= 0.995  # the full table, with more windows, is in docs/statistics/measured


@pytest.mark.parametrize("labelling", [FAIR, BIASED], ids=["fair labels", "biased labels"])
def test_the_interval_of_balanced_accuracy_covers_the_truth(labelling: tuple[float, float]) -> None:
    bot = Bot(0.8, 50, *labelling)
    truth = (bot.recall + 1 - bot.false_alarms) / 2
    estimates = [Stratified.of(confusion).balanced_accuracy() for confusion, _ in bot.windows(seed=11)]
    covered = np.mean([low <= truth <= high for low, high in (e.interval() for e in estimates if e is not None)])
    assert 0.93 <= covered <= 0.985


def test_where_labelling_is_fair_the_interval_is_no_wider_than_wilsons() -> None:
    bot = Bot(0.8, 100, *FAIR)
    ours, wilsons = [], []
    for confusion, raw in bot.windows(seed=5):
        recall = Stratified.of(confusion).recall("u")
        assert recall is not None
        assert raw is not None
        low, high = recall.interval()
        ours.append(high - low)
        wilsons.append(_wilson_width(raw, recall.n))
    assert np.mean(ours) < np.mean(wilsons)


def test_known_inclusion_probabilities_undo_a_choice_of_what_to_label() -> None:
    # 100 predictions as u: 80 right, 20 wrong; the wrong ones were labelled with certainty, the right ones one in four.
    cells = [cell("u", "u", 20, weight=4), cell("u", "o", 20, weight=1), cell("u", None, 60)]
    precision = Stratified.of(Confusion.of(cells)).precision("u")
    assert precision is not None
    assert precision.value == pytest.approx(0.8)
    assert precision.effective_n < 40  # unequal weights know less than as many equal ones


def test_when_all_is_labelled_the_shares_are_the_plain_ones() -> None:
    counts = Stratified.of(Confusion.of([cell("u", "u", 8), cell("o", "u", 2), cell("u", "o", 4), cell("o", "o", 86)]))
    accuracy, recall, precision = counts.accuracy(), counts.recall("u"), counts.precision("u")
    assert accuracy is not None
    assert recall is not None
    assert precision is not None
    assert (accuracy.value, recall.value, precision.value) == pytest.approx((0.94, 0.8, 8 / 12))
    assert accuracy.effective_n == pytest.approx(100, rel=0.05)
    assert recall.effective_n == pytest.approx(10, rel=0.1)


def test_a_class_whose_predictions_nobody_labelled_has_no_recall() -> None:
    cells = [cell("u", None, 40), cell("o", "u", 3), cell("o", "o", 50), cell("o", None, 50)]
    assert Stratified.of(Confusion.of(cells)).recall("u") is None


def test_a_class_that_is_missed_has_a_recall_even_if_its_few_predictions_are_unlabelled() -> None:
    """They may be hits: at most 1 of 21, and at most 4 of 24."""
    for few, most in ((1, 1 / 21), (4, 4 / 24)):
        cells = [cell("u", None, few), cell("o", "u", 20), cell("o", "o", 200)]
        recall = Stratified.of(Confusion.of(cells)).recall("u")
        assert recall is not None
        assert 0 < recall.value < most
        low, high = recall.interval()
        assert low < 0.06
        assert most < high < 0.4


def test_without_labels_nothing_is_known() -> None:
    counts = Stratified.of(Confusion.of([cell("u", None, 10)]))
    assert [counts.accuracy(), counts.recall("u"), counts.precision("u"), counts.balanced_accuracy()] == [None] * 4


def test_an_empty_window_is_no_error() -> None:
    counts = Stratified.of(Confusion.of([]))
    assert counts.accuracy() is None
    assert counts.prevalence("u") == 0


CELLS = st.lists(
    st.builds(cell, st.sampled_from("abcd"), st.sampled_from(["a", "b", "c", "d", None]), st.integers(1, 50)),
    min_size=1,
)


@given(CELLS, st.randoms())
def test_counts_add_in_any_order(cells: list[OutcomeCell], random: "np.random.Generator") -> None:
    shuffled = sorted(cells, key=lambda _: random.random())
    one, other = Stratified.of(Confusion.of(cells)), Stratified.of(Confusion.of(shuffled))
    for share, again in ((one.accuracy(), other.accuracy()), (one.recall("a"), other.recall("a"))):
        assert (share is None) == (again is None)
        if share is not None and again is not None:
            assert share.value == pytest.approx(again.value)
            assert share.effective_n == pytest.approx(again.effective_n)


@given(CELLS)
def test_the_cells_stand_for_every_prediction_of_a_window_with_labels(cells: list[OutcomeCell]) -> None:
    confusion = Confusion.of(cells)
    counts = Stratified.of(confusion)
    if confusion.n_labelled >= 5:
        in_labelled_strata = counts.sizes[counts.effective > 0].sum()
        assert counts.cells.sum() == pytest.approx(in_labelled_strata)


def _wilson_width(share: float, n: int) -> float:
    z = 1.96
    return float(2 * z * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2)) / (1 + z**2 / n))


def test_the_variance_of_hits_is_that_of_any_function_of_the_cells() -> None:
    rng = np.random.default_rng(4)
    names = ("a", "b", "c")
    cells = [
        OutcomeCell(p, y, n := int(rng.integers(1, 90)), n, n, band=b) for p in names for y in names for b in (1, 2)
    ]
    counts = Stratified.of(Confusion.of([*cells, cell("a", None, 400), cell("c", None, 90)]))
    by_hit, by_label = rng.normal(size=(2, len(names)))
    assert counts.variance_of_hits(by_hit, by_label) == pytest.approx(counts.variance(np.diag(by_hit) + by_label))


def test_a_window_is_gone_from_memory_as_soon_as_nobody_refers_to_it() -> None:
    counts = Stratified.of(Confusion.of([cell("a", "a", 9), cell("a", "b", 1), cell("b", "b", 5), cell("b", None, 5)]))
    for name in ("a", "b"):
        assert counts.recall(name)
        assert counts.precision(name)
    assert counts.accuracy()
    gone = weakref.ref(counts)
    gc.disable()  # as during a look
    try:
        del counts
        assert gone() is None
    finally:
        gc.enable()


def test_the_messages_of_a_class_that_are_missed_are_a_share_of_all() -> None:
    fair = Confusion.of([cell("u", "u", 12), cell("o", "u", 8), cell("o", "o", 980)])
    missed, of = Stratified.of(fair).missed("u") or (None, 0.0)

    assert missed is not None
    low, high = missed.interval()
    assert of == 1000
    assert missed.value == pytest.approx(0.008)
    # as binomial as 8 of 1,000: 3.5 to 15.4 in a thousand by the Poisson distribution
    assert low == pytest.approx(0.0037, abs=6e-4)
    assert high == pytest.approx(0.0152, abs=1.2e-3)


@pytest.mark.parametrize("labelling", [FAIR, BIASED])
def test_the_interval_of_the_missed_covers(labelling: tuple[float, float]) -> None:
    bot = Bot(0.2, 40, *labelling)
    truth = bot.prevalence * (1 - bot.recall)
    told = [Stratified.of(confusion).missed("u") for confusion, _ in bot.windows(3)]
    ends = [each[0].interval() for each in told if each is not None]

    assert len(ends) > 0.95 * WINDOWS
    assert sum(low <= truth <= high for low, high in ends) / len(ends) >= 0.92
