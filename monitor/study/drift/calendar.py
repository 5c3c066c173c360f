"""Which day a sampled row belongs to, counted back from the end of the window, and which days are whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from checks.counts.study import StudySpan
from monitor.log.sampled import Samples, StudyRow

DAY = timedelta(days=1)
WEEK = 7  # days
WHOLE = 0.95
"""Part of a day that must lie within the reference for the day to count: half a day is not like a day."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """Days of 24 h that end when the window ends: day 0 is the newest. `length` days are the window's own.

    Of a window shorter than a day each earlier day gives the same hours only: `hours` long.
    """

    end: datetime
    length: int
    hours: timedelta
    reference: tuple[StudySpan, ...]

    @classmethod
    def of(cls, samples: Samples) -> "Calendar":
        """The calendar of a study."""
        span = samples.window.end - samples.window.start
        return cls(samples.window.end, max(span // DAY, 1), min(span, DAY), samples.reference_spans)

    @property
    def scales(self) -> tuple[int, ...]:
        """Numbers of newest days that are looked at: all, about half of them, and one."""
        return tuple(sorted({self.length, self.length // 2, 1} - {0}, reverse=True))

    def days_of(self, rows: Sequence[StudyRow]) -> NDArray[np.intp]:
        """The day of each row; -1 for rows outside of the hours that are compared."""
        back = [self.end - row.at for row in rows]
        inside = [past % DAY < self.hours or past % DAY == timedelta(0) for past in back]
        return np.array([past // DAY if kept else -1 for past, kept in zip(back, inside, strict=True)], dtype=np.intp)

    def is_whole(self, day: int) -> bool:
        """Whether the reference holds the day, or next to all of it."""
        end = self.end - day * DAY
        start = end - self.hours
        held = sum((_overlap(start, end, span) for span in self.reference), timedelta(0))
        return held >= WHOLE * self.hours


def _overlap(start: datetime, end: datetime, span: StudySpan) -> timedelta:
    return max(min(end, span.end) - max(start, span.start), timedelta(0))
