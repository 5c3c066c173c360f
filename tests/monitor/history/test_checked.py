"""Estimates beside the labels: what both engines say is what is worked out row by row."""

from collections import Counter
from collections.abc import Iterable

import pytest

from monitor.history import CycleRecord, History
from monitor.log.counts import OutcomeRow
from tests.support.history import HOUR, T0, at, counts, estimate, outcome, put, random_counts, rows

WINDOWS = ((0, 48), (24, 72), (3, 9), (20, 30), (7, 55), (10, 58), (24, 48), (0, 100), (90, 138))
"""Hours of T0: whole days, odd hours, within a day, over midnight, and beyond what was counted."""

CLASSES = ("billing", "card", "other", "urgent", "(none)")


def told(history: History, window: tuple[int, int]) -> None:
    start, end = window
    names = [("estimated_accuracy", "")]
    names += [(metric, name) for metric in ("estimated_recall", "estimated_precision") for name in (*CLASSES, "new")]
    lines = (estimate(metric, 0.7, name, window_start=at(start), window_end=at(end)) for metric, name in names)
    with history.transaction("bot") as transaction:
        transaction.record(CycleRecord(at(200 + 24 * WINDOWS.index(window)), tuple(lines), (), ()))


def expected(outcomes: Iterable[OutcomeRow], window: tuple[int, int]) -> dict[tuple[str, str], list[object]]:
    """N_k predictions of class k, each labelled one standing for N_k / W_k of its weight."""
    start, end = (T0 + hour * HOUR for hour in window)
    within = [row for row in outcomes if start <= row.bucket < end]
    n: Counter[str] = Counter()
    labelled, weights, right, true = (Counter[str]() for _ in range(4))
    for row in within:
        n[row.predicted] += row.n
        labelled[row.predicted] += row.n if row.label else 0
        weights[row.predicted] += row.weight  # type: ignore[assignment]  # a Counter of float
    for row in within:
        if row.label:
            estimated = row.weight * n[row.predicted] / weights[row.predicted]
            true[row.label] += estimated  # type: ignore[assignment]
            right[row.label] += estimated if row.label == row.predicted else 0  # type: ignore[assignment]
    coverage = sum(labelled.values()) / sum(n.values())
    covered = {name: n[name] for name in n if weights[name]}
    found: dict[tuple[str, str], object] = {}
    found["estimated_accuracy", ""] = sum(right.values()) / sum(covered.values()) if covered else None
    for name in (*CLASSES, "new"):
        found["estimated_recall", name] = right[name] / true[name] if true[name] else None
        found["estimated_precision", name] = right[name] / covered[name] if name in covered else None
    return {
        key: [value if value is None else pytest.approx(value), pytest.approx(coverage)] for key, value in found.items()
    }


@pytest.mark.parametrize("window", WINDOWS, ids=str)
def test_estimates_are_checked_over_any_window(history: History, url: str, window: tuple[int, int]) -> None:
    known = random_counts(11, range(100), each=15)
    without = (outcome(hour, "card", None, 9, prompt_version="p2") for hour in (4, 25, 54, 95))
    segment = (outcome(hour, "card", "urgent", 500, segment="channel", value="voice") for hour in (4, 54))
    put(history, counts(range(100), *known.outcomes, *without, *segment))
    told(history, window)
    sql = "SELECT metric, class, labels_say, coverage_now FROM estimates_checked"
    found = {(metric, name): figures for metric, name, *figures in rows(url, sql)}
    assert found == expected((*known.outcomes, *(outcome(h, "card", None, 9) for h in (4, 25, 54, 95))), window)


def test_each_day_and_each_length_of_window_has_its_last_estimate(history: History, url: str) -> None:
    put(history, random_counts(12, range(100), each=5))
    with history.transaction("bot") as transaction:
        for hour, lengths in ((50, (24, 48)), (60, (24,)), (73, (24, 48)), (95, (48,)), (99, (24,))):
            end = at(hour // 1)
            lines = (
                estimate("estimated_accuracy", hour / 1000 + length, window_start=at(hour - length), window_end=end)
                for length in lengths
            )
            transaction.record(CycleRecord(at(hour), tuple(lines), (), ()))
    found = [round(value, 3) for (value,) in rows(url, "SELECT estimated FROM estimates_checked ORDER BY estimated")]
    assert found == [24.06, 24.073, 24.099, 48.05, 48.095]


def test_a_window_without_a_prediction_is_left_out(history: History, url: str) -> None:
    put(history, random_counts(13, range(10), each=5))
    with history.transaction("bot") as transaction:
        line = estimate("estimated_accuracy", 0.7, window_start=at(48), window_end=at(72))
        transaction.record(CycleRecord(at(80), (line,), (), ()))
    assert rows(url, "SELECT * FROM estimates_checked") == []
