"""Relevance scores of the windows: read once for each bucket and group, then cut into the spans."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, or_, select

from checks.counts.cells import SCORE_BINS
from checks.counts.scores import NO_SCORES, ScoreGroup, Scores
from checks.counts.windows import Windows
from monitor.history.schema import RELEVANCE_CELLS
from monitor.history.spans import Layout, Span
from monitor.history.writing.names import class_names, source_names, version_names
from monitor.log.counts import MILLION

Integers = NDArray[np.int64]

_KEYS: Final = 3  # columns of a row that name its group, after the bucket


@dataclass(frozen=True, slots=True)
class ScoreReader:
    """Reads the scores of one monitor. `low` is the score, a whole number of tenths, under which one counts as low."""

    connection: Connection
    monitor: int
    low: float

    def add_to(self, windows: Windows, layout: Layout) -> Windows:
        """Add relevance scores to the windows of this layout."""
        scores = self._read(layout)
        if not scores.scored:
            return windows
        recent = zip(windows.recent, layout.recent, strict=True)
        lookback = _within(scores, (layout.lookback,))
        return replace(
            windows,
            current=replace(windows.current, scores=_within(scores, (layout.current,))),
            recent=tuple(replace(window, scores=_within(scores, (span,))) for window, span in recent),
            reference=replace(windows.reference, scores=_within(scores, layout.healthy)),
            versions=tuple(
                replace(run, scores=_of_version(lookback, run.model_version, run.prompt_version))
                for run in windows.versions
            ),
        )

    def _read(self, layout: Layout) -> Scores:
        rows = np.array([tuple(row) for row in self.connection.execute(self._statement(layout))], dtype=np.int64)
        if not rows.size:
            return NO_SCORES
        keys, group = np.unique(rows[:, 1 : 1 + _KEYS], axis=0, return_inverse=True)
        n, total, squares, low = rows[:, 1 + _KEYS :].T.astype(float)
        columns = (group.reshape(-1), rows[:, 0], n, total / MILLION, squares / MILLION, low)
        return Scores(tuple(self._groups(keys)), *columns)

    def _statement(self, layout: Layout) -> Select[Any]:
        t = RELEVANCE_CELLS.c
        keys = (t.bucket, t.version_id, t.predicted_id, t.source_id)
        low = case((t.bin < round(self.low * SCORE_BINS), t.n), else_=0)
        summed = (t.n, t.score_millionths, t.square_millionths, low)
        sums: list[ColumnElement[Any]] = [func.sum(each) for each in summed]
        spans = [and_(t.bucket >= span.start, t.bucket < span.end) for span in layout.ranges]
        return select(*keys, *sums).where(t.monitor_id == self.monitor, or_(*spans)).group_by(*keys)

    def _groups(self, keys: Integers) -> Iterable[ScoreGroup]:
        versions, classes = version_names(self.connection), class_names(self.connection)
        sources = source_names(self.connection)
        return (
            ScoreGroup(sources[source], classes[predicted], *versions[version])
            for version, predicted, source in keys.tolist()
        )


def _within(scores: Scores, spans: Iterable[Span]) -> Scores:
    inside = np.zeros(scores.bucket.size, dtype=bool)
    for span in spans:
        inside |= (scores.bucket >= span.start) & (scores.bucket < span.end)
    return scores.rows(inside)


def _of_version(scores: Scores, model: str, prompt: str) -> Scores:
    return scores.where(model_version=model, prompt_version=prompt)
