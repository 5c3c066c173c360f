"""What the log cannot give, and what it no longer gives; what of either is new is told by earlier looks."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection, or_, select

from checks.counts.windows import LostBefore, Missing
from checks.rules.log_faults import LABELS_GONE, LABELS_LOST, PREDICTIONS_GONE, ROWS_LOST
from monitor.history.schema import METRIC_POINTS, METRIC_SERIES, RETAINED_CELLS
from monitor.history.types import from_epoch, from_micros, to_micros

_EXAMPLES = 3


class LossReader:
    """Reads the losses of one monitor as of `now`, within one transaction."""

    def __init__(self, connection: Connection, monitor: int, now: datetime) -> None:
        self._connection = connection
        self._monitor = monitor
        self._now = now

    def before(self, starts: Iterable[int]) -> tuple[LostBefore, ...]:
        """What could not be read at each of the times (epoch seconds), by the looks of that time."""
        found = []
        for start in dict.fromkeys(starts):
            for metric, key in self._series(ROWS_LOST, LABELS_LOST).items():
                if points := self._newest(key, from_epoch(start)):
                    found.append(LostBefore(metric, from_epoch(start), int(points[0][1])))
        return tuple(found)

    def missing(self, start: int, bucket: int) -> Missing:
        """What was counted and is no longer in the log; new is what no look knew of at `start` (epoch seconds)."""
        t = RETAINED_CELLS.c
        told = select(t.bucket, t.predictions, t.labels).where(
            t.monitor_id == self._monitor, or_(t.predictions > 0, t.labels > 0)
        )
        rows = self._connection.execute(told.order_by(t.bucket)).all()
        predictions, labels = (sum(row[place] for row in rows) for place in (1, 2))
        if not rows:
            return Missing()
        series = self._series(PREDICTIONS_GONE, LABELS_GONE)
        changes = [
            self._risen(series.get(metric), total, from_epoch(start))
            for metric, total in ((PREDICTIONS_GONE, predictions), (LABELS_GONE, labels))
        ]
        worst = sorted(rows, key=lambda row: (-row[1], -row[2], row[0]))[:_EXAMPLES]
        return Missing(
            predictions=predictions,
            labels=labels,
            new_predictions=changes[0][0],
            new_labels=changes[1][0],
            since=min((since for n, since in changes if n), default=None),
            start=from_epoch(rows[0].bucket),
            end=from_epoch(rows[-1].bucket + bucket),
            hours=tuple(sorted(from_epoch(row.bucket) for row in worst)),
        )

    def _risen(self, key: int | None, total: int, start: datetime) -> tuple[int, datetime]:
        """By how much a number is above the least since `start`, and the look that first saw it above that.

        Without an earlier look that knew the number nothing is new: an upgrade is no loss.
        """
        t = METRIC_POINTS.c
        if key is None:
            return 0, self._now
        here = select(t.as_of, t.value).where(t.series_id == key, t.as_of > to_micros(start))
        until = here.where(t.as_of < to_micros(self._now)).order_by(t.as_of)
        points = [*self._newest(key, start), *((row[0], row[1]) for row in self._connection.execute(until))]
        least = min((int(value) for _, value in points), default=total)
        above: list[int] = []
        for as_of, value in points:
            above = [*above, as_of] if value > least else []
        return max(total - least, 0), from_micros(above[0]) if above else self._now

    def _series(self, *metrics: str) -> dict[str, int]:
        s = METRIC_SERIES.c
        of_mine = (s.monitor_id == self._monitor, s.metric.in_(metrics))
        return {metric: key for key, metric in self._connection.execute(select(s.id, s.metric).where(*of_mine))}

    def _newest(self, key: int, at: datetime) -> Sequence[tuple[int, float]]:
        """The newest point of a series up to a time, if there is one."""
        t = METRIC_POINTS.c
        newest = select(t.as_of, t.value).where(t.series_id == key, t.as_of <= to_micros(at))
        return [(row[0], row[1]) for row in self._connection.execute(newest.order_by(t.as_of.desc()).limit(1))]
