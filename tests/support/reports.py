"""Reports of looks for tests of what is printed: a green dashboard with a class that is missed."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from checks.metrics.line import MetricLine
from checks.rules.family import Family
from monitor.cycle.cycle import CycleReport, FamilyAdvice
from tests.support.incidents import T0, WEEK, advice, finding, fine, incident, opened


def estimate(metric: str, class_name: str = "", **changes: Any) -> MetricLine:  # noqa: ANN401
    """An estimate over the week before T0: 97.9% of 3,412 labelled rows unless a test says otherwise."""
    base = MetricLine(
        metric=metric,
        class_name=class_name,
        slice="all",
        window_start=T0 - WEEK,
        window_end=T0,
        value=0.979,
        low=0.971,
        high=0.986,
        raw=0.981,
        n=4200,
        n_labelled=3412,
        coverage=0.8123,
        provisional=False,
    )
    return base._replace(**changes)


def report(**changes: object) -> CycleReport:
    """98% accuracy, 12% recall on urgent."""
    base = CycleReport(
        monitor="support-bot",
        as_of=T0,
        buckets_read=41,
        estimates=(
            estimate("accuracy"),
            estimate("predictions", value=4200.0, low=None, high=None, raw=None),
            estimate("coverage", value=0.8123, low=None, high=None, raw=None),
            estimate("recall", "urgent", value=0.12, low=0.04, high=0.31, n_labelled=61),
            estimate("precision", "urgent", value=None, low=None, high=None, n_labelled=0),
            estimate("recall", "urgent", slice="prompt_version=p7", value=0.01, n_labelled=3),
            estimate("latency_p95", value=2140.0, low=2100.0, high=2200.0),
        ),
        findings=(finding(), fine("accuracy", "accuracy")),
        advice=(FamilyAdvice(Family.QUALITY, advice()),),
        transitions=(opened(),),
        open_incidents=(incident(),),
        faults=(),
        seconds=timedelta(milliseconds=300).total_seconds(),
    )
    return replace(base, **changes)  # type: ignore[arg-type]
