"""What a share was before the reference counts only where it is the same share."""

from dataclasses import replace

from checks.counts.cells import OutcomeCell
from checks.counts.windows import Window
from checks.estimates.cycle_data import Measured
from checks.estimates.decomposition import Pair
from checks.rules.at_reference_mix import with_older
from checks.statistics.intervals import Proportion
from tests.support.windows import DAY, Spell, history
from tests.support.windows import NOW as TODAY

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


def test_a_reference_with_very_many_labels_needs_nothing_older() -> None:
    older = Window(TODAY - 60 * DAY, TODAY - 35 * DAY, (right(900),))
    for n, is_used in ((1_000, True), (70_000, False)):
        known = replace(history(Spell(35, {("billing", "billing"): n / 35})), older=older)
        assert (Measured(known).older is not None) is is_used


def test_a_log_that_was_labelled_anew_does_not_silence_its_alarms() -> None:
    known = history(Spell(35, {("billing", "billing"): 10}))
    assert Measured(replace(known, corrected=0.02)).unsettled == 0.02
    assert Measured(replace(known, corrected=0.9)).unsettled == 0.05


def right(n: int) -> OutcomeCell:
    return OutcomeCell("billing", "billing", n, float(n), float(n))
