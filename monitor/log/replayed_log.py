"""A prediction log that is read once and then counted as of any time, from memory: what a back-test looks at."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import numpy as np
import sqlalchemy as sa

from config.source import SourceSettings
from monitor.log.counting.columns import NO_NAME, Names
from monitor.log.counting.counting import AHEAD, unplaced
from monitor.log.counting.rows import repeated_ids
from monitor.log.counting.samples import MOST, LogExamples, shown, shown_text
from monitor.log.counts import BucketCounts, Changes, Fingerprints, LogNotice, ProblemRow
from monitor.log.mapping.mapped import MappedLog
from monitor.log.mapping.moment import LATEST
from monitor.log.prediction_log import PredictionLog
from monitor.log.problems import ProblemKind
from monitor.log.replay.groups import Grouper
from monitor.log.replay.marks import BucketMarks, LogMarks, micros_of
from monitor.log.replay.rows import LogRows, longest, read_rows
from monitor.log.replay.spans import Integers
from monitor.log.replay.states import states_of

MOST_ROWS: Final = 5_000_000
"""Predictions, and label rows, held in memory, some 300 bytes for both; a bigger log is read look by look."""

_DAY: Final = AHEAD // timedelta(microseconds=1)


class ReplayedLog(PredictionLog):
    """Counts from memory once it has read the log; all else is asked of the log itself.

    What is written to the log afterwards is not seen.
    """

    def __init__(self, source: SourceSettings, *, bucket: timedelta, key: str) -> None:
        """Nothing is read before the first question."""
        super().__init__(source, bucket=bucket, key=key)
        self._replay: Replay | None = None
        self._is_too_big: bool | None = None

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """What is in memory is of one state of the log; of what is not, one connection answers."""
        if self._read() is not None:
            yield
            return
        with super().snapshot():
            yield

    def changed_buckets(self, seen: Fingerprints, since: datetime, as_of: datetime) -> Changes:
        """Return the buckets from that of `since` on whose counts may differ from when they were `seen`."""
        replay = self._read()
        return super().changed_buckets(seen, since, as_of) if replay is None else replay.changes(seen, since, as_of)

    def count(self, buckets: Sequence[int], as_of: datetime) -> BucketCounts:
        """Return all counts of these buckets (starts in epoch seconds), in no order."""
        replay = self._read()
        return super().count(buckets, as_of) if replay is None else replay.count(buckets, as_of)

    def _read(self) -> "Replay | None":
        if self._is_too_big is None:
            self._is_too_big = self._ask(longest) > MOST_ROWS
            if not self._is_too_big:
                self._replay = self._ask(Replay.of)
        return self._replay


@dataclass(frozen=True, slots=True)
class Replay:
    """A log in memory. `dated` and `labelled` are the times of its predictions and labels, rising, in microseconds."""

    grouper: Grouper
    marks: LogMarks
    everywhere: Sequence[ProblemRow]
    notices: Sequence[LogNotice]
    examples: "_Kept"
    dated: Integers
    labelled: Integers

    @classmethod
    def of(cls, connection: sa.Connection, log: MappedLog) -> "Replay":
        """Read it."""
        names = Names()
        rows = read_rows(connection, log, names)
        states = states_of(
            rows,
            names,
            last_counts=log.predictions.last_counts,
            labellers=log.labels is not None and log.labels.logs_labellers,
        )
        grouper = Grouper.of(states, names, log.segments, rows.problems)
        everywhere = tuple(unplaced(connection, log, LATEST))
        kept = _Kept.of(connection, log, {problem.kind for problem in everywhere}, grouper)
        return cls(
            grouper,
            _marks(rows, grouper, log.bucket),
            everywhere,
            log.notices,
            kept,
            np.sort(rows.predictions["micros"]),
            np.sort(_future_labels(rows, log)),
        )

    def changes(self, seen: Fingerprints, since: datetime, as_of: datetime) -> Changes:
        """See `PredictionLog.changed_buckets`."""
        return self.marks.changes(seen, since, as_of)

    def count(self, buckets: Sequence[int], as_of: datetime) -> BucketCounts:
        """See `PredictionLog.count`."""
        at, ordered = micros_of(as_of), sorted(set(buckets))
        everywhere = tuple(self._everywhere(at))
        counts = self.grouper.counts(ordered, at) if ordered else BucketCounts((), (), (), (), ())
        counts = replace(counts, problems=(*counts.problems, *everywhere))
        examples = replace(self.examples, at=at)
        return replace(counts, notices=(*self.notices, *shown(examples, counts, ordered)))

    def _everywhere(self, at: int) -> Iterator[ProblemRow]:
        """Problems of the whole log; rows of the future are fewer with each look."""
        yield from self.everywhere
        kinds = ((ProblemKind.FUTURE_TIME, self.dated), (ProblemKind.FUTURE_LABEL_TIME, self.labelled))
        for kind, times in kinds:
            if n := times.size - int(np.searchsorted(times, at + _DAY, side="right")):
                yield ProblemRow(None, kind, n)


@dataclass(frozen=True, slots=True)
class _Kept:
    """Examples that were read with the log, as known `at` a moment in microseconds.

    `shared_keys` (rising) are of ids that several predictions have, each from `shared_from` on.
    """

    faulty_times: Mapping[ProblemKind, tuple[str, ...]]
    some_ids: tuple[str, str]
    texts: Mapping[int, str]
    grouper: Grouper
    shared_keys: Integers
    shared_from: Integers
    at: int = 0

    @classmethod
    def of(cls, connection: sa.Connection, log: MappedLog, kinds: set[str], grouper: Grouper) -> "_Kept":
        """Read them."""
        examples = LogExamples(connection, log, LATEST)
        times = {kind: examples.times(kind) for kind in _OF_TIMES if kind in kinds}
        keys, since = _shared(grouper)
        texts = _texts(connection, log) if keys.size else {}
        return cls(times, examples.ids(), texts, grouper, keys, since)

    def times(self, kind: ProblemKind) -> tuple[str, ...]:
        """The same at any time."""
        return self.faulty_times.get(kind, ())

    def ids(self) -> tuple[str, str]:
        """The same at any time."""
        return self.some_ids

    def shared(self, buckets: Sequence[int]) -> tuple[str, ...]:
        """In the order of their texts."""
        p = self.grouper.states.predictions
        here = p["has_id"] & np.isin(p["bucket"], buckets) & (p["micros"] <= self.at)
        found = np.intersect1d(p["key"][here], self.shared_keys[self.shared_from <= self.at])
        return tuple(sorted(self.texts[key] for key in found.tolist())[:MOST])


_OF_TIMES: Final = (
    *(ProblemKind.NULL_TIME, ProblemKind.IMPLAUSIBLE_TIME),
    *(ProblemKind.NULL_LABEL_TIME, ProblemKind.IMPLAUSIBLE_LABEL_TIME),
)


def _shared(grouper: Grouper) -> tuple[Integers, Integers]:
    """The keys that several predictions have, rising, and when the second of each is known."""
    p = grouper.states.predictions
    rows = np.flatnonzero(p["has_id"])
    rows = rows[np.lexsort((p["micros"][rows], p["key"][rows]))]
    keys, first, n = np.unique(p["key"][rows], return_index=True, return_counts=True)
    several = n > 1
    return keys[several], p["micros"][rows][first[several] + 1]


def _texts(connection: sa.Connection, log: MappedLog) -> dict[int, str]:
    ids = repeated_ids(log, LATEST, None).subquery()
    rows = connection.execute(sa.select(ids.c.id, shown_text(ids.c.id)))
    return {hash(str(identity)): str(text) for identity, text in rows}


def _future_labels(rows: LogRows, log: MappedLog) -> Integers:
    """Times of the label rows that could be of the future."""
    if rows.labels is None:
        return np.empty(0, dtype=np.int64)
    in_predictions = log.labels is not None and log.labels.in_predictions
    there = rows.labels["label"] != NO_NAME if in_predictions else np.ones(rows.labels["label"].size, dtype=bool)
    return np.asarray(rows.labels["micros"][there])


def _marks(rows: LogRows, grouper: Grouper, bucket: int) -> LogMarks:
    of_rows = [rows.predictions] if rows.labels is None else [rows.predictions, rows.labels]
    events = [grouper.states.counting.spans.events(), grouper.states.faulty.spans.events()]
    events += [(each["micros"], each["bucket"]) for each in of_rows]
    moments, touched = (np.concatenate([event[place] for event in events]) for place in (0, 1))
    order = np.argsort(moments)
    labels = BucketMarks.of(rows.labels)
    return LogMarks(BucketMarks.of(rows.predictions), labels, bucket, moments[order], touched[order])


def open_replayed(source: SourceSettings, *, bucket: timedelta, segments: tuple[str, ...], key: str) -> ReplayedLog:
    """Return the log of a source, as `prediction_log.open_log` does."""
    if segments != source.segments:
        source = source.model_copy(update={"segments": segments})
    return ReplayedLog(source, bucket=bucket, key=key)
