"""The metric lines, beside scikit-learn's."""

from datetime import datetime
from typing import Any

import numpy as np
import pytest
from sklearn import metrics

from checks.counts.cells import OutcomeCell
from checks.counts.windows import Window, Windows
from checks.estimates.cycle_data import Measured
from checks.metrics.line import MetricLine
from checks.metrics.names import METRICS, Of
from checks.metrics.window import estimates
from tests.support.windows import NOW, Spell, answers, history

CLASSES = ["card", "cash", "refund", "urgent"]


def random_rows(seed: int, n: int = 3000) -> tuple[list[str], list[str | None]]:
    """Predictions and labels, a third of them without one."""
    rng = np.random.default_rng(seed)
    predicted = rng.choice(CLASSES, n, p=[0.5, 0.3, 0.18, 0.02])
    label = np.where(rng.random(n) < 0.8, predicted, rng.choice([*CLASSES, "never predicted"], n))
    return list(predicted), [str(y) if rng.random() < 0.67 else None for y in label]


def lines_of(
    predicted: list[str], labels: list[str | None], last_label_at: datetime | None = None
) -> dict[tuple[str, str], MetricLine]:
    cells = [
        OutcomeCell(p, y, 1, *((0.0, 0.0) if y is None else (1.0, 1.0))) for p, y in zip(predicted, labels, strict=True)
    ]
    window = Window(NOW, NOW, tuple(cells))
    windows = Windows(NOW, NOW - NOW, window, (), Window(NOW, NOW), last_label_at=last_label_at)
    found = estimates(Measured(windows))
    return {(line.metric, line.class_name): line for line in found if line.slice == "all"}


@pytest.mark.parametrize("seed", range(5))
def test_raw_is_what_scikit_learn_says_of_the_labelled_rows(seed: int) -> None:
    predicted, labels = random_rows(seed)
    lines = lines_of(predicted, labels)
    known = [(p, y) for p, y in zip(predicted, labels, strict=True) if y is not None]
    guess, truth = [p for p, _ in known], [y for _, y in known]
    assert lines["accuracy", ""].raw == pytest.approx(metrics.accuracy_score(truth, guess), abs=1e-12)
    balanced = metrics.balanced_accuracy_score(truth, guess)
    assert lines["balanced_accuracy", ""].raw == pytest.approx(balanced, abs=1e-12)
    report: dict[str, Any] = metrics.classification_report(truth, guess, output_dict=True, zero_division=0)
    for name in CLASSES:
        assert lines["recall", name].raw == pytest.approx(report[name]["recall"], abs=1e-12)
        assert lines["precision", name].raw == pytest.approx(report[name]["precision"], abs=1e-12)
        assert lines["support", name].raw == report[name]["support"]
        assert lines["f1", name].raw == pytest.approx(report[name]["f1-score"], abs=1e-12)
        gap = report[name]["recall"] - report[name]["precision"]
        assert lines["recall_precision_gap", name].raw == pytest.approx(gap, abs=1e-12)


def test_a_class_that_is_never_predicted_has_recall_0_and_no_precision() -> None:
    lines = lines_of(*random_rows(1))
    assert lines["recall", "never predicted"].raw == 0
    assert lines["precision", "never predicted"].raw is None
    assert lines["precision", "never predicted"].value is None


def test_versions_are_slices_of_their_own() -> None:
    windows = history(Spell(37, answers(), prompt="p3"), Spell(3, answers(), prompt="p4"))
    slices = {line.slice for line in estimates(Measured(windows))}
    assert slices == {"all", "prompt_version=p3", "prompt_version=p4", "model_version=m1"}


def test_every_line_is_of_a_metric_that_is_listed_and_of_its_slices_and_classes() -> None:
    listed = {metric.name: metric for metric in METRICS}
    for line in estimates(Measured(history(Spell(37, answers(), prompt="p3"), Spell(3, answers(), prompt="p4")))):
        metric = listed[line.metric]
        assert metric.slices is not Of.ALL or line.slice == "all", line
        assert metric.of_class == "both" or (metric.of_class == "yes") == bool(line.class_name), line


def test_a_window_without_labels_has_lines_without_values() -> None:
    lines = lines_of(["card"] * 10, [None] * 10, last_label_at=NOW)
    assert lines["predictions", ""].value == 10
    assert lines["coverage", ""].value == 0
    assert lines["accuracy", ""].value is None
    assert lines["recall", "card"].value is None


def test_before_the_first_label_there_are_the_lines_that_need_none() -> None:
    lines = lines_of(["card"] * 3 + ["cash"], [None] * 4)
    assert {metric for metric, _ in lines} == {"predictions", "coverage", "predicted_share"}
    assert lines["predicted_share", "card"].value == 0.75


def test_confidence_is_told_of_all_and_of_each_predicted_class() -> None:
    sure = OutcomeCell("card", None, 4, 0.0, 0.0, "m1", "p1", 5, 3.6)
    unsure = OutcomeCell("cash", "card", 1, 1.0, 1.0, "m1", "p2", 0, 0.4)
    silent = OutcomeCell("cash", None, 5, 0.0, 0.0, "m1", "p2")
    window = Window(NOW, NOW, (sure, unsure, silent))
    found = estimates(Measured(Windows(NOW, NOW - NOW, window, (), Window(NOW, NOW))))
    lines = {(line.class_name, line.slice): line for line in found if line.metric == "confidence_mean"}
    assert {key: round(line.value or 0, 9) for key, line in lines.items()} == {
        ("", "all"): 0.8,
        ("card", "all"): 0.9,
        ("cash", "all"): 0.4,
        ("", "model_version=m1"): 0.8,
        ("", "prompt_version=p1"): 0.9,
        ("", "prompt_version=p2"): 0.4,
    }
    assert lines["cash", "all"].n == 1


def test_an_empty_window_is_no_error() -> None:
    lines = lines_of([], [])
    assert lines["predictions", ""].value == 0
    assert lines["coverage", ""].value is None
