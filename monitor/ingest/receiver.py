"""One thread that keeps what requests bring, many requests in one transaction, and makes it part of the log."""

import threading
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import timedelta
from queue import Empty, Full, Queue
from typing import Final

from monitor.common.clock import Clocks
from monitor.common.logs import get_logger
from monitor.ingest.parquet import Files
from monitor.ingest.rows import Received
from monitor.ingest.spool import Kept, Spool, SpoolError, SpoolFullError, Stream

WAITING_BATCHES: Final = 256
"""Requests that wait for the disk; further ones are told to come again."""

TOGETHER: Final = 10_000
"""Rows of one transaction."""

_LOG = get_logger(__name__)


class BusyError(Exception):
    """More requests wait for the disk than are taken."""


@dataclass(frozen=True, slots=True)
class _Batch:
    stream: Stream
    rows: Sequence[Received]
    kept: "Future[Kept]"


@dataclass(frozen=True, slots=True)
class State:
    """How the receiver does: since when (monotonic seconds) nothing could be made part of the log, and why."""

    failing_since: float | None = None
    error: str = ""


class Receiver:
    """Keeps rows in the spool and publishes them to the files of the log."""

    def __init__(
        self, spool: Spool, files: Files, publish_every: timedelta, remember: timedelta, clocks: Clocks
    ) -> None:
        self._files, self._clocks = files, clocks
        self._every, self._remember = publish_every.total_seconds(), remember
        self._spool = spool
        self._queue: Queue[_Batch | None] = Queue(WAITING_BATCHES)
        self._state = State()
        self._thread = threading.Thread(target=self._work, name="ingest", daemon=True)

    @property
    def state(self) -> State:
        """How it does."""
        return self._state

    @property
    def is_alive(self) -> bool:
        """Whether rows are kept."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Begin: first what an earlier process kept becomes part of the log."""
        self._thread.start()

    def keep(self, stream: Stream, rows: Sequence[Received]) -> "Future[Kept]":
        """Keep rows; the future is done once they are on the disk. Raises BusyError.

        The future raises SpoolFullError, SpoolError where nothing of it was kept.
        """
        if not self._thread.is_alive():
            raise BusyError
        batch = _Batch(stream, rows, Future())
        try:
            self._queue.put_nowait(batch)
        except Full:
            raise BusyError from None
        return batch.kept

    def stop(self, patience: float) -> bool:
        """Keep and publish what is under way; whether that took at most `patience` seconds."""
        if self._thread.is_alive():
            self._queue.put(None)
            self._thread.join(patience)
        return not self._thread.is_alive()

    def _work(self) -> None:
        self._publish()
        due = self._clocks.ticks() + self._every
        while True:
            batches, is_end = self._take(max(due - self._clocks.ticks(), 0.0))
            if batches:
                self._keep(batches)
            if is_end or self._clocks.ticks() >= due:
                self._publish()
                due = self._clocks.ticks() + self._every
            if is_end:
                self._spool.close()
                return

    def _take(self, patience: float) -> tuple[list[_Batch], bool]:
        """What waits, as far as it fits in one transaction; and whether that is the end."""
        batches: list[_Batch] = []
        rows = 0
        while rows < TOGETHER:
            try:
                batch = self._queue.get(timeout=patience) if not batches else self._queue.get_nowait()
            except Empty:
                break
            if batch is None:
                return batches, True
            if batch.kept.set_running_or_notify_cancel():  # nobody waits any more for one that was cancelled
                batches.append(batch)
                rows += len(batch.rows)
        return batches, False

    def _keep(self, batches: Sequence[_Batch]) -> None:
        try:
            kept = self._spool.keep([(batch.stream, batch.rows) for batch in batches], self._today())
        except (SpoolFullError, SpoolError) as error:
            _LOG.error("ingest refused", reason=str(error), requests=len(batches))
            _fail(batches, error)
        except BaseException as error:
            _fail(batches, error)  # a fault of ours ends the thread, and whoever waits is told
            raise
        else:
            for batch, outcome in zip(batches, kept, strict=True):
                batch.kept.set_result(outcome)

    def _publish(self) -> None:
        """Make part of the log what is not in it yet; what cannot be is tried again at the next turn."""
        try:
            for stream in Stream:
                for part in self._spool.parts(stream, self._today()):
                    self._files.write(part)
                    self._spool.written(part)
            self._spool.forget((self._clocks.now() - self._remember).date().isoformat())
            self._state = State()
        except (OSError, SpoolFullError, SpoolError) as error:
            _LOG.error("ingest cannot write the log", reason=str(error))
            since = self._state.failing_since
            self._state = State(self._clocks.ticks() if since is None else since, str(error))

    def _today(self) -> str:
        return self._clocks.now().date().isoformat()


def _fail(batches: Sequence[_Batch], error: BaseException) -> None:
    for batch in batches:
        batch.kept.set_exception(error)
