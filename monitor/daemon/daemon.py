"""The daemon: looks on schedule, delivery, health endpoints, and an end that leaves nothing half-written."""

import signal
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from prometheus_client.registry import Collector
from starlette.types import ASGIApp

from monitor.common.logs import get_logger, log_uncaught
from monitor.daemon.configured import Configured
from monitor.daemon.front import Front
from monitor.daemon.health import Ingest
from monitor.daemon.look import Look
from monitor.daemon.scheduling import Scheduler
from monitor.daemon.study_rounds import StudyRounds
from monitor.daemon.vitals import Vitals
from monitor.delivery.worker import Courier
from monitor.people.listening import Listener

STOP_WITHIN: Final = 8.0
"""Seconds from the signal to the end: container runtimes kill after 10, and the interpreter needs some to leave."""

TELEMETRY_WITHIN: Final = 1.0
"""Seconds for spans and metrics that are left to be sent, which come after all else."""

_LONGEST_LOOK: Final = 86_400.0  # seconds that a look may still take which another configuration overtook
_LOG = get_logger(__name__)


class Telemetry(Protocol):
    """What sends spans and metrics to elsewhere."""

    def start(self) -> None:
        """Begin to send."""

    def show(self, metrics: Collector) -> None:
        """Send these metrics from now on."""

    def stop(self, within: float) -> None:
        """Send what is left, within so many seconds."""


class Ending(StrEnum):
    """How the daemon stopped."""

    CLEAN = "clean"
    CUT_SHORT = "cut_short"  # a look or a delivery was still under way: its transaction never commits


@dataclass(frozen=True, slots=True)
class Lasting:
    """What outlives a change of the configuration, as it cannot be had twice or must not forget.

    The `front` answers already, so that a daemon that cannot answer for its health does not start.
    """

    front: Front
    ingest: Ingest | None
    vitals: Vitals
    configured: Configured
    telemetry: Telemetry | None = None


class Daemon:
    """Works from `start` to `stop`, once, or until it makes way for the one of the next configuration.

    `chores` are tasks beside the looks, such as the daily purge; the `studies` are one of them, and end with
    the daemon; so does the `listener`, where there are buttons. `app` answers for it, and `metrics` tell of it.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - the parts of a daemon
        self,
        looks: Sequence[Look],
        courier: Courier,
        lasting: Lasting,
        app: ASGIApp,
        metrics: Collector,
        scheduler: Scheduler,
        studies: StudyRounds,
        *,
        listener: Listener | None = None,
    ) -> None:
        self.lasting = lasting
        self._looks = looks
        self._studies = studies
        self._courier = courier
        self._listener = listener
        self._scheduler = scheduler
        self._app = app
        self._metrics = metrics
        self._left: list[Look] = []

    def start(self) -> None:
        """Begin.

        Each monitor connects by itself, beside the others: one whose log cannot be reached, or does not fit its
        mapping, tells of it and tries again on schedule. The health endpoints answer from the first moment on.
        """
        log_uncaught()
        if self.lasting.telemetry is not None:
            self.lasting.telemetry.start()
        self._show()
        ingest = self.lasting.ingest
        if ingest is not None:
            ingest.start()
            _LOG.info("receiving", address="http://{}:{}".format(*ingest.address))
        self._begin()
        host, port = self.lasting.front.web.address
        _LOG.info("started", monitors=len(self._looks), web=f"http://{host}:{port}")

    def make_way(self, successor: "Daemon") -> None:
        """Have another one take over: what is under way ends as it began, and nothing is done by both."""
        for look in self._looks:
            look.stop()
        self._studies.stop()
        self._scheduler.stop()
        if self._listener is not None:
            self._listener.stop(0)
        # Before the next one tries again what this one could not send, perhaps with a token that is no more.
        deadline = time.monotonic() + STOP_WITHIN
        self._courier.stop(STOP_WITHIN)
        successor.take_over([look for look in (*self._left, *self._looks) if not look.close(0)])
        if not self._studies.close(deadline - time.monotonic()):
            _LOG.warning("a study of the configuration before is still under way")

    def take_over(self, left: Sequence[Look]) -> None:
        """Begin in the place of another one; `left` are its looks that are still under way."""
        self._left = list(left)
        for look in left:
            threading.Thread(target=look.close, args=(_LONGEST_LOOK,), daemon=True, name=f"end of {look.name}").start()
        self._begin()
        self._show()

    def _show(self) -> None:
        self.lasting.front.shown.show(self._app)
        if self.lasting.telemetry is not None:
            self.lasting.telemetry.show(self._metrics)

    def _begin(self) -> None:
        self._courier.start()
        if self._listener is not None:
            self._listener.start()
        for look in self._looks:
            _LOG.info("watching", monitor=look.name, every_seconds=look.every.total_seconds())
        self._scheduler.start()

    def stop(self, received: signal.Signals, stop_within: float) -> Ending:
        """End everything, within so many seconds."""
        _LOG.info("stopping", signal=received.name, within_seconds=stop_within)
        deadline = time.monotonic() + stop_within
        for look in self._looks:
            look.stop()
        self._studies.stop()
        self._scheduler.stop()
        if self._listener is not None:
            self._listener.stop(0)  # begins to hang up
        ingest = self.lasting.ingest
        kept = ingest is None or ingest.stop(deadline - time.monotonic())
        busy = [look.name for look in (*self._looks, *self._left) if not look.close(deadline - time.monotonic())]
        studied = self._studies.close(deadline - time.monotonic())
        delivered = self._courier.stop(deadline - time.monotonic())
        if self._listener is not None and not self._listener.stop(deadline - time.monotonic()):
            _LOG.warning("a click may be under way")
        self.lasting.front.web.stop(max(deadline - time.monotonic(), 0))
        if self.lasting.telemetry is not None:
            self.lasting.telemetry.stop(TELEMETRY_WITHIN)
        ending = Ending.CLEAN if delivered and studied and kept and not busy else Ending.CUT_SHORT
        _LOG.info("stopped", ending=ending.value, looks_under_way=busy, delivery_under_way=not delivered)
        return ending
