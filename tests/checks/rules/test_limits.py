"""Falls against a reference: sure, and not within the margin."""

from dataclasses import replace
from math import inf

import pytest

from checks.counts.windows import Window
from checks.estimates.cycle_data import WeightedWindow
from checks.label_delay.maturity import Ripening
from checks.rules.finding import Verdict
from checks.rules.limits import Drop, Floor, Sight
from checks.statistics.intervals import Proportion
from tests.support.windows import DAY, NOW

REFERENCE = Proportion(0.92, 10_000, 10_000)
LOOK = WeightedWindow(Window(NOW - 7 * DAY, NOW), Ripening.__new__(Ripening))


def is_broken(value: float, n: int) -> bool:
    drop = Drop(REFERENCE, 0.03, Verdict.WARNING, tail=1e-5)
    return drop.broken(Sight(LOOK, Proportion(value, n, n)))


@pytest.mark.parametrize(
    ("value", "n", "expected"),
    [
        (0.92, 20_000, False),  # as before
        (0.90, 20_000, False),  # surely lower, and surely by less than is tolerated
        (0.91, 300, False),  # not surely lower
        (0.85, 300, False),  # nor that
        (0.895, 5_000, True),  # surely lower; the estimate is within the margin, and the margin is not out of reach
        (0.89, 2_500, True),  # by just the margin
        (0.80, 300, True),  # by far
    ],
)
def test_a_fall_alarms_when_it_is_sure_and_not_likely_to_be_tolerable(value: float, n: int, *, expected: bool) -> None:
    assert is_broken(value, n) is expected


def test_a_loss_that_may_come_of_the_mix_must_surely_be_beyond_the_margin() -> None:
    drop = Drop(REFERENCE, 0.03, Verdict.WARNING, tail=1e-5, by_mix=True)
    assert not drop.broken(Sight(LOOK, Proportion(0.88, 2_500, 2_500)))
    assert drop.broken(Sight(LOOK, Proportion(0.80, 2_500, 2_500)))


def test_what_labels_read_low_until_they_are_corrected_is_no_fall() -> None:
    """Of the reference's labels 5% have been corrected; those of the window have not yet."""
    sight = Sight(LOOK, Proportion(0.875, 5_000, 5_000), before=REFERENCE)
    settled = Drop(REFERENCE, 0.03, Verdict.WARNING, tail=1e-5)
    unsettled = replace(settled, unsettled=0.05)
    assert settled.broken(sight)
    assert settled.log_bet(sight) > 10
    assert not unsettled.broken(sight)
    assert unsettled.log_bet(sight) == -inf
    assert unsettled.threshold == settled.threshold  # what is told is what was


def test_a_fall_beyond_what_corrections_explain_is_one() -> None:
    sight = Sight(LOOK, Proportion(0.80, 2_500, 2_500), before=REFERENCE)
    unsettled = Drop(REFERENCE, 0.03, Verdict.WARNING, tail=1e-5, unsettled=0.05)
    assert unsettled.broken(sight)
    assert unsettled.log_bet(sight) > 10


def test_a_floor_is_lower_by_as_much_while_labels_will_be_corrected() -> None:
    floor = Floor(0.90, Verdict.CRITICAL, tail=1e-5)
    sight = Sight(LOOK, Proportion(0.87, 5_000, 5_000))
    assert floor.broken(sight)
    assert not replace(floor, unsettled=0.05).broken(sight)
    assert replace(floor, unsettled=0.05).log_bet(sight) == -inf
