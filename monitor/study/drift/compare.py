"""Compares one column's rows of now with those of the reference, at each scale."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import compress
from typing import Final

import numpy as np
from numpy.typing import NDArray

from checks.counts.shift import ColumnKind, ColumnShift, ScaleShift, Unjudged
from monitor.log.sampled import StudyRow
from monitor.study.drift.calendar import Calendar
from monitor.study.drift.columns import Column, Values
from monitor.study.drift.features import Points, category_points, number_points, numbers_of, text_points
from monitor.study.drift.plain import category_shift, number_shift
from monitor.study.drift.rows import Rows
from monitor.study.drift.text import text_shift

LEAST_ROWS: Final = 100
"""Rows with a value, now and in the reference, under which a column is not compared."""


def shift_of(values: Values, calendar: Calendar, *, examples: bool) -> ColumnShift:
    """Shift of one column."""
    column = values.column
    shift = ColumnShift(column.name, column.kind, len(values.current), len(values.reference), unjudged=values.unjudged)
    if shift.unjudged is not None:
        return shift
    rows = _comparable(values, calendar)
    if rows is None:
        return replace(shift, unjudged=Unjudged.FEW_ROWS)
    scales = tuple(_scales(rows, column, examples=examples))
    return replace(shift, scales=scales, unjudged=None if scales else Unjudged.FEW_DAYS)


def _comparable(values: Values, calendar: Calendar) -> Rows | None:
    then, day_then = _of_days(values.reference, calendar, lambda day: day >= calendar.length and calendar.is_whole(day))
    now, day_now = _of_days(values.current, calendar, lambda day: 0 <= day < calendar.length)
    rows = (*then, *now)
    if min(len(then), len(now)) < LEAST_ROWS:
        return None
    points = _points(values, rows)
    return None if points is None else Rows(rows, points, np.concatenate([day_then, day_now]), calendar)


def _of_days(
    rows: Sequence[StudyRow], calendar: Calendar, wanted: Callable[[int], bool]
) -> tuple[tuple[StudyRow, ...], NDArray[np.intp]]:
    """Rows of the wanted days, with the day of each row."""
    day = calendar.days_of(rows)
    kept = np.isin(day, [each for each in np.unique(day).tolist() if wanted(each)])
    return tuple(compress(rows, kept.tolist())), day[kept]


def _points(values: Values, rows: Sequence[StudyRow]) -> Points | None:
    read = values.column.read
    match values.column.kind:
        case ColumnKind.TEXT:
            return text_points([str(read(row)) for row in rows])
        case ColumnKind.CATEGORY:
            return category_points([str(read(row)) for row in rows])
        case ColumnKind.NUMBER:
            return number_points(numbers_of(read, rows))


def _scales(rows: Rows, column: Column, *, examples: bool) -> Iterator[ScaleShift]:
    for scale in rows.calendar.scales:
        newest = rows.newest(scale)
        if newest.now.any() and (found := _shift(newest, column, examples=examples)) is not None:
            yield found


def _shift(rows: Rows, column: Column, *, examples: bool) -> ScaleShift | None:
    match column.kind:
        case ColumnKind.TEXT:
            return text_shift(rows, examples=examples)
        case ColumnKind.CATEGORY:
            return category_shift(rows)
        case ColumnKind.NUMBER:
            return number_shift(rows, column)
