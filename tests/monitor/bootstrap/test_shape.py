"""When a log is counted anew: when its counts would differ, and at no other time."""

from typing import Any

from config.monitor import MonitorSettings
from monitor.bootstrap.monitors import shape_of

PREDICTIONS: dict[str, Any] = {"files": "log.parquet", "columns": {"id": "id", "at": "at", "predicted": "class"}}


def _shape(**source: Any) -> str:  # noqa: ANN401
    return shape_of(MonitorSettings.model_validate({"source": {"predictions": PREDICTIONS, **source}}))


def test_what_no_count_depends_on_has_nothing_counted_anew() -> None:
    assert _shape() == _shape(duckdb={"memory_mb": 400}) == _shape(url="duckdb:///:memory:") == _shape(segments=[])


def test_what_counts_depend_on_has_all_counted_anew() -> None:
    given: list[dict[str, Any]] = [
        {},
        {"segments": ["channel"]},
        {"predictions": {**PREDICTIONS, "duplicates": "first"}},
    ]
    assert len({_shape(**source) for source in given}) == len(given)
