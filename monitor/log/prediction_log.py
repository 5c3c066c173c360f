"""The prediction log as the rest of tunewatch sees it: a few questions, each answered in one read-only transaction."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

import sqlalchemy as sa

from checks.counts.study import StudySpan
from checks.label_queue.allocation import Stratum
from config.source import SourceSettings
from monitor.common.errors import SourceError
from monitor.common.logs import get_logger
from monitor.log.counting.bounded import with_bounded_names
from monitor.log.counting.counting import count
from monitor.log.counting.fingerprints import find_changes, read_fingerprints
from monitor.log.counting.places import places
from monitor.log.counts import BucketCounts, Changes, Fingerprints
from monitor.log.engines.connections import connect, errors_of, open_engine
from monitor.log.files.file_times import file_times
from monitor.log.files.library import FileLibrary
from monitor.log.mapping.mapped import MappedLog
from monitor.log.mapping.mapping import LogPlace, open_mapping
from monitor.log.reading.labelled import LabelledDraw, LabelledMessage, count_predictions, labelled
from monitor.log.reading.queueing import DrawnPrediction, Population, Scope, draw, population
from monitor.log.reading.surveying import Survey, survey
from monitor.log.reading.uniform import draw_rows
from monitor.log.sampled import StudyRow

_LOG = get_logger(__name__)

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class _Held:
    """A connection that is kept for several questions, with the columns as they were at the first of them."""

    connection: sa.Connection
    mappings: dict[bool, MappedLog]  # with and without the long texts


class PredictionLog:
    """A prediction log and its labels. Columns are looked up anew at each question, since files come and go.

    Every method raises SourceError if the log cannot be read and MappingError if its columns do not fit. All times are
    aware. A label counts only from its own time on, a prediction likewise: what is dated after `as_of` is not known.
    """

    def __init__(self, source: SourceSettings, *, bucket: timedelta, key: str) -> None:
        """Prepare to read; nothing is connected before the first question."""
        self._source = source
        self._bucket = round(bucket.total_seconds())
        self._library = FileLibrary(source.duckdb, source.object_storage)
        self._place = LogPlace(source, key, self._library)
        self._engine = open_engine(source.url, source.duckdb)
        self._held: _Held | None = None
        self._told: tuple[str, ...] = ()

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Answer all questions asked inside over one connection, and from one state of the log where the engine can.

        Not for several threads at once.
        """
        with connect(self._engine, self._source.url) as connection:
            self._held = _Held(connection, {})
            try:
                yield
            finally:
                self._held = None

    def check(self) -> None:
        """Connect and look the columns up, without reading a row."""
        self._ask(lambda _connection, _log: None)

    def changed_buckets(self, seen: Fingerprints, since: datetime, as_of: datetime) -> Changes:
        """Return the buckets from that of `since` on whose counts may differ from when they were `seen`."""
        return self._ask(lambda connection, log: find_changes(connection, log, seen, since, as_of))

    def fingerprints(self, since: datetime, as_of: datetime) -> Fingerprints:
        """Return how many rows are dated in each bucket from `since` up to `as_of`."""
        return self._ask(lambda connection, log: read_fingerprints(connection, log, since, as_of))

    def file_times(self) -> Mapping[str, datetime]:
        """Return when each file of the log was last written, as far as it lies on this machine; none for a server."""
        return file_times(self._source)

    def count(self, buckets: Sequence[int], as_of: datetime) -> BucketCounts:
        """Return all counts of these buckets (starts in epoch seconds), in no order."""
        folder = self._source.duckdb.spill_folder
        return self._ask(lambda connection, log: count(connection, log, buckets, as_of, folder))

    def draw_rows(self, spans: Sequence[StudySpan], *, as_of: datetime, limit: int) -> tuple[StudyRow, ...]:
        """Draw at most `limit` predictions of the spans (at least one), uniformly: the same ones each time."""
        return self._ask(lambda connection, log: draw_rows(connection, log, spans, as_of, limit), texts=True)

    def population(self, scope: Scope) -> Population:
        """Count the predictions of a scope by stratum and label, and those that can be drawn for labelling."""
        return self._ask(lambda connection, log: population(connection, log, scope))

    def draw(self, scope: Scope, numbers: Mapping[Stratum, int], salt: str) -> tuple[DrawnPrediction, ...]:
        """Draw so many unlabelled predictions of each stratum at random: the same ones for the same salt."""
        return self._ask(lambda connection, log: draw(connection, log, scope, numbers, salt), texts=True)

    def labelled(self, draw: LabelledDraw) -> tuple[LabelledMessage, ...]:
        """Draw labelled predictions that have a message, in the order of time: the same each time."""
        return self._ask(lambda connection, log: labelled(connection, log, draw), texts=True)

    def count_predictions(self, start: datetime, end: datetime) -> int:
        """Count the rows of [start, end)."""
        return self._ask(lambda connection, log: count_predictions(connection, log, start, end))

    def places(self, ids: Sequence[str]) -> dict[str, int]:
        """The bucket of the earliest prediction of each of the ids that the log has."""
        return self._ask(lambda connection, log: places(connection, log, ids))

    def survey(self, as_of: datetime) -> Survey:
        """Describe the whole log as known at `as_of`."""
        return self._ask(lambda connection, log: survey(connection, log, as_of), texts=True)

    def close(self) -> None:
        """Let go of what the engine holds, and of the copies that were made of files."""
        self._engine.dispose()
        self._library.close()

    def _ask(self, question: Callable[[sa.Connection, MappedLog], Answer], *, texts: bool = False) -> Answer:
        """Put a question; if a file turns out to be damaged inside, put it again to the others."""
        try:
            return self._answer(question, texts=texts)
        except SourceError:
            if not self._library.distrust():
                raise
        if self._held is not None:
            self._held.connection.rollback()
            self._held.mappings.clear()
        return self._answer(question, texts=texts)

    def _answer(self, question: Callable[[sa.Connection, MappedLog], Answer], *, texts: bool) -> Answer:
        if self._held is None:
            with connect(self._engine, self._source.url) as connection:
                return question(connection, self._mapping(connection, texts=texts))
        held = self._held
        with errors_of(self._source.url):
            if texts not in held.mappings:
                held.mappings[texts] = self._mapping(held.connection, texts=texts)
            return question(held.connection, held.mappings[texts])

    def _mapping(self, connection: sa.Connection, *, texts: bool) -> MappedLog:
        log = open_mapping(connection, self._place, self._bucket, texts=texts)
        self._tell(log.readings)
        return with_bounded_names(log)

    def _tell(self, readings: tuple[str, ...]) -> None:
        """Say once how times are read where that was found out, so that a wrong guess is seen."""
        if readings != self._told:
            self._told = readings
            for reading in readings:
                _LOG.warning("times read", source=self._place.key, how=reading)


def open_log(source: SourceSettings, *, bucket: timedelta, segments: tuple[str, ...], key: str) -> PredictionLog:
    """Return the log of a source. `key` is its place in the configuration, such as monitors.support-bot.source.

    Raises SourceError if the engine is not supported or its file is not there.
    """
    if segments != source.segments:
        source = source.model_copy(update={"segments": segments})
    return PredictionLog(source, bucket=bucket, key=key)
