"""NannyML's confidence-based performance estimation on a stream of `bench.estimates.before_labels`.

It needs the package nannyml, which pins older versions of numpy and pandas than ours: an environment of its own.
"""

import os
import warnings

os.environ.setdefault("NML_DISABLE_USAGE_LOGGING", "1")  # it would report its use to its makers

import nannyml  # type: ignore[import-not-found]
import numpy as np
import pandas as pd

from bench.estimates.before_labels import CLASSES, DAY, Guess, Rows, Stream

URGENT = len(CLASSES) - 1
PROBABILITIES = {name: f"probability_{name}" for name in CLASSES}


def cbpe(stream: Stream) -> tuple[Guess, ...]:
    """Accuracy by the multiclass estimator, recall and precision of urgent by the binary one; today is one chunk.

    Learned from the labelled predictions of the past. The interval is the one it prints: 3 sampling errors each way.
    """
    past, today = _frame(stream.past)[stream.past.labelled], _frame(stream.today)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        every = nannyml.CBPE(
            metrics=["accuracy"],
            y_pred="predicted",
            y_true="truth",
            y_pred_proba=PROBABILITIES,
            problem_type="classification_multiclass",
            chunk_size=DAY,
        )
        urgent = nannyml.CBPE(
            metrics=["recall", "precision"],
            y_pred="predicted_urgent",
            y_true="truth_urgent",
            y_pred_proba=PROBABILITIES["urgent"],
            problem_type="classification_binary",
            chunk_size=DAY,
        )
        whole, of_class = (
            estimator.fit(past).estimate(today).filter(period="analysis").to_df() for estimator in (every, urgent)
        )
    return _guess(whole, "accuracy"), _guess(of_class, "recall"), _guess(of_class, "precision")


def _guess(result: pd.DataFrame, metric: str) -> Guess:
    row = result[metric].iloc[0]
    value, low, high = row["value"], row["lower_confidence_boundary"], row["upper_confidence_boundary"]
    return None if np.isnan(value) else (float(value), float(low), float(high))


def _frame(rows: Rows) -> pd.DataFrame:
    names = np.array(CLASSES)
    frame = pd.DataFrame({"predicted": names[rows.predicted], "truth": names[rows.truth]})
    frame["predicted_urgent"] = (rows.predicted == URGENT).astype(int)
    frame["truth_urgent"] = (rows.truth == URGENT).astype(int)
    for k, name in enumerate(CLASSES):
        frame[PROBABILITIES[name]] = rows.logged[:, k]
    return frame
