"""The figures behind a chart as CSV."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from checks.metrics.line import MetricLine
from monitor.common.json_lines import iso
from monitor.common.spreadsheet_cells import to_csv
from monitor.history.queries.queries import Belief

_COLUMNS = ("as_of", "monitor", *MetricLine._fields)


def csv_of(monitor: str, beliefs: Iterable[Belief]) -> str:
    """One line for each look, oldest first; times are UTC, unknown values empty."""
    rows = ((each.as_of, monitor, *each.estimate) for each in beliefs)
    return to_csv(_COLUMNS, (dict(zip(_COLUMNS, map(_plain, row), strict=True)) for row in rows))


def _plain(value: Any) -> Any:  # noqa: ANN401 - of any scalar
    return iso(value) if isinstance(value, datetime) else value
