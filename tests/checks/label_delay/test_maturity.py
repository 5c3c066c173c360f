"""How much of what will be labelled is there already."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.counts.cells import DelayCell, OutcomeCell
from checks.counts.windows import BucketTotal, Window, Windows
from checks.estimates.cycle_data import Measured

NOW = datetime(2026, 3, 29, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
TEN_HOURS, TEN_DAYS, NINETY_DAYS = 110, 143, 166  # bins
COME_IN_TEN_HOURS = tuple(DelayCell(TEN_HOURS, 100, name, TEN_DAYS) for name in ("urgent", "other"))


def outcomes(predicted: str, n: int, labelled: int) -> tuple[OutcomeCell, ...]:
    return (
        OutcomeCell(predicted, predicted, labelled, labelled, labelled),
        OutcomeCell(predicted, None, n - labelled, 0, 0),
    )


def windows(
    cells: tuple[OutcomeCell, ...],
    ages: tuple[int, ...],
    delays: tuple[DelayCell, ...] = COME_IN_TEN_HOURS,
    *,
    was: tuple[OutcomeCell, ...] = (),
) -> Windows:
    """A window of two days with as many predictions in each of the buckets that are so many hours old."""
    current, reference = Window(NOW - 2 * DAY, NOW, cells), Window(NOW - 30 * DAY, NOW - 2 * DAY, was)
    n = sum(cell.n for cell in cells) // max(len(ages), 1)
    buckets = (
        BucketTotal(NOW - 20 * DAY, sum(cell.n for cell in was), 0),
        *(BucketTotal(NOW - age * HOUR, n, 0) for age in sorted(ages, reverse=True)),
    )
    return Windows(NOW, HOUR, current, (), reference, buckets=buckets, delays=delays)


def test_a_window_knows_the_coverage_it_will_reach() -> None:
    was = outcomes("other", 10_000, 6_000)
    look = Measured(windows(outcomes("other", 300, 120), (2, 20, 40), was=was)).current
    assert look.confusion.coverage == 0.4
    assert look.labels.expected_coverage == pytest.approx(0.6, abs=0.001)
    assert look.maturity == pytest.approx(2 / 3, abs=0.001)
    assert not look.provisional


def test_labels_that_are_late_make_a_window_provisional_whatever_its_age() -> None:
    was = outcomes("other", 10_000, 6_000)
    look = Measured(windows(outcomes("other", 300, 3), (2, 3, 4, 20), was=was)).current
    assert look.maturity < 0.1
    assert look.provisional


def test_labels_that_will_not_come_any_more_are_not_waited_for() -> None:
    was = outcomes("other", 10_000, 6_000)
    look = Measured(windows(outcomes("other", 300, 30), (20, 30, 40), was=was)).current
    assert look.labels.expected_coverage == pytest.approx(0.1)
    assert look.maturity == pytest.approx(1)
    assert look.labels.all.due == pytest.approx(180, rel=0.01)


def test_each_class_has_a_coverage_of_its_own() -> None:
    was = outcomes("urgent", 1_000, 900) + outcomes("other", 10_000, 2_000)
    for name, share in (("urgent", 0.9), ("other", 0.2)):
        look = Measured(windows(outcomes(name, 100, 0), (1,), was=was)).current
        assert look.labels.expected_coverage == pytest.approx(share, abs=0.03)


def test_a_class_that_was_seldom_predicted_is_expected_to_be_labelled_as_all_are() -> None:
    was = outcomes("urgent", 1, 1) + outcomes("other", 10_000, 2_000)
    look = Measured(windows(outcomes("urgent", 100, 0), (1,), was=was)).current
    assert look.labels.expected_coverage == pytest.approx(0.33, abs=0.02)


def test_the_share_ever_labelled_is_not_that_of_a_reference_that_is_itself_still_waiting() -> None:
    """Half of the labels take ten hours and half ten days; of predictions a day old 30% have one."""
    delays = tuple(DelayCell(bin_, 100, "other", NINETY_DAYS) for bin_ in (TEN_HOURS, TEN_DAYS))
    known = replace(
        windows((), (), delays),
        current=Window(NOW - 2 * HOUR, NOW, outcomes("other", 10, 0)),
        reference=Window(NOW - DAY, NOW - 12 * HOUR, outcomes("other", 1_000, 300)),
        buckets=(BucketTotal(NOW - DAY, 1_000, 300), BucketTotal(NOW - HOUR, 10, 0)),
    )
    assert Measured(known).current.labels.expected_coverage == pytest.approx(0.6, abs=0.02)


def test_a_log_without_a_reference_learns_from_the_window_itself() -> None:
    look = Measured(windows(outcomes("other", 300, 120), (2, 20, 40))).current
    assert look.labels.expected_coverage == pytest.approx(0.6, abs=0.03)


def test_without_predictions_or_labels_nothing_is_missing() -> None:
    empty = Measured(windows((), ())).current
    assert (empty.maturity, empty.labels.expected_coverage) == (1, None)
    unlabelled = Measured(windows(outcomes("other", 100, 0), (2, 20), ())).current
    assert (unlabelled.maturity, unlabelled.labels.expected_coverage) == (1, 0)


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 50), st.integers(0, 50)), max_size=5),
    st.lists(st.integers(1, 47), max_size=5),
    st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 140), st.integers(0, 100)), max_size=5),
)
def test_coverage_only_grows_and_never_over_one(
    counts: list[tuple[str, int, int]], ages: list[int], delays: list[tuple[str, int, int]]
) -> None:
    cells = tuple(cell for name, known, more in counts for cell in outcomes(name, known + more, known))
    seen = tuple(DelayCell(bin_, n, name, TEN_DAYS) for name, bin_, n in delays)
    look = Measured(windows(cells, tuple(ages), seen, was=outcomes("a", 100, 50))).current
    if look.confusion.coverage is None:
        assert look.labels.expected_coverage is None
    else:
        assert look.labels.expected_coverage is not None
        assert look.confusion.coverage <= look.labels.expected_coverage + 1e-9 <= 1 + 2e-9
    assert 0 <= look.maturity <= 1
