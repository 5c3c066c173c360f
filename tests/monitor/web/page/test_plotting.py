from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from alerts.messages.figures import milliseconds, percent
from monitor.web.page.kept import Kept
from monitor.web.page.plotting import (
    Box,
    Point,
    band_path,
    line_path,
    runs,
    shaded,
    time_scale,
    time_ticks,
    value_scale,
    value_ticks,
)

T0 = datetime(2026, 3, 29, tzinfo=UTC)
BOX = Box(0, 0, 100, 10)
DAY = timedelta(days=1)
X = time_scale(T0, T0 + 4 * DAY, BOX)


def points(*values: float | None, provisional: int = 0) -> list[Point]:
    """A point a day; the last ones are provisional."""
    first = len(values) - provisional
    known = [(value, None, None) if value is None else (value, value - 0.1, value + 0.1) for value in values]
    return [Point(T0 + k * DAY, value, low, high, k >= first) for k, (value, low, high) in enumerate(known)]


def test_a_line_breaks_where_nothing_is_known_and_over_a_gap() -> None:
    given = points(0.5, 0.6, None, 0.7, 0.8)

    assert [[point.value for point in run] for run in runs(given, 2 * DAY)] == [[0.5, 0.6], [0.7, 0.8]]
    assert [len(run) for run in runs([given[0], given[3], given[4]], 2 * DAY)] == [1, 2]


def test_paths_go_through_the_values_and_around_the_intervals() -> None:
    given = points(0.5, 0.6)
    y = value_scale([0.4, 0.7], BOX, share=True)

    assert line_path(given, X, y) == f"M0 {y(0.5):g}L25 {y(0.6):g}"
    assert band_path(given, X, y) == f"M0 {y(0.6):g}L25 {y(0.7):g}L25 {y(0.5):g}L0 {y(0.4):g}Z"
    assert band_path(given[:1], X, y) == ""
    assert line_path(given[1:], X, y) == f"M24 {y(0.6):g}L26 {y(0.6):g}"


def test_a_stretch_whose_labels_are_to_come_is_shaded() -> None:
    assert list(shaded(points(0.5, 0.5, 0.5, provisional=1), X)) == [(25.0, 25.0)]
    assert list(shaded(points(0.5, 0.5), X)) == []


@pytest.mark.parametrize(
    ("numbers", "is_share", "said"),
    [
        ([0.62, 0.98], True, ["60%", "80%", "100%"]),
        ([0.505, 0.506], True, ["50%", "52%"]),
        ([618.0, 2000.0], False, ["0 ms", "1,000 ms", "2,000 ms"]),
        ([0.999, 1.0], True, ["96%", "98%", "100%"]),
        ([0.0, 0.001], True, ["0%", "2%", "4%"]),
        ([], True, ["0%", "50%", "100%"]),
        ([0.0], False, ["0 ms", "2 ms", "4 ms"]),
    ],
)
def test_ticks_are_round_values(numbers: list[float], is_share: bool, said: list[str]) -> None:  # noqa: FBT001
    scale = value_scale(numbers, BOX, share=is_share)

    assert [text for _, text in value_ticks(scale, percent if is_share else milliseconds)] == said


def test_ticks_of_time_are_days_and_hours_where_the_span_is_short() -> None:
    assert [text for _, text in time_ticks(X)] == ["Mar 29", "Mar 30", "Mar 31", "Apr 1", "Apr 2"]
    assert [text for _, text in time_ticks(time_scale(T0, T0 + DAY, BOX))][:2] == ["Mar 29 00:00", "Mar 29 06:00"]


def test_ticks_of_long_spans_are_months_and_say_which_year() -> None:
    year, quarter = time_scale(T0, T0 + 365 * DAY, BOX), time_scale(T0, T0 + 90 * DAY, BOX)

    assert [text for _, text in time_ticks(year)] == [
        "May 2026",
        "Jul 2026",
        "Sep 2026",
        "Nov 2026",
        "Jan 2027",
        "Mar 2027",
    ]
    assert [text for _, text in time_ticks(quarter)] == ["Apr 2026", "May 2026", "Jun 2026"]


def test_the_newest_used_are_kept_and_made_once() -> None:
    made: list[str] = []
    kept: Kept[str] = Kept(most=2)

    def make(key: str) -> str:
        made.append(key)
        return key

    assert [kept.get(key, partial(make, key)) for key in ("a", "b", "a", "c", "a", "b")] == [
        "a",
        "b",
        "a",
        "c",
        "a",
        "b",
    ]
    assert made == ["a", "b", "c", "b"]
