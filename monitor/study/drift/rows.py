"""The rows of one column that can be compared, each with its point and its day."""

from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from checks.statistics.day_test import Days, Difference, compare_days
from monitor.log.sampled import StudyRow
from monitor.study.drift.calendar import DAY, WEEK, Calendar
from monitor.study.drift.features import Points


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of whole days (N), now and in the reference; the days are those of the calendar."""

    rows: tuple[StudyRow, ...]
    points: Points
    day: NDArray[np.intp]
    calendar: Calendar

    def newest(self, scale: int) -> "Rows":
        """The rows of the reference and of the newest `scale` days, without those of the window in between."""
        kept = np.flatnonzero((self.day < scale) | self.then)
        points = Points(self.points.matrix[kept], self.points.names)
        return replace(self, rows=tuple(self.rows[i] for i in kept), points=points, day=self.day[kept])

    @property
    def span(self) -> tuple[datetime, datetime]:
        """Span of the window that is compared."""
        scale, end = int(self.day[self.now].max()) + 1, self.calendar.end
        return (end - scale * DAY if scale > 1 else end - self.calendar.hours), end

    @property
    def now(self) -> NDArray[np.bool_]:
        """Mask of the rows of the window."""
        return self.day < self.calendar.length

    @property
    def then(self) -> NDArray[np.bool_]:
        """Mask of the rows of the reference."""
        return self.day >= self.calendar.length

    def difference(self, points: Points, *, worth: float = 1.0) -> Difference | None:
        """Compare now with then, by these points of the rows; see `compare_days`."""
        days = np.unique(self.day)
        means, rows = points.day_means(self.day, days)
        return compare_days(Days(means, rows, days % WEEK, days < self.calendar.length), worth=worth)
