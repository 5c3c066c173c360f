"""The figures behind a chart as CSV."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from monitor.common.json_lines import iso
from monitor.common.spreadsheet_cells import to_csv
from monitor.history.queries.queries import Belief

_COLUMNS = (
    "as_of",
    "monitor",
    "metric",
    "class_name",
    "slice",
    "window_start",
    "window_end",
    "value",
    "low",
    "high",
    "raw",
    "n",
    "n_labelled",
    "coverage",
    "provisional",
)


def csv_of(monitor: str, beliefs: Iterable[Belief]) -> str:
    """One line for each look, oldest first; times are UTC, unknown values empty."""
    rows = ({"as_of": each.as_of, "monitor": monitor, **asdict(each.estimate)} for each in beliefs)
    return to_csv(_COLUMNS, ({name: _plain(value) for name, value in row.items()} for row in rows))


def _plain(value: Any) -> Any:  # noqa: ANN401 - of any scalar
    return iso(value) if isinstance(value, datetime) else value
