"""How often healthy days pass for drift: the classifier's test too must keep its level, on days that differ."""

import numpy as np

from checks.counts.shift import ColumnShift
from monitor.study.drift.calendar import Calendar
from monitor.study.drift.columns import columns_of, values_of
from monitor.study.drift.compare import shift_of
from tests.support.drift_days import BUSY, Story, samples_of

STUDIES, ROWS, LEVEL = 30, 700, 0.05


def judged(seed: int) -> list[ColumnShift]:
    samples = samples_of(Story("healthy", BUSY), ROWS, np.random.default_rng(seed))
    calendar = Calendar.of(samples)
    return [
        shift_of(values_of(samples, column), calendar, examples=False)
        for column in columns_of(samples)
        if column.name in {"text", "predicted"}
    ]


def test_healthy_studies_alarm_no_more_often_than_the_level_says() -> None:
    p_values = [scale.contrast.p_value for seed in range(STUDIES) for column in judged(seed) for scale in column.scales]
    assert len(p_values) == STUDIES * 5  # text at two scales, classes at three
    assert np.mean(np.array(p_values) < LEVEL) <= LEVEL + 0.02  # some 150 dependent tests
