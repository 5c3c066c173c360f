"""What a team would write by hand to get the same figures, each run in a process of its own.

    python -m bench.speed.peers duckdb FOLDER --from T --to T --as-of T

prints one JSON object: the accuracy over labelled rows and the latency quantiles of the predictions in [from, to).
Libraries are imported by the peer that uses them, since an import is part of what a command costs.
"""

import argparse
import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    import pandas as pd

QUANTILES: Final = [0.5, 0.95, 0.99]

COUNTS: Final = """
WITH latest AS (
    SELECT prediction_id, arg_max(label, labelled_at) AS label
    FROM read_parquet($labels) WHERE labelled_at <= $as_of GROUP BY prediction_id
)
SELECT predicted, label, count(*)
FROM read_parquet($predictions) LEFT JOIN latest USING (prediction_id)
WHERE ts >= $start AND ts < $end
GROUP BY predicted, label
"""

LATENCY: Final = """
SELECT quantile_cont(latency_ms, $quantiles) FROM read_parquet($predictions) WHERE ts >= $start AND ts < $end
"""


class PeerTask(NamedTuple):
    """Which predictions to judge, [start, end), with the labels known at `as_of`; UTC."""

    folder: Path
    start: datetime
    end: datetime
    as_of: datetime

    @property
    def predictions(self) -> str:
        """Glob of the prediction log."""
        return str(self.folder / "predictions*.parquet")

    @property
    def labels(self) -> str:
        """Glob of the label log."""
        return str(self.folder / "labels*.parquet")


class Answer(NamedTuple):
    """What every peer finds out; peers that agree did the same work."""

    accuracy: float
    n_labelled: int
    latency: list[float]


def duckdb_sql(span: PeerTask) -> Answer:
    """Two queries: the confusion matrix and the quantiles."""
    import duckdb  # noqa: PLC0415 - see the top of the file

    files = {"predictions": span.predictions, "start": span.start, "end": span.end}
    with duckdb.connect() as connection:
        cells = connection.execute(COUNTS, {**files, "labels": span.labels, "as_of": span.as_of}).fetchall()
        ((latency,),) = connection.execute(LATENCY, {**files, "quantiles": QUANTILES}).fetchall()
    labelled = sum(n for _, label, n in cells if label is not None)
    right = sum(n for predicted, label, n in cells if predicted == label)
    return Answer(right / labelled, labelled, list(latency))


def pandas_groupby(span: PeerTask) -> Answer:
    """A merge and a groupby."""
    rows = _joined(span)
    cells = rows.groupby(["predicted", "label"], observed=True).size().reset_index(name="n")
    labelled = int(cells["n"].sum())
    right = int(cells.loc[cells["predicted"] == cells["label"], "n"].sum())
    return Answer(right / labelled, labelled, rows["latency_ms"].quantile(QUANTILES).tolist())


def scikit_learn(span: PeerTask) -> Answer:
    """Pandas for the join, scikit-learn for the report and the confusion matrix."""
    from sklearn.metrics import classification_report, confusion_matrix  # noqa: PLC0415

    rows = _joined(span)
    known = rows.dropna(subset=["label"])
    report = classification_report(known["label"], known["predicted"], output_dict=True)
    confusion_matrix(known["label"], known["predicted"])
    return Answer(float(report["accuracy"]), len(known), rows["latency_ms"].quantile(QUANTILES).tolist())


def _joined(span: PeerTask) -> "pd.DataFrame":
    """Predictions of the span, each with its latest known label."""
    import pandas as pd  # noqa: PLC0415

    predictions = _read(span.folder, "predictions*.parquet", ["prediction_id", "ts", "predicted", "latency_ms"])
    labels = _read(span.folder, "labels*.parquet", ["prediction_id", "label", "labelled_at"])
    known = labels[labels["labelled_at"] <= pd.Timestamp(span.as_of)].sort_values("labelled_at")
    latest = known.drop_duplicates("prediction_id", keep="last")[["prediction_id", "label"]]
    within = (predictions["ts"] >= pd.Timestamp(span.start)) & (predictions["ts"] < pd.Timestamp(span.end))
    return predictions[within].merge(latest, on="prediction_id", how="left")


def _read(folder: Path, files: str, columns: list[str]) -> "pd.DataFrame":
    import pandas as pd  # noqa: PLC0415

    return pd.concat([pd.read_parquet(file, columns=columns) for file in sorted(folder.glob(files))])


PEERS: Final[dict[str, Callable[[PeerTask], Answer]]] = {
    "duckdb": duckdb_sql,
    "pandas": pandas_groupby,
    "scikit-learn": scikit_learn,
}


def main() -> None:
    """Run as a command."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.speed.peers", description="Compute the same figures by hand."
    )
    parser.add_argument("peer", choices=PEERS)
    parser.add_argument("folder", type=Path)
    for option, name in (("--from", "start"), ("--to", "end"), ("--as-of", "as_of")):
        parser.add_argument(option, dest=name, type=datetime.fromisoformat, required=True, metavar="T")
    arguments = parser.parse_args()
    span = PeerTask(arguments.folder, arguments.start, arguments.end, arguments.as_of)
    print(json.dumps(PEERS[arguments.peer](span)._asdict()))


if __name__ == "__main__":
    main()
