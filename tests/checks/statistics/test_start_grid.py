"""Where evidence starts: a grid that stays where it is, and weights that keep its level."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.statistics.start_grid import EVERY, REACH, THINNED, spacing, starts

windows, buckets, ends = st.integers(1, 60 * 24), st.integers(1, 24), st.integers(10**5, 10**6)


def test_a_week_has_a_start_each_day_and_three_weeks_before_it_one_every_third() -> None:
    ages = [1000 - start.at for start in starts(1000, 7)]
    assert ages == [28, 25, 22, 19, 16, 13, 10, 7, 6, 5, 4, 3, 2, 1]


@given(end=ends, window=windows, bucket=buckets)
def test_a_start_is_found_again_by_the_next_look(end: int, window: int, bucket: int) -> None:
    now, later = starts(end, window, bucket), starts(end + bucket, window, bucket)
    left = {start for start in now if start.weight < 1 and start.at < end + bucket - window}
    oldest = end + bucket - REACH * window
    assert {start for start in now if start.at >= oldest} - left <= set(later)


@given(end=ends, window=windows, bucket=buckets)
def test_every_start_lies_in_the_past_on_a_bucket(end: int, window: int, bucket: int) -> None:
    found = starts(end, window, bucket)
    assert all(end - REACH * window <= start.at < end and start.at % bucket == 0 for start in found)
    assert list(found) == sorted(found)


@given(first=st.integers(50, 10**4), window=windows, bucket=buckets)
def test_starts_that_follow_each_other_count_one_on_average(first: int, window: int, bucket: int) -> None:
    """Else the mean time to a false alarm would not be what the level says."""
    every = spacing(window, bucket)
    arriving = [starts(step * every + 1, window, bucket)[-1].weight for step in range(first, first + THINNED)]
    assert sum(arriving) == pytest.approx(THINNED)
    assert min(arriving) == EVERY
