"""One monitor's recurring look at its log, in the daemon: what may fail is noted, logged, and tried again next time."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from monitor.clock import Clock
from monitor.cycle import CycleReport, Monitor, run_cycle
from monitor.errors import MappingError, UnreachableError
from monitor.logs import get_logger
from monitor.redact import redact
from monitor.vitals import Vitals

_LOG = get_logger(__name__)

_FAULT: Final = "a fault of tunewatch; its log has the traceback"


class Look:
    """Runs one monitor's cycle, and never raises: the other monitors go on, and so does this one next time.

    `build` connects to the log. It is called again before a look until it succeeds, so a log that cannot be reached
    when the daemon starts delays its own monitor only. `then` is called after each look that succeeded.
    """

    def __init__(
        self,
        name: str,
        every: timedelta,
        build: Callable[[], Monitor],
        vitals: Vitals,
        then: Callable[[], None],
        clock: Clock,
    ) -> None:
        self.name = name
        self.every = every
        self._build = build
        self._then = then
        self._built: Monitor | None = None
        self._vitals = vitals
        self._clock = clock
        self._running = threading.Lock()
        self._stopping = threading.Event()

    def prepare(self) -> None:
        """Connect for the first time. Raises MappingError; a log that cannot be reached is tried again by `run`."""
        try:
            self._built = self._build()
            self._built.log.check()
        except UnreachableError as error:
            _LOG.error("log unreachable, will try again", monitor=self.name, error=str(error))
        _LOG.info("watching", monitor=self.name, every_seconds=self.every.total_seconds())

    def run(self) -> CycleReport | None:
        """Look once; None where the look failed or none is wanted any more."""
        with self._running:
            if self._stopping.is_set():
                return None
            try:
                report = self._look()
            except (UnreachableError, MappingError) as error:
                self._failed(str(error), unexpected=False)
                return None
            except Exception:  # noqa: BLE001 - a fault of ours must not end the watch; it is logged with its traceback
                self._failed(_FAULT, unexpected=True)
                return None
        _tell(report)
        self._then()
        return report

    def stop(self) -> None:
        """Begin no further look."""
        self._stopping.set()

    def close(self, patience: float) -> bool:
        """Let go of the log once idle; whether the look under way, if any, ended within `patience` seconds."""
        if not self._running.acquire(timeout=max(patience, 0)):
            return False
        if self._built is not None:
            self._built.log.close()
        self._running.release()
        return True

    def _look(self) -> CycleReport:
        self._built = self._built or self._build()
        report = run_cycle(self._built, self._clock())
        self._vitals.succeeded(self.name, self._clock(), tuple(fault.check for fault in report.faults))
        return report

    def _failed(self, error: str, *, unexpected: bool) -> None:
        self._vitals.failed(self.name, redact(error), self._clock())
        if unexpected:
            _LOG.exception("look crashed", monitor=self.name)
        else:
            _LOG.error("look failed", monitor=self.name, error=error)


def _tell(report: CycleReport) -> None:
    for transition in report.transitions:
        if transition.event is not None:
            incident = transition.incident
            _LOG.warning(
                "incident",
                monitor=report.monitor,
                incident=incident.id,
                happened=transition.event.value,
                severity=incident.severity.value,
                action=incident.advice.action.value,
            )
    _LOG.info(
        "looked",
        monitor=report.monitor,
        as_of=report.as_of.isoformat(),
        buckets=report.buckets_read,
        findings=len(report.findings),
        open_incidents=len(report.open_incidents),
        seconds=round(report.seconds, 3),
    )
