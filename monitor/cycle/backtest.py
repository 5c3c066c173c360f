"""Back-test: the daemon's cycles with a simulated clock: what would have been told, and when."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.incident import Transition
from monitor.cycle.cycle import CycleReport, Monitor, run_cycle
from monitor.cycle.study_desk import StudyDesk


@dataclass(frozen=True, slots=True)
class SimulatedTimes:
    """The simulated times: `start`, then every `every`, up to and including `end`. UTC."""

    start: datetime
    end: datetime
    every: timedelta

    def times(self) -> Iterator[datetime]:
        """Times of the cycles that are played, in order. None where `end` lies before `start`."""
        at = self.start
        while at <= self.end:
            yield at
            at += self.every

    def __len__(self) -> int:
        """Number of cycles to play."""
        return max((self.end - self.start) // self.every + 1, 0)


@dataclass(frozen=True, slots=True)
class Summary:
    """What a backtest came to. `incidents` were told of at least once; `open_incidents` are not over at the end."""

    cycles: int
    incidents: int
    open_incidents: int
    faults: int
    seconds: float


class Tally:
    """Sums up cycles as they pass."""

    def __init__(self) -> None:
        self._cycles = 0
        self._faults = 0
        self._told: set[str] = set()
        self._open: dict[str, int] = {}
        self._began = time.perf_counter()

    def add(self, report: CycleReport) -> None:
        """Count one more cycle and its steps."""
        self._cycles += 1
        self._faults += len(report.faults)
        self._told |= {step.incident.id for step in told(report)}
        self._open[report.monitor] = len(report.open_incidents)

    def summary(self) -> Summary:
        """The sums so far."""
        seconds = round(time.perf_counter() - self._began, 3)
        return Summary(self._cycles, len(self._told), sum(self._open.values()), self._faults, seconds)


def told(report: CycleReport) -> Sequence[Transition]:
    """The steps that people are told of: those with an event."""
    return [step for step in report.transitions if step.event is not None]


def play(monitors: Sequence[Monitor], span: SimulatedTimes) -> Iterator[CycleReport]:
    """Look at every simulated time with every monitor; a label counts only from its own time on.

    The times go forward for all monitors together, so that what is printed is in the order of time. Raises what
    `run_cycle` raises.
    """
    desk = StudyDesk()
    try:
        for now in span.times():
            for monitor in monitors:
                desk.study_if_due(monitor, now)
                yield run_cycle(monitor, now)
    finally:
        desk.rest()
