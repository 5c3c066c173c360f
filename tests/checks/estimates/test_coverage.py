"""A few rows of the table of coverage; `python -m bench.estimates.coverage` prints all of them."""

import pytest

from bench.estimates.intervals import BIASED, FAIR, HIGHEST, METRICS, Metric, difference_row, latency_rows, share_row

WINDOWS = 500
CHANCE = 0.025  # two and a half standard errors of the simulation itself


@pytest.mark.parametrize("labelling", [FAIR, BIASED], ids=["fair labels", "biased labels"])
@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
@pytest.mark.parametrize("truth", [0.80, 0.99])
def test_shares_are_covered(metric: Metric, truth: float, labelling: tuple[float, float]) -> None:
    row = share_row(metric, 300, truth, labelling, WINDOWS)
    assert row.judged == 1
    assert 0.93 - CHANCE <= row.coverage <= HIGHEST + CHANCE / 2
    assert row.wilson is None or row.width < 1.02 * row.wilson


@pytest.mark.parametrize("labelling", [FAIR, BIASED], ids=["fair labels", "biased labels"])
def test_differences_from_the_reference_are_covered(labelling: tuple[float, float]) -> None:
    row = difference_row(30, 0.80, labelling, WINDOWS)
    assert 0.93 - CHANCE <= row.coverage <= HIGHEST + CHANCE / 2


@pytest.mark.parametrize("unrest", [0.0, 0.3])
def test_latencies_and_their_ratios_are_covered(unrest: float) -> None:
    for row in latency_rows(1000, unrest, WINDOWS // 2):
        assert 0.92 - CHANCE <= row.coverage <= HIGHEST + CHANCE / 2
