"""Studies in the daemon: now and then a round over all monitors, in a thread of its own."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final

from monitor.common.clock import Clock
from monitor.common.errors import MappingError, UnreachableError
from monitor.common.logs import get_logger
from monitor.cycle.cycle import Monitor
from monitor.cycle.study_desk import StudyDesk
from monitor.history import History
from monitor.study.plan import StudyPlan
from monitor.study.reports import ReportFolder

ROUND_EVERY: Final = timedelta(minutes=15)
"""How often is asked whether a study is due, which costs one small query for each monitor."""

_LOG = get_logger(__name__)


class StudyRounds:
    """Makes the studies that are due, one after the other, and never raises: the next round tries again.

    `plans` are those of the monitors that have one; `build` connects to the log of one, and is called only where a
    study is due. Between rounds there is no child process.
    """

    def __init__(
        self,
        plans: Mapping[str, StudyPlan],
        build: Callable[[str], Monitor],
        history: History,
        clock: Clock,
        reports: ReportFolder | None = None,
    ) -> None:
        self._plans = plans
        self._build = build
        self._history = history
        self._clock = clock
        self._desk = StudyDesk(reports=reports)

    def run(self) -> None:
        """One round."""
        for name, plan in self._plans.items():
            try:
                self._study(name, plan)
            except (UnreachableError, MappingError) as error:
                _LOG.error("study not made", monitor=name, error=str(error))
            except Exception:  # noqa: BLE001 - a fault of ours must not end the rounds; it is logged with its traceback
                _LOG.exception("study crashed", monitor=name)
        self._desk.rest()

    def stop(self) -> None:
        """Make no further study, and cut the one short that is under way."""
        self._desk.stop()

    def close(self, patience: float) -> bool:
        """End what is left; whether that took at most `patience` seconds."""
        return self._desk.close(patience)

    def _study(self, name: str, plan: StudyPlan) -> None:
        if not self._history.is_study_due(name, self._clock(), plan.every):
            return
        monitor = self._build(name)
        try:
            self._desk.study_if_due(monitor, self._clock())
        finally:
            monitor.log.close()
