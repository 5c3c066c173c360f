"""How much of what will be labelled is there already."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from checks.counts import DelayCell
from checks.maturity import DELAY_GAMMA, DelayCurve, maturity
from checks.windows import BucketTotal, Window

NOW = datetime(2026, 3, 29, tzinfo=UTC)
HOUR = timedelta(hours=1)


def curve(delays_in_hours: "np.typing.ArrayLike") -> DelayCurve:
    """Bin delays as the log's query does."""
    seconds = np.maximum(np.asarray(delays_in_hours, dtype=float) * 3600, 1)
    bins = np.floor(np.log(seconds) / np.log(DELAY_GAMMA)).astype(int)
    return DelayCurve(
        DelayCell(int(bin_), int(n)) for bin_, n in zip(*np.unique(bins, return_counts=True), strict=True)
    )


def test_the_share_that_has_come_follows_the_delays() -> None:
    delays = np.random.default_rng(1).lognormal(np.log(18), 0.8, 5000)
    known = curve(delays)
    for hours in (3, 18, 60):
        assert known.arrived(hours * HOUR) == pytest.approx(np.mean(delays <= hours), abs=0.02)
    assert known.quantile(0.5) / HOUR == pytest.approx(18, rel=0.1)


def test_a_window_is_as_mature_as_its_predictions_are_old() -> None:
    known = curve([10.0] * 100)
    buckets = [BucketTotal(NOW - age * HOUR, predictions=100, labelled=0) for age in (2, 20, 40)]
    window = Window(NOW - 48 * HOUR, NOW)
    assert maturity(window, buckets, known, NOW) == pytest.approx(2 / 3, abs=0.01)


def test_without_predictions_or_labels_nothing_is_missing() -> None:
    window = Window(NOW - HOUR, NOW)
    assert maturity(window, [], curve([5.0]), NOW) == 1
    assert DelayCurve([]).arrived(HOUR) == 1
    with pytest.raises(ValueError, match="no label"):
        DelayCurve([]).quantile(0.5)
