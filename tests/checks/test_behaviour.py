"""What a share was before the reference counts only where it is the same share."""

from checks.behaviour import with_older
from checks.decomposition import Pair
from checks.intervals import Proportion

NOW, THEN = Proportion(0.90, 400, 400), Proportion(0.93, 1600, 1600)


def test_older_time_counts_at_the_same_mix() -> None:
    earlier = Proportion(0.92, 1200, 1200)
    pair = with_older(Pair(NOW, THEN), Pair(earlier, THEN))
    assert (pair.now, pair.then, pair.older) == (NOW, THEN, earlier)


def test_older_time_that_knows_other_classes_does_not_count() -> None:
    """The reference is then another share of its own labels."""
    elsewhere = Pair(Proportion(0.80, 1200, 1200), Proportion(0.85, 1500, 1500))
    assert with_older(Pair(NOW, THEN), elsewhere).older is None


def test_without_older_time_a_pair_stays_as_it_is() -> None:
    assert with_older(Pair(NOW, THEN), None) == Pair(NOW, THEN)
