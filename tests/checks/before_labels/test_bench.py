"""The simulation of docs/statistics/before_labels.md, in small."""

import pytest

from bench.estimates.before_labels import Story, simulate


@pytest.mark.parametrize("story", [Story.CALIBRATED, Story.OVERCONFIDENT, Story.HARDER])
@pytest.mark.parametrize("labelled", [0.0, 0.4])
def test_estimates_are_given_and_their_intervals_hold_the_truth(story: Story, labelled: float) -> None:
    scores = simulate(story, labelled, windows=40)
    for score in scores:
        assert score.given >= 0.9
        assert score.coverage >= 0.92
    assert abs(scores[0].bias) < 0.005
    assert scores[0].error < 0.015


def test_labels_of_the_window_make_its_estimate_better() -> None:
    none, some = (simulate(Story.CALIBRATED, labelled, windows=40)[0] for labelled in (0.0, 0.4))
    assert some.error < none.error
    assert some.width < none.width


def test_no_estimate_is_made_once_labels_show_that_confidences_no_longer_mean_what_they_meant() -> None:
    assert all(score.given <= 0.05 for score in simulate(Story.BROKEN, 0.0, windows=20))
