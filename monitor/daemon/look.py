"""One monitor's recurring look at its log, in the daemon: what may fail is noted, told, and tried again next time."""

import threading
from collections.abc import Callable, Iterable
from datetime import timedelta

from alerts.incident import Transition
from checks.rules.finding import Cause
from monitor.common.clock import Clocks
from monitor.common.errors import SourceError, UnreachableError
from monitor.common.logs import get_logger
from monitor.common.tracing import TraceSpan, span
from monitor.cycle.cycle import CycleReport, Monitor, run_cycle
from monitor.cycle.outage import Failure, Outage
from monitor.daemon.vitals import Vitals, patience
from monitor.log.engines.duckdb_databases import close_idle

_LOG = get_logger(__name__)


class Look:
    """Runs one monitor's cycle, and never raises: the other monitors go on, and so does this one next time.

    `build` connects to the log. It is called again before a look until it succeeds, so a log that cannot be reached
    when the daemon starts, or does not fit its mapping, delays its own monitor only. `outage` keeps and tells the looks
    that fail. `then` is called after each look, as there may be something to deliver.
    """

    def __init__(
        self,
        outage: Outage,
        every: timedelta,
        build: Callable[[], Monitor],
        vitals: Vitals,
        then: Callable[[], None],
        clocks: Clocks,
    ) -> None:
        self.name = outage.monitor
        self.every = every
        self._build = build
        self._then = then
        self._built: Monitor | None = None
        self._vitals = vitals
        self._outage = outage
        self._clocks = clocks
        self._began: float | None = None
        self._running = threading.Lock()
        self._stopping = threading.Event()

    def run(self) -> CycleReport | None:
        """Look once; None where the look failed or none is wanted any more."""
        with self._running:
            if self._stopping.is_set():
                return None
            self._began = self._clocks.ticks()
            try:
                with span("look", monitor=self.name) as looking:
                    report = self._look(looking)
            except Exception as error:  # noqa: BLE001 - a fault of ours too must not end the watch
                self._failed(error)
                return None
            finally:
                self._began = None
                close_idle()  # each would keep 12 MB and ten threads until the next look, minutes away
                self._then()
        _tell(report.monitor, report.transitions)
        _LOG.info(
            "looked",
            monitor=report.monitor,
            as_of=report.as_of.isoformat(),
            buckets=report.buckets_read,
            findings=len(report.findings),
            open_incidents=len(report.open_incidents),
            seconds=round(report.seconds, 3),
        )
        return report

    def watch_over(self) -> None:
        """Note a look that does not end: a log that never answers is one that nobody watches."""
        began = self._began
        if began is None or self._stopping.is_set():
            return
        seconds = self._clocks.ticks() - began
        if seconds > patience(self.every).total_seconds():
            self._failed(SourceError(f"the look that began {seconds / 60:.0f} minutes ago has not ended"))
            self._then()

    def stop(self) -> None:
        """Begin no further look."""
        self._stopping.set()

    def close(self, patience: float) -> bool:
        """Let go of the log once idle; whether the look under way, if any, ended within `patience` seconds."""
        if not self._running.acquire(timeout=max(patience, 0)):
            return False
        if self._built is not None:
            self._built.log.close()
            self._built = None
        self._running.release()
        return True

    def _look(self, looking: TraceSpan) -> CycleReport:
        self._built = self._built or self._build()
        now = self._clocks.now()
        report = run_cycle(self._built, now, looked_at=now)
        looking.made((self.name, report.as_of))
        looking.note(
            as_of=report.as_of.isoformat(),
            buckets=report.buckets_read,
            findings=len(report.findings),
            open_incidents=len(report.open_incidents),
        )
        crashed = tuple(fault.check for fault in report.faults)
        self._vitals.succeeded(self.name, self._clocks.now(), crashed, report.seconds)
        return report

    def _failed(self, error: Exception) -> None:
        failure = Failure.of(error)
        self._vitals.failed(self.name, failure.error, failure.cause)
        if failure.cause is Cause.CRASHED:
            _LOG.error("look crashed", monitor=self.name, exc_info=error)
        else:
            _LOG.error("look failed", monitor=self.name, error=failure.error)
        if self._vitals.all_failed_by(Cause.NOT_LOGGED):
            _LOG.error("no monitor's columns fit its log: nothing is watched; tunewatch validate tries them")
        try:
            _tell(self.name, self._outage.note(error, self._clocks.now()))
        except UnreachableError as unreachable:
            _LOG.error("the failed look cannot be kept", monitor=self.name, error=str(unreachable))
        except Exception:  # noqa: BLE001 - as above
            _LOG.exception("the failed look cannot be kept", monitor=self.name)


def _tell(monitor: str, steps: Iterable[Transition]) -> None:
    for step in steps:
        if step.event is not None:
            incident = step.incident
            _LOG.warning(
                "incident",
                monitor=monitor,
                incident=incident.id,
                happened=step.event.value,
                severity=incident.severity.value,
                action=incident.advice.action.value,
            )
