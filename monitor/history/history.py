"""The history: one object for one database."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Engine, and_, func, select, text

from alerts.acts import Act
from alerts.routing.matching import Matcher
from alerts.routing.route import Routing
from monitor.common.claims import Worker
from monitor.history.engine import WAIT, open_engine, reading, writing
from monitor.history.migrate import check_current, migrate
from monitor.history.queries.advised import Advised
from monitor.history.queries.charted import Charted
from monitor.history.queries.labelled import Labelled
from monitor.history.queries.queries import Queries
from monitor.history.queries.shown import SpanQueries
from monitor.history.queries.sizes import Size, sizes
from monitor.history.reading.remembered import RememberedCells
from monitor.history.schema import CYCLES, MONITORS, TOTAL_CELLS
from monitor.history.spans import Layout, WindowSpec, lay_out, to_whole_seconds
from monitor.history.transaction import Transaction
from monitor.history.types import from_epoch
from monitor.history.writing.acts import end_silence, write_silence
from monitor.history.writing.aside import SetAside, dated_after
from monitor.history.writing.forgetting import SpanContents, forget_predictions, forget_span, held
from monitor.history.writing.holdouts import read_holdout, write_holdout
from monitor.history.writing.incidents import frozen_at, unhealthy_spans
from monitor.history.writing.locks import lock_key
from monitor.history.writing.marks import forget_marks, read_marks
from monitor.history.writing.names import add_monitor, monitor_id
from monitor.history.writing.outbox import LEASE, HistoryOutbox
from monitor.history.writing.purge import horizons, purge_before
from monitor.history.writing.registered import RegisteredSet, read_sets, write_set
from monitor.history.writing.retention import Retention
from monitor.history.writing.studies import KeptStudy, is_quality_bad, is_study_due, keep_study
from monitor.history.writing.thinning import ROWS, Thinning, batches, forget_cycles, thin
from monitor.history.writing.tries import Try, write_try
from monitor.log.counts import BucketCounts, Changes, Fingerprints


@dataclass(frozen=True, slots=True)
class Dated:
    """A look: as of which time, and what the clock said when it was made (None: not known, or simulated)."""

    as_of: datetime
    looked_at: datetime | None


class History:
    """Opens its database on demand, from any thread. Every method raises HistoryError when it cannot be reached."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._remembered: dict[str, RememberedCells] | None = None
        self._sums_days = True
        self.queries = Queries(engine)
        self.charted = Charted(engine)
        self.shown = SpanQueries(engine)
        self.advised = Advised(engine)
        self.labelled = Labelled(engine)

    @classmethod
    def open(cls, url: str) -> "History":
        """Connect, and create or upgrade the tables. `url` is of SQLite or PostgreSQL; sqlite:// keeps it in memory."""
        engine = open_engine(url)
        try:
            migrate(engine)
        except BaseException:
            engine.dispose()
            raise
        return cls(engine)

    @classmethod
    def open_to_read(cls, url: str) -> "History":
        """Connect in a way that cannot write. Raises HistoryError where there is no history of this very release."""
        engine = open_engine(url, read_only=True)
        try:
            check_current(engine)
        except BaseException:
            engine.dispose()
            raise
        return cls(engine)

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def remember(self, *, sums_days: bool = True) -> None:
        """Keep the cells that windows are made of in memory from now on.

        For a process whose looks alone write them, and follow each other soon: some hundred megabytes of a big log.
        Without `sums_days` the views of days stay empty: of a history that is thrown away nobody reads them.
        """
        self._remembered, self._sums_days = {}, sums_days

    def ping(self) -> None:
        """Raise HistoryError unless the history can be read."""
        with reading(self._engine) as connection:
            connection.execute(select(MONITORS.c.id).limit(1))

    def adopt(self, monitor: str, shape: str) -> bool:
        """Say what the counts of a monitor are made with; whether that has changed, so that all is to be counted anew.

        `shape` is any text that differs when counts would: bucket length, segments, columns, files.
        """
        with self._locked(monitor) as connection:
            key = add_monitor(connection, monitor)
            if connection.scalar(select(MONITORS.c.shape).where(MONITORS.c.id == key)) == shape:
                return False
            Retention(connection, key).adopt(read_marks(connection, key))
            forget_marks(connection, key)
            (self._remembered or {}).pop(monitor, None)
            connection.execute(MONITORS.update().where(MONITORS.c.id == key).values(shape=shape))
            return True

    def fingerprints(self, monitor: str) -> Fingerprints:
        """How the log looked when it was last counted; empty when all is to be counted."""
        with reading(self._engine) as connection:
            key = monitor_id(connection, monitor)
            if key is None:
                return Fingerprints({}, {})
            memory = (self._remembered or {}).get(monitor)
            cursor = connection.scalar(select(MONITORS.c.cursor).where(MONITORS.c.id == key))
            return (memory.marks_after(cursor) if memory else None) or read_marks(connection, key)

    def doubtful(self, monitor: str, seen: Fingerprints, changes: Changes, counts: BucketCounts) -> tuple[int, ...]:
        """Buckets that may have lost rows, to be counted once more as they were known at `seen.as_of`."""
        with reading(self._engine) as connection:
            key = monitor_id(connection, monitor)
            return () if key is None else Retention(connection, key).doubtful(seen, changes, counts)

    def cursor(self, monitor: str) -> datetime | None:
        """The `as_of` of the newest cycle; None before the first."""
        with reading(self._engine) as connection:
            return connection.scalar(select(MONITORS.c.cursor).where(MONITORS.c.name == monitor))

    def last_look(self, monitor: str) -> Dated | None:
        """The newest cycle; None before the first."""
        t, m = CYCLES.c, MONITORS.c
        newest = select(m.cursor, t.looked_at).join(
            CYCLES, and_(t.monitor == m.name, t.as_of == m.cursor), isouter=True
        )
        with reading(self._engine) as connection:
            found = connection.execute(newest.where(m.name == monitor, m.cursor.is_not(None))).one_or_none()
            return None if found is None else Dated(*found)

    def clock(self) -> datetime | None:
        """What time the history's server has; None where the history is a file, which has no clock."""
        with reading(self._engine) as connection:
            if connection.dialect.name != "postgresql":
                return None
            served: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
            return served.astimezone(UTC)

    def newest_row(self) -> datetime | None:
        """The newest bucket of any monitor that has predictions."""
        with reading(self._engine) as connection:
            start = connection.scalar(select(func.max(TOTAL_CELLS.c.bucket)).where(TOTAL_CELLS.c.n > 0))
            return None if start is None else from_epoch(start)

    def dated_after(self, monitor: str, now: datetime) -> SetAside:
        """What is dated after `now`, and would be set aside."""
        with reading(self._engine) as connection:
            return dated_after(connection, monitor, now)

    @contextmanager
    def transaction(self, monitor: str) -> Iterator[Transaction]:
        """One cycle of one monitor: all of it or nothing, and never beside another cycle of that monitor."""
        memory = None if self._remembered is None else self._memory_of(self._remembered, monitor)
        try:
            with self._locked(monitor) as connection:
                yield Transaction(connection, monitor, add_monitor(connection, monitor), memory)
        except BaseException:
            if memory is not None:
                memory.forget()  # what was read of this transaction is not to be
            raise

    def layout(self, monitor: str, spec: WindowSpec, now: datetime) -> Layout:
        """Where the windows of a cycle at `now` begin and end."""
        bucket = to_whole_seconds(spec.bucket)
        with reading(self._engine) as connection:
            past, frozen = unhealthy_spans(connection, monitor, bucket), frozen_at(connection, monitor, bucket)
        return lay_out(spec, now, past, frozen)

    def is_study_due(self, monitor: str, now: datetime, every: timedelta) -> bool:
        """Whether the next study should be made at `now`."""
        with reading(self._engine) as connection:
            return is_study_due(connection, monitor, now, every)

    def is_quality_bad(self, monitor: str, now: datetime) -> bool:
        """Whether an incident of quality is open at `now`."""
        with reading(self._engine) as connection:
            return is_quality_bad(connection, monitor, now)

    def keep_study(self, monitor: str, kept: KeptStudy) -> None:
        """Keep a study, or that it failed."""
        with writing(self._engine) as connection:
            keep_study(connection, monitor, kept)

    def purge(self, before: datetime) -> int:
        """Forget what is older than `before`, a day in each transaction. Returns the rows deleted."""
        with reading(self._engine) as connection:
            ends = tuple(horizons(connection, before))
        rows = 0
        for end in ends:
            with writing(self._engine) as connection:
                rows += purge_before(connection, end)
        return rows

    def sizes(self, keep: timedelta, thinning: Thinning) -> tuple[Size, ...]:
        """What each table takes, largest first, and a year of it where this long is kept and so thinned."""
        return sizes(self._engine, keep, thinning)

    def thin(self, now: datetime, thinning: Thinning) -> int:
        """Thin out the metric history, and forget cycles that nothing speaks of any more. Returns the rows deleted.

        In short transactions, so that looks hardly wait; what was done stays done when it is interrupted.
        """
        with reading(self._engine) as connection:
            found = tuple(batches(connection, now, thinning))
            monitors = connection.execute(select(MONITORS.c.id, MONITORS.c.name, MONITORS.c.cursor)).all()
        rows = 0
        for batch in found:
            with writing(self._engine) as connection:
                rows += thin(connection, batch)
        for key, name, cursor in monitors:
            before = min(now, cursor or now) - thinning.hourly_after
            deleted = ROWS
            while deleted == ROWS:
                with writing(self._engine) as connection:
                    deleted = forget_cycles(connection, key, name, before, ROWS)
                rows += deleted
        return rows

    def outbox(
        self, worker: Worker | None = None, lease: timedelta = LEASE, routing: Routing | None = None
    ) -> HistoryOutbox:
        """The notifications, for one worker: of this process unless given. A claim lasts `lease` unless it is kept.

        With `routing`, what is due is planned, and what is silenced or in quiet hours is held back.
        """
        return HistoryOutbox(self._engine, worker or Worker.here(), lease, routing)

    def silence(self, matcher: Matcher, act: Act) -> int:
        """Silence what fits, from the act's time until its end; the id of the silence."""
        with writing(self._engine) as connection:
            return write_silence(connection, matcher, act)

    def end_silence(self, silence: int, act: Act) -> datetime | None:
        """End a silence; when it had ended, where it was over before. Raises LookupError where there is none."""
        with writing(self._engine) as connection:
            return end_silence(connection, silence, act)

    def holdout(self, monitor: str) -> datetime | None:
        """From when on the monitor's new messages are held out for testing; None before the first export."""
        with reading(self._engine) as connection:
            return read_holdout(connection, monitor)

    def hold_out(self, monitor: str, since: datetime) -> None:
        """Hold the messages out that are first seen from `since` on."""
        with writing(self._engine) as connection:
            write_holdout(connection, monitor, since)

    def keep_try(self, tried: Try) -> None:
        """Keep a candidate that was tried, in the place of the same answers on the same sample."""
        with writing(self._engine) as connection:
            write_try(connection, tried)

    def registered(self, monitor: str) -> tuple[RegisteredSet, ...]:
        """What the monitor's models were trained on and evaluated with, as far as anybody said so."""
        with reading(self._engine) as connection:
            return read_sets(connection, monitor)

    def register(self, monitor: str, chosen: RegisteredSet, now: datetime) -> None:
        """Keep a set of signatures in the place of an earlier one of the same kind."""
        with writing(self._engine) as connection:
            write_set(connection, monitor, chosen, now)

    def forget_span(
        self, monitor: str, start: datetime, end: datetime, bucket: timedelta, *, really: bool
    ) -> SpanContents:
        """Let go of all counts of buckets that overlap [start, end); without `really`, only say what they are."""
        with self._locked(monitor) as connection:
            key = add_monitor(connection, monitor)
            found = held(connection, key, monitor, start, end, to_whole_seconds(bucket))
            if really:
                forget_span(connection, key, monitor, found, start)
            return found

    def forget_predictions(self, monitor: str, places: Mapping[str, int], now: datetime) -> None:
        """Let the loss of these predictions, in the buckets given by id, lower the counts."""
        with self._locked(monitor) as connection:
            forget_predictions(connection, add_monitor(connection, monitor), monitor, places, now)

    def _memory_of(self, remembered: dict[str, RememberedCells], monitor: str) -> RememberedCells:
        return remembered.setdefault(monitor, RememberedCells(sums_days=self._sums_days))

    @contextmanager
    def _locked(self, monitor: str) -> Iterator[Connection]:
        with writing(self._engine) as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text(f"SET LOCAL lock_timeout = '{WAIT}s'"))
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": lock_key(monitor)})
            yield connection
