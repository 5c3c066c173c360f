"""What Evidently says of the same rows, by its own methods and limits: the one file that imports it."""

import warnings
from collections.abc import Mapping, Sequence
from typing import Final

import pandas as pd
from evidently import DataDefinition, Dataset, Report
from evidently.core.report import Snapshot
from evidently.metrics import ValueDrift

from checks.shift import ColumnKind, PeerScore
from monitor.study.drift.columns import Values

_MEANING: Final = {
    ColumnKind.TEXT: "text_columns",
    ColumnKind.CATEGORY: "categorical_columns",
    ColumnKind.NUMBER: "numerical_columns",
}
_LOWER_IS_WORSE: Final = "p_value"  # its methods for small samples give a p-value


def peer_score(values: Values) -> PeerScore | None:
    """Evidently's distance for one column; None where it cannot tell, as of a text with next to no vocabulary."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            snapshot = _report([values])
    except Exception:  # noqa: BLE001 - whatever it fails on, it is only the second opinion
        return None
    (metric,) = snapshot.dict()["metrics"]
    method = metric["config"]["method"]
    return PeerScore(str(method), float(metric["value"]), float(metric["config"]["threshold"]))


def _report(columns: Sequence[Values]) -> Snapshot:
    """A snapshot of the drift of some columns."""
    definition = DataDefinition(
        **{meaning: [v.column.name for v in columns if v.column.kind is kind] for kind, meaning in _MEANING.items()}
    )
    now, then = (
        Dataset.from_pandas(_frame(columns, side), data_definition=definition) for side in ("current", "reference")
    )
    return Report([ValueDrift(column=v.column.name) for v in columns]).run(now, then)


def _frame(columns: Sequence[Values], side: str) -> pd.DataFrame:
    read: Mapping[str, object] = {v.column.name: [v.column.read(row) for row in getattr(v, side)] for v in columns}
    return pd.DataFrame(read)
