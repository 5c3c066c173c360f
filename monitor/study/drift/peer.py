"""What Evidently says of the same rows, by its own methods and limits: the one file that imports it."""

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pandas as pd
from evidently import DataDefinition, Dataset, Report
from evidently.core.report import Snapshot
from evidently.metrics import ValueDrift
from evidently.presets import DataDriftPreset
from evidently.ui.workspace import Workspace

from checks.counts.shift import ColumnKind, PeerScore
from monitor.log.sampled import Samples
from monitor.study.drift.columns import Values, columns_of, values_of
from monitor.study.messages import ReportTarget

_MEANING: Final = {
    ColumnKind.TEXT: "text_columns",
    ColumnKind.CATEGORY: "categorical_columns",
    ColumnKind.NUMBER: "numerical_columns",
}


TEXT_METHOD: Final = "abs_text_content_drift"
"""Of fewer than 1,000 rows it would draw a thousand bootstrap samples instead, which takes 2 seconds."""


TEXT_NAME: Final = "domain classifier AUC"


def peer_score(values: Values) -> PeerScore | None:
    """Evidently's distance for one column; None where it cannot tell, as of a text with next to no vocabulary."""
    method = TEXT_METHOD if values.column.kind is ColumnKind.TEXT else None
    try:
        snapshot = _run(Report([ValueDrift(column=values.column.name, method=method)]), [values])
    except Exception:  # noqa: BLE001 - whatever it fails on, it is only the second opinion
        return None
    (metric,) = snapshot.dict()["metrics"]
    return PeerScore(
        TEXT_NAME if method else str(metric["config"]["method"]),
        float(metric["value"]),
        float(metric["config"]["threshold"]),
    )


def write_report(samples: Samples, target: ReportTarget) -> None:
    """Write Evidently's own report of every column that has values on both sides; it shows words, never messages."""
    every = [values_of(samples, column) for column in columns_of(samples)]
    columns = [values for values in every if values.current and values.reference]
    snapshot = _run_what_can_be(columns)
    snapshot.save_html(target.file)
    if target.workspace:
        _push(snapshot, target)


def _run_what_can_be(columns: Sequence[Values]) -> Snapshot:
    """A report of all columns, or of those that Evidently can take; one that it cannot fails the whole report."""
    able = [values for values in columns if peer_score(values) is not None]
    names = [values.column.name for values in able]
    return _run(Report([DataDriftPreset(columns=names, text_method=TEXT_METHOD)]), able)


def _push(snapshot: Snapshot, target: ReportTarget) -> None:
    workspace = Workspace.create(target.workspace)
    found = workspace.search_project(target.project)
    project = found[0] if found else workspace.create_project(target.project)
    workspace.add_run(project.id, snapshot, name=Path(target.file).stem)


def _run(report: Report, columns: Sequence[Values]) -> Snapshot:
    definition = DataDefinition(
        **{meaning: [v.column.name for v in columns if v.column.kind is kind] for kind, meaning in _MEANING.items()}
    )
    now, then = (
        Dataset.from_pandas(_frame(columns, side), data_definition=definition) for side in ("current", "reference")
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return report.run(now, then)


def _frame(columns: Sequence[Values], side: str) -> pd.DataFrame:
    """Columns side by side; those with fewer rows are filled up with what Evidently leaves out."""
    return pd.DataFrame({v.column.name: pd.Series([v.column.read(row) for row in getattr(v, side)]) for v in columns})
