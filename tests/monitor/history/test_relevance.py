"""Relevance scores in the history: kept by bucket, read back as windows, and shown to analysts."""

from datetime import timedelta

import pytest

from checks.counts.scores import ScoreGroup
from checks.counts.windows import Windows
from monitor.history import History, WindowSpec
from monitor.log.counts import MILLION, BucketCounts, RelevanceRow
from tests.support.history import HOUR, T0, at, counts, outcome, put, rows

SPEC = WindowSpec(
    timedelta(hours=24), (timedelta(hours=6),), timedelta(hours=48), timedelta(hours=1), timedelta(hours=96)
)


def score(
    hour: int, value: float, n: int = 1, *, source: str = "thumbs", predicted: str = "card", prompt: str = "p1"
) -> RelevanceRow:
    sums = (round(n * value * MILLION), round(n * value**2 * MILLION))
    return RelevanceRow(T0 + hour * HOUR, "m1", prompt, predicted, source, int(value * 10), n, *sums)


def scored(hours: range, *scores: RelevanceRow) -> BucketCounts:
    """Ten predictions in each hour, and these scores."""
    plain = counts(hours, *(outcome(hour, "card", n=10) for hour in hours))
    return BucketCounts(plain.buckets, plain.outcomes, (), (), (), scores)


def windows_of(history: History, hour: int, spec: WindowSpec = SPEC) -> Windows:
    with history.transaction("bot") as transaction:
        return transaction.windows(spec, at(hour))


def test_each_window_has_the_scores_of_its_own_hours(history: History) -> None:
    spread = [score(10, 0.25, 2), score(60, 1.0, 3), score(60, 0.5, 1), score(95, 0.0, 4)]
    put(history, scored(range(96), *spread))
    windows = windows_of(history, 96)
    assert (windows.reference.scores.scored, windows.current.scores.scored) == (4, 4)
    assert windows.recent[0].scores.scored == 4
    (of_reference,) = windows.reference.scores.where(source="thumbs")._cells  # noqa: SLF001 - all of a cell at once
    assert of_reference == (ScoreGroup("thumbs", "card", "m1", "p1"), T0 + 60 * HOUR, 4.0, 3.5, 3.25, 0.0)
    assert [run.scores.scored for run in windows.versions] == [10]


def test_what_is_low_is_for_the_reader_to_say(history: History) -> None:
    put(history, scored(range(96), score(90, 0.3), score(90, 0.55), score(90, 0.7), score(90, 1.0)))
    lows = []
    for low in (0.3, 0.5, 0.7, 1.0):
        spec = WindowSpec(SPEC.window, SPEC.scales, SPEC.reference, SPEC.bucket, SPEC.lookback, low_score=low)
        lows.append(windows_of(history, 96, spec).current.scores.low.sum())
    assert lows == [0, 1, 2, 3]


def test_scores_that_are_counted_again_replace_the_earlier_ones(history: History) -> None:
    put(history, scored(range(96), score(90, 1.0, 7), score(91, 1.0, 2)))
    put(history, scored(range(90, 91), score(90, 0.0, 1)))
    assert windows_of(history, 96).current.scores.sources == {"thumbs": 3}


def test_a_log_without_scores_has_windows_without_them(history: History) -> None:
    put(history, scored(range(96)))
    assert windows_of(history, 96).current.scores.scored == 0


def test_analysts_read_each_source_by_itself(history: History, url: str) -> None:
    spread = [score(0, 0.25, 2), score(5, 1.0, 3), score(5, 0.5, 3, source="judge-v2"), score(25, 0.0, 1)]
    put(history, scored(range(26), *spread))
    found = rows(
        url,
        "SELECT CAST(day AS VARCHAR), source, mean, low_share, n, coverage FROM daily_relevance "
        "WHERE monitor = 'bot' ORDER BY 1, 2",
    )
    assert found == [
        ("2026-03-01", "judge-v2", 0.5, 0.0, 3, pytest.approx(3 / 240)),
        ("2026-03-01", "thumbs", pytest.approx(0.7), pytest.approx(0.4), 5, pytest.approx(5 / 240)),
        ("2026-03-02", "thumbs", 0.0, 1.0, 1, pytest.approx(1 / 20)),
    ]
    assert rows(url, "SELECT source, bin, n, score FROM bucket_relevance ORDER BY 1, 2 DESC")[0] == (
        "judge-v2",
        5,
        3,
        1.5,
    )
