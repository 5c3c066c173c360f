"""What the log has lost: rows that cannot be read, and rows that vanished after they were counted."""

from dataclasses import replace

from checks.estimates.cycle_data import Measured
from checks.metrics.line import ALL, Lines, MetricLine
from checks.rules.log_faults import LABELS_GONE, PREDICTIONS_GONE, lost


def lost_rows(measured: Measured) -> tuple[MetricLine, ...]:
    """Counts of both, of the whole log; new losses are told by the figures of earlier looks."""
    windows = measured.windows
    missing = windows.extent.missing
    counts = lost(measured) | {PREDICTIONS_GONE: missing.predictions, LABELS_GONE: missing.labels}
    lines = Lines(windows.current, ALL, 0, None)
    return tuple(
        replace(lines, n=n).between(metric, float(n), None, None, raw=float(n)) for metric, n in counts.items()
    )
