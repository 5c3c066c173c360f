"""How two looks at the marks are told apart."""

import pytest

from monitor.log.counting.changes import differ
from monitor.log.counts import Mark

KEPT = {0: Mark(5, 50), 10: Mark(3, 30), 20: Mark(4, 40)}


@pytest.mark.parametrize(
    ("now", "grown", "rewritten", "shrunk"),
    [
        (KEPT, set(), set(), set()),
        (KEPT | {30: Mark(1, 1)}, {30}, set(), set()),  # a new bucket
        (KEPT | {10: Mark(4, 31)}, {10}, set(), set()),  # a row more
        (KEPT | {10: Mark(3, 31)}, set(), {10}, set()),  # as many rows, but other ones
        (KEPT | {10: Mark(2, 29)}, set(), set(), {10}),  # a row less
        ({0: Mark(5, 50), 20: Mark(4, 40)}, set(), set(), {10}),  # all rows gone
        ({10: Mark(3, 30), 20: Mark(4, 40)}, set(), set(), set()),  # the oldest bucket is rotated away
        ({10: Mark(1, 9), 20: Mark(4, 40)}, set(), set(), set()),  # and half of the next
        ({10: Mark(3, 31), 20: Mark(4, 40)}, set(), {10}, set()),  # but an overwritten one is not
        ({}, set(), set(), set()),  # a log that is empty has lost what it told, not unsaid it
    ],
)
def test_buckets_grow_are_rewritten_or_shrink(
    now: dict[int, Mark], grown: set[int], rewritten: set[int], shrunk: set[int]
) -> None:
    diff = differ(KEPT, now, since=0)
    assert [set(diff.grown), set(diff.rewritten), set(diff.shrunk)] == [grown, rewritten, shrunk]


def test_buckets_before_the_lookback_are_not_compared() -> None:
    assert differ(KEPT, {10: Mark(3, 30), 20: Mark(4, 40)}, since=10).all == set()


def test_the_oldest_bucket_that_is_left_may_be_half_rotated() -> None:
    assert differ(KEPT, {10: Mark(1, 9), 20: Mark(4, 40)}, since=0).rotated == {10}


def test_rows_dated_after_the_last_look_do_not_make_up_for_those_that_are_gone() -> None:
    diff = differ(KEPT, KEPT | {20: Mark(5, 60)}, since=0, fresh={20: 3})
    assert [set(diff.grown), set(diff.shrunk)] == [{20}, {20}]
