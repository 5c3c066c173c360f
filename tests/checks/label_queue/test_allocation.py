"""How a budget of labels is split: all of it, every prediction with a chance, most where recall hangs on it."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.estimates.label_queue import Case, simulate
from checks.counts.cells import NO_BAND, OutcomeCell
from checks.counts.confusion import Confusion
from checks.label_queue.allocation import UNIFORM_SHARE, Allocation, Share, Stratum, allocate
from checks.label_queue.prior import Expectation, Key
from tests.support.queue_bots import Bot

URGENT, UNSURE, SURE = Stratum("urgent", 7), Stratum("other", 1), Stratum("other", 7)
BAND_MIDDLES = {1: 0.55, 7: 0.995}


def cells(stratum: Stratum, size: int, labelled: int = 0, urgent: int = 0) -> list[OutcomeCell]:
    """`labelled` of the predictions of a stratum have a label, `urgent` of these are urgent."""
    counts = {"urgent": urgent, "other": labelled - urgent, None: size - labelled}
    return [
        OutcomeCell(stratum.predicted, label, n, n, n, band=stratum.band, confidence=n * BAND_MIDDLES[stratum.band])
        for label, n in counts.items()
    ]


WINDOW = [*cells(URGENT, 100, 20, 18), *cells(UNSURE, 300, 60, 8), *cells(SURE, 3000, 600)]
UNLABELLED = {URGENT: 80, UNSURE: 240, SURE: 2400}


def by_stratum(allocation: Allocation) -> dict[Stratum, Share]:
    return {share.stratum: share for share in allocation.shares}


def test_most_labels_go_where_misses_hide_and_every_prediction_keeps_a_chance() -> None:
    allocation = allocate(WINDOW, UNLABELLED, ["urgent"], 100)
    shares = by_stratum(allocation)
    assert sum(share.expected for share in allocation.shares) == pytest.approx(100)
    assert shares[UNSURE].probability > 5 * shares[SURE].probability
    least = UNIFORM_SHARE * 100 / sum(UNLABELLED.values())
    assert all(share.probability >= least * (1 - 1e-9) for share in allocation.shares)
    assert (shares[UNSURE].about, shares[SURE].about) == ("urgent", None)


def test_the_labels_are_expected_to_narrow_the_interval() -> None:
    allocation = allocate(WINDOW, UNLABELLED, ["urgent"], 200)
    before, after = allocation.before["urgent"], allocation.after["urgent"]
    assert before is not None
    assert after is not None
    assert np.diff(after.interval()) < 0.9 * np.diff(before.interval())


def test_without_any_label_the_confidence_is_taken_at_its_word() -> None:
    blank = [*cells(URGENT, 100), *cells(UNSURE, 300), *cells(SURE, 3000)]
    shares = by_stratum(allocate(blank, {URGENT: 100, UNSURE: 300, SURE: 3000}, ["urgent"], 100))
    assert shares[UNSURE].probability > 3 * shares[SURE].probability


def test_a_budget_for_more_than_there_is_takes_all_there_is() -> None:
    allocation = allocate(WINDOW, UNLABELLED, ["urgent"], 10_000)
    assert {share.stratum: share.expected for share in allocation.shares} == pytest.approx(UNLABELLED)
    assert all(share.probability == pytest.approx(1) for share in allocation.shares)


@pytest.mark.parametrize(
    ("unlabelled", "classes", "budget"), [({}, ["a"], 5), ({SURE: 5}, [], 5), ({SURE: 5}, ["a"], 0)]
)
def test_nothing_to_draw_no_class_or_no_budget_is_an_error(
    unlabelled: dict[Stratum, int], classes: list[str], budget: int
) -> None:
    with pytest.raises(ValueError, match="positive budget"):
        allocate(WINDOW, unlabelled, classes, budget)


STRATA = st.dictionaries(
    st.builds(Stratum, st.sampled_from(["urgent", "other", "card"]), st.sampled_from([1, 7])),
    st.tuples(st.integers(1, 500), st.integers(0, 500), st.integers(0, 500)),
    min_size=1,
)


@settings(max_examples=40)
@given(STRATA, st.integers(1, 300), st.floats(0, 1, exclude_max=True))
def test_a_budget_is_spent_whole_within_what_there_is(
    strata: dict[Stratum, tuple[int, int, int]], budget: int, start: float
) -> None:
    window, unlabelled = [], {}
    for stratum, (waiting, labelled, urgent) in strata.items():
        window += cells(stratum, waiting + labelled, labelled, min(urgent, labelled))
        unlabelled[stratum] = waiting
    allocation = allocate(window, unlabelled, ["urgent", "card"], budget)
    numbers = allocation.rounded(start)
    assert sum(numbers) == min(budget, sum(unlabelled.values()))
    for share, n in zip(allocation.shares, numbers, strict=True):
        assert 0 < share.probability <= 1
        assert abs(n - share.expected) < 1 + 1e-6
        assert n <= share.unlabelled


def test_over_all_starts_a_stratum_gets_what_is_expected_of_it() -> None:
    allocation = allocate(WINDOW, UNLABELLED, ["urgent"], 37)
    drawn = np.mean([allocation.rounded(start) for start in np.linspace(0, 1, 1000, endpoint=False)], axis=0)
    assert drawn == pytest.approx([share.expected for share in allocation.shares], abs=0.01)


def test_a_tenth_goes_to_what_is_predicted_as_the_class_unless_it_has_labels() -> None:
    blank = [*cells(URGENT, 100), *cells(UNSURE, 300, 150, 20), *cells(SURE, 3000, 1500)]
    shares = by_stratum(allocate(blank, {URGENT: 100, UNSURE: 150, SURE: 1500}, ["urgent"], 200))
    assert shares[URGENT].expected >= 20
    assert shares[URGENT].about == "urgent"


def test_sure_predictions_get_many_labels_for_misses_may_have_moved_to_them() -> None:
    shares = by_stratum(allocate(WINDOW, UNLABELLED, ["urgent"], 1000))
    assert shares[SURE].expected + 600 > 3 * shares[UNSURE].expected


def test_the_queue_tells_more_than_labels_at_random_where_the_bot_is_as_it_was() -> None:
    row = simulate(Case("as before", Bot(0.80), 0.80, Bot(0.80), budget=1000), windows=40)
    assert row.gain > 1.1  # docs/statistics/measured has more cases, and more windows of each
    assert row.queue["recall"].coverage > 0.87


KEYS: list[Key] = [("urgent", 7), ("other", 1), ("other", 7), ("card", 1), ("card", 7)]


def test_a_rate_that_no_earlier_label_shows_leans_on_its_band_and_class() -> None:
    earlier = Confusion.of([*cells(URGENT, 100, 100, 90), *cells(UNSURE, 300, 300, 21), *cells(SURE, 3800, 3800, 4)])
    rates = Expectation.of(earlier, KEYS).rates("urgent")
    assert rates[:3] == pytest.approx([0.9, 0.07, 0.001], rel=0.15)
    assert rates[3] > 5 * rates[4] > 0


def test_without_enough_labels_of_a_class_confidences_speak_and_without_these_nothing_does() -> None:
    nothing = Confusion.of([])
    rates = Expectation.of(nothing, KEYS).rates("urgent")
    assert rates == pytest.approx([0.995, 0.225, 0.0025, 0.225, 0.0025])
    assert Expectation.of(nothing, [("urgent", NO_BAND), ("other", NO_BAND)]).rates("urgent") == pytest.approx(
        [0.5, 0.5]
    )


def test_strata_are_named_as_a_person_reads_them() -> None:
    assert Counter(map(str, (URGENT, Stratum("card", -1)))) == Counter(["urgent, confidence 0.99–1", "card"])
