"""Everything that one cycle does to the history, as one transaction."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection, select

from alerts.acting import acted, decided
from alerts.acts import Act
from alerts.incident import Incident, Transition
from checks.counts.windows import Windows
from checks.outcome.trial import Trial
from monitor.history.reading.remembered import RememberedCells
from monitor.history.reading.windows import WindowReader
from monitor.history.schema import MONITORS
from monitor.history.spans import WindowSpec
from monitor.history.writing.acts import write_act
from monitor.history.writing.aside import SetAside, set_aside
from monitor.history.writing.cells import forget_cells, replace_cells
from monitor.history.writing.incidents import read_incidents, write_transition
from monitor.history.writing.marks import read_marks, write_marks
from monitor.history.writing.record import CycleRecord, write_record
from monitor.history.writing.retention import Retention
from monitor.history.writing.studies import newest_error, newest_study
from monitor.history.writing.trials import Followed, Kept, read_trials, write_decision, write_trial
from monitor.log.counts import BucketCounts, Fingerprints


class Transaction:
    """One monitor's part of the history, while nobody else writes to it. Made by `History.transaction`."""

    def __init__(
        self, connection: Connection, monitor: str, monitor_id: int, memory: RememberedCells | None = None
    ) -> None:
        self._connection = connection
        self._monitor = monitor
        self._id = monitor_id
        self._counted: BucketCounts | None = None
        self._memory = memory

    def cursor(self) -> datetime | None:
        """The `as_of` of the newest cycle, whichever process made it; None before the first."""
        return self._connection.scalar(select(MONITORS.c.cursor).where(MONITORS.c.id == self._id))

    def set_aside(self, now: datetime) -> SetAside:
        """Set aside what is dated after `now`, and have the cursor at the newest look that is not."""
        return set_aside(self._connection, self._id, self._monitor, now)

    def fingerprints(self) -> Fingerprints:
        """How the log looked when it was last counted; empty when all is to be counted."""
        known = None if self._memory is None else self._memory.marks_after(self.cursor())
        return known or read_marks(self._connection, self._id)

    def replace(
        self, counts: BucketCounts, fingerprints: Fingerprints, again: BucketCounts | None = None
    ) -> BucketCounts:
        """Keep counts in the place of what the buckets named held before, and exactly these fingerprints.

        With `again`, the counts of the doubtful buckets as of the last look, what was counted before and is no longer
        in the log stays in the counts; those that were kept are returned. Without earlier fingerprints the counts are
        taken for the whole log as far back as they go: what else the history holds of that time was counted in another
        way, and goes.
        """
        earlier = self.fingerprints()
        if again is not None:
            counts = Retention(self._connection, self._id).reconcile(earlier, fingerprints, counts, again)
        if counts.buckets and not earlier.predictions and earlier.as_of is None:
            forget_cells(self._connection, self._id, min(counts.buckets))
            self._forget_memory()
        replace_cells(self._connection, self._id, counts, days=self._memory is None or self._memory.sums_days)
        write_marks(self._connection, self._id, earlier, fingerprints)
        self._counted = counts
        if self._memory is not None:
            self._memory.written(counts.buckets, fingerprints)
        return counts

    def windows(self, spec: WindowSpec, now: datetime) -> Windows:
        """Sum the buckets up to windows that end at `now`."""
        if self._memory is not None and self._memory.as_of != self.cursor():
            self._forget_memory()
        reader = WindowReader(self._connection, self._id, now, self._counted, self._memory)
        windows = reader.read(self._monitor, spec)
        if spec.studied is None:
            return windows
        return replace(windows, study=newest_study(self._connection, self._monitor, now, spec.studied))

    def study_error(self, now: datetime, every: timedelta) -> str:
        """Why the newest study, made `every` so often, failed; "" where it did not."""
        return newest_error(self._connection, self._monitor, now, every)

    def incidents(self) -> tuple[Incident, ...]:
        """Unresolved incidents, and those resolved within 90 days before the newest cycle, oldest first."""
        return read_incidents(self._connection, self._monitor, self.cursor())

    def trials(self) -> tuple[Kept, ...]:
        """The advice that is still followed, oldest first."""
        return read_trials(self._connection, self._monitor)

    def keep_trial(self, trial: Trial, key: int | None = None) -> None:
        """Keep how a trial stands: a new one of the newest advice of its incident, or the one of that `key`."""
        write_trial(self._connection, trial, key, self.cursor())

    def followed(self, spec: WindowSpec) -> Followed:
        """The counts that trials are judged by."""
        return Followed(self._connection, self._id, spec.bucket)

    def decide(self, transition: Transition, channels: Sequence[str]) -> None:
        """Keep what somebody decided on an incident, and what is to be told of it."""
        write_decision(self._connection, transition, channels)

    def act(self, incident: str, act: Act, channels: Sequence[str]) -> Transition | None:
        """Keep what somebody did with an incident, and the step that follows; None where that act is kept already.

        Raises LookupError where there is no such incident, and ActRefusedError.
        """
        return write_act(self._connection, incident, act, acted, channels)

    def act_and_decide(self, incident: str, act: Act, accepted: bool, channels: Sequence[str]) -> Transition | None:  # noqa: FBT001
        """As `act`, for an acknowledgement with which somebody says whether they do what is advised."""
        made = partial(decided, accepted=accepted)
        return write_act(self._connection, incident, act, made, channels, write_decision)

    def tell(self, steps: Sequence[Transition], channels: Sequence[str]) -> None:
        """Keep steps of incidents apart from any cycle, and what is to be told of them; the cursor stays."""
        for step in steps:
            write_transition(self._connection, step, channels)

    def record(self, record: CycleRecord) -> None:
        """Keep what the cycle found and what is to be told, and move the cursor to its `as_of`."""
        write_record(self._connection, self._id, self._monitor, record)
        if self._memory is not None:
            self._memory.as_of = record.as_of

    def _forget_memory(self) -> None:
        if self._memory is not None:
            self._memory.forget()
