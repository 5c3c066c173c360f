"""Cells are kept as they were counted, however many are put in order and looked up at once."""

from dataclasses import replace
from pathlib import Path

import pytest

from monitor.history import History
from monitor.log.counting.columns import Columns
from monitor.log.counts import BucketCounts, OutcomeRow
from tests.support.history import counts, outcome, put, rows


def _given(folder: str) -> BucketCounts:
    """Two segments of some values beside everything, in blocks of their own that go to a file."""
    kept = Columns(OutcomeRow, folder=folder)
    for hours in (range(9), range(9, 20)):
        kept.extend_rows(outcome(hour, n=hour + 1) for hour in hours)
        for segment in ("channel", "language"):
            some = [(hour, f"{segment} {k}") for hour in hours for k in range(1 + hour % 4)]
            kept.extend_rows(outcome(hour, segment=segment, value=value, n=hour + 2) for hour, value in some)
    return replace(counts(range(20)), outcomes=kept)


@pytest.mark.parametrize(("sorted_at_once", "places"), [(1_000_000, 1_000_000), (1, 1_000_000), (30, 1)])
def test_cells_are_kept_as_they_were_counted(
    history: History, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sorted_at_once: int, places: int
) -> None:
    monkeypatch.setattr("monitor.log.counting.columns.ROWS_IN_MEMORY", 10)
    monkeypatch.setattr("monitor.history.writing.cells.SORTED_AT_ONCE", sorted_at_once)
    monkeypatch.setattr("monitor.history.writing.cells.MOST_PLACES", places)
    given = _given(str(tmp_path))
    put(history, given)

    found = rows(
        url,
        "SELECT c.bucket, s.segment, s.value, v.model_version, v.prompt_version, p.name, l.name, c.n, c.weight,"
        " c.weight_squared FROM outcome_cells c JOIN slices s ON s.id = c.slice_id"
        " JOIN versions v ON v.id = c.version_id JOIN classes p ON p.id = c.predicted_id"
        " LEFT JOIN classes l ON l.id = c.label_id",
    )
    assert sorted(found, key=repr) == sorted((row[:10] for row in given.outcomes), key=repr)
