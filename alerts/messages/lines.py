"""Figures of the metric history in words: the one form of each, on a terminal and on a page."""

from typing import Final

from alerts.messages.figures import milliseconds, percent, support
from alerts.messages.numbers import Format, number, score, span
from checks.metrics.line import MetricLine

UNKNOWN: Final = "-"


def figure(line: MetricLine | None) -> str:
    """A figure with its interval and support; latencies in their unit, everything else as a share.

    >>> from datetime import UTC, datetime
    >>> at = datetime(2026, 3, 29, tzinfo=UTC)
    >>> figure(MetricLine("recall", "urgent", "all", at, at, 0.12, 0.04, 0.31, 0.11, 900, 61, 0.5, False))
    '12% (4–31%, n=61)'
    """
    if line is None:
        return UNKNOWN
    if line.value is None:
        return f"{UNKNOWN} ({support(line.n_labelled)})"
    written = unit_of(line.metric)
    inside = [span(line.low, line.high, written)] if line.low is not None and line.high is not None else []
    return f"{written(line.value)} ({', '.join([*inside, support(line.n_labelled)])})"


def unit_of(metric: str) -> Format:
    """How the numbers of a metric are written."""
    if metric.startswith("latency_"):
        return milliseconds
    if metric in ("relevance_mean", "estimated_relevance", "confidence_mean"):
        return score
    return number if metric in ("support", "predictions") else percent
