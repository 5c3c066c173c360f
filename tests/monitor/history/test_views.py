"""What analysts read: the same numbers on both databases, equal to what is worked out by hand."""

import math
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from monitor.history import CycleRecord, History
from tests.support.history import at, counts, estimate, latency, outcome, put, random_counts, rows

DAYS = ["2026-03-01", "2026-03-02", "2026-03-03"]


def days_of(url: str, view: str, columns: str) -> list[tuple[object, ...]]:
    return rows(url, f"SELECT monitor, CAST(day AS VARCHAR), {columns} FROM {view} ORDER BY 1, 2, 3")  # noqa: S608


def test_times_and_names_are_written_out(history: History, url: str) -> None:
    put(history, counts(range(30), outcome(29, "card", "urgent", n=2)))
    (found,) = rows(
        url, "SELECT monitor, bucket_start, model_version, prompt_version, predicted, label, n FROM bucket_outcomes"
    )
    expected = "2026-03-02 05:00:00" if url.startswith("sqlite") else at(29)
    assert found == ("bot", expected, "m1", "p1", "card", "urgent", 2)


def test_segments_do_not_count_twice(history: History, url: str) -> None:
    put(history, counts(range(1), outcome(0, n=2), outcome(0, n=2, segment="channel", value="voice")))
    assert rows(url, "SELECT sum(n) FROM bucket_outcomes") == [(2,)]
    assert rows(url, "SELECT segment, value, n FROM bucket_segments") == [("channel", "voice", 2)]


def test_daily_accuracy_weighs_each_predicted_class_by_its_predictions(history: History, url: str) -> None:
    # 90 billing of which 9 of 10 labelled are right, 10 card of which 1 of 5 is: 0.9 * 0.9 + 0.1 * 0.2.
    cells = [("billing", None, 80), ("billing", "billing", 9), ("billing", "card", 1)]
    cells += [("card", None, 5), ("card", "card", 1), ("card", "billing", 4)]
    put(history, counts(range(1), *(outcome(0, predicted, label, n) for predicted, label, n in cells)))
    ((_, day, accuracy, raw, *numbers),) = days_of(url, "daily_accuracy", "accuracy, raw, n, n_labelled, coverage")
    assert day == DAYS[0]
    assert accuracy == pytest.approx(0.83)
    assert raw == pytest.approx(10 / 15)
    assert numbers == [100, 15, 0.15]


def test_a_predicted_class_without_labels_is_left_out_of_daily_accuracy(history: History, url: str) -> None:
    put(history, counts(range(1), outcome(0, "card", n=50), outcome(0, "billing", "billing", 4)))
    assert days_of(url, "daily_accuracy", "accuracy, n, n_labelled") == [("bot", DAYS[0], 1.0, 54, 4)]


def test_a_day_without_labels_has_no_accuracy(history: History, url: str) -> None:
    put(history, counts(range(1), outcome(0, n=3)))
    assert days_of(url, "daily_accuracy", "accuracy, raw, coverage") == [("bot", DAYS[0], None, None, 0.0)]
    assert days_of(url, "daily_recall", "class, recall") == []


def test_daily_recall_counts_the_urgent_that_nobody_labelled(history: History, url: str) -> None:
    # Predicted urgent: 10, all labelled, all right. Predicted other: 990, 90 labelled, 1 of them urgent: 11 in truth.
    cells = [("urgent", "urgent", 10), ("other", "other", 89), ("other", "urgent", 1), ("other", None, 900)]
    put(history, counts(range(1), *(outcome(0, predicted, label, n) for predicted, label, n in cells)))
    found = {row[2]: row[3:] for row in days_of(url, "daily_recall", "class, recall, raw, n")}
    assert found["urgent"] == (pytest.approx(10 / 21), pytest.approx(10 / 11), 11)


def test_inclusion_probabilities_weigh_within_a_predicted_class(history: History, url: str) -> None:
    right = outcome(0, "card", "card", 3, weight=30.0, weight_squared=300.0)
    wrong = outcome(0, "card", "urgent", 1, weight=1.0, weight_squared=1.0)
    put(history, counts(range(1), right, wrong))
    assert days_of(url, "daily_accuracy", "accuracy, raw") == [("bot", DAYS[0], pytest.approx(30 / 31), 0.75)]


def test_daily_latency_is_within_one_percent_at_the_nearest_rank(history: History, url: str) -> None:
    milliseconds = [10.0 * 1.01**i for i in range(500)]
    bins = Counter(math.floor(math.log(ms) / math.log(1.02)) for ms in milliseconds)
    put(history, counts(range(1), latency=tuple(latency(0, bin_, n) for bin_, n in bins.items())))
    ((_, _, *quantiles, n),) = days_of(url, "daily_latency", "p50_ms, p95_ms, p99_ms, n")
    exact = [milliseconds[rank - 1] for rank in (250, 475, 495)]
    assert quantiles == [pytest.approx(ms, rel=0.01) for ms in exact]
    assert n == 500


def test_a_bin_covers_what_it_says(history: History, url: str) -> None:
    put(history, counts(range(1), latency=(latency(0, 300),)))
    ((low, middle, high),) = rows(url, "SELECT low_ms, mid_ms, high_ms FROM bucket_latency")
    assert (low, high) == (pytest.approx(1.02**300), pytest.approx(1.02**301))
    assert middle == pytest.approx(math.sqrt(low * high))


def test_a_late_label_corrects_the_past(history: History, url: str) -> None:
    put(history, counts(range(1), outcome(0, "card", "card", 9), outcome(0, "card")))
    put(history, counts(range(1), outcome(0, "card", "card", 9), outcome(0, "card", "urgent")))
    assert days_of(url, "daily_accuracy", "raw") == [("bot", DAYS[0], 0.9)]


def test_days_are_those_of_utc(history: History, url: str) -> None:
    put(history, counts(range(49), outcome(23), outcome(24), outcome(48)))
    assert [row[1] for row in days_of(url, "daily_accuracy", "n")] == DAYS


def test_both_databases_give_the_same_days(emptied_postgres: str, tmp_path: Path) -> None:
    urls = [f"sqlite:///{tmp_path / 'history.db'}", emptied_postgres]
    for url in urls:
        history = History.open(url)
        put(history, random_counts(5, range(60)))
        history.close()
    for view, columns in (
        ("daily_accuracy", "accuracy, raw, n, n_labelled, coverage"),
        ("daily_recall", "class, recall, raw, n"),
        ("daily_latency", "p50_ms, p95_ms, p99_ms, n"),
    ):
        first, second = (days_of(url, view, columns) for url in urls)
        assert len(first) >= 3
        assert [rounded(row) for row in first] == [rounded(row) for row in second]


def rounded(row: tuple[object, ...]) -> list[object]:
    return [float(f"{part:.12g}") if isinstance(part, float) else part for part in row]


def test_metric_history_shows_times_as_times(history: History, url: str) -> None:
    with history.transaction("bot") as transaction:
        transaction.record(CycleRecord(at(48.00001), (estimate(),), (), ()))
    ((as_of, start, value),) = rows(url, "SELECT as_of, window_start, value FROM metric_history")
    if url.startswith("sqlite"):
        assert (as_of, start) == ("2026-03-03 00:00:00", "2026-03-01 00:00:00")
    else:
        assert (as_of, start) == (at(48), at(0))
    assert value == 0.9


def test_an_analyst_reads_the_file_while_the_daemon_writes(tmp_path: Path) -> None:
    file = tmp_path / "history.db"
    history = History.open(f"sqlite:///{file}")
    put(history, counts(range(1), outcome(0, n=1)))
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True, timeout=0)) as analyst:
        with history.transaction("bot") as transaction:
            transaction.replace(counts(range(1), outcome(0, n=2)), history.fingerprints("bot"))
            assert analyst.execute("SELECT n FROM bucket_outcomes").fetchall() == [(1,)]
        assert analyst.execute("SELECT n FROM bucket_outcomes").fetchall() == [(2,)]
    history.close()


def estimates_told(history: History, *told: tuple[float, str, str, float | None]) -> None:
    """Believe each (hour, metric, class, value) at its hour, of the first two days."""
    with history.transaction("bot") as transaction:
        for hour in sorted({hour for hour, *_ in told}):
            lines = tuple(estimate(metric, value, name) for when, metric, name, value in told if when == hour)
            transaction.record(CycleRecord(at(hour), lines, (), ()))


def checked(url: str) -> dict[tuple[object, object], list[object]]:
    found = rows(url, "SELECT metric, class, estimated, labels_say, coverage_now FROM estimates_checked ORDER BY as_of")
    return {(metric, name): figures for metric, name, *figures in found}


def test_estimates_are_checked_by_the_labels_that_came_later(history: History, url: str) -> None:
    # Predicted urgent: 10, of 5 labelled 4 are: 8. Predicted other: 990, of 90 labelled 1 is urgent: 11.
    cells = [("urgent", "urgent", 4), ("urgent", "other", 1), ("urgent", None, 5)]
    cells += [("other", "other", 89), ("other", "urgent", 1), ("other", None, 900)]
    put(history, counts(range(72), *(outcome(5, predicted, label, n) for predicted, label, n in cells)))
    put(history, counts(range(60, 61), outcome(60, "other", "urgent", 500)))  # not of the window
    estimates_told(
        history,
        (48, "estimated_accuracy", "", 0.95),
        (48, "estimated_recall", "urgent", 0.5),
        (48, "estimated_precision", "urgent", 0.9),
    )
    found = checked(url)
    assert found["estimated_accuracy", ""] == [0.95, pytest.approx((8 + 979) / 1000), 0.095]
    assert found["estimated_recall", "urgent"] == [0.5, pytest.approx(8 / 19), 0.095]
    assert found["estimated_precision", "urgent"] == [0.9, pytest.approx(0.8), 0.095]


def test_of_a_day_the_last_estimate_is_checked_and_a_refused_one_is_not(history: History, url: str) -> None:
    put(history, counts(range(1), outcome(0, "other", "other", 3)))
    estimates_told(
        history,
        (47, "estimated_accuracy", "", 0.7),
        (48, "estimated_accuracy", "", 0.8),
        (49, "estimated_accuracy", "", 0.9),
        (49, "estimated_recall", "other", None),
    )
    assert sorted(value for value, *_ in rows(url, "SELECT estimated FROM estimates_checked")) == [0.7, 0.9]


def test_without_a_label_there_is_nothing_to_check_an_estimate_by(history: History, url: str) -> None:
    put(history, counts(range(1), outcome(0, "other", None, 3)))
    estimates_told(history, (48, "estimated_accuracy", "", 0.7))
    assert checked(url) == {("estimated_accuracy", ""): [0.7, None, 0.0]}
