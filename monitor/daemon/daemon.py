"""The daemon: looks on schedule, delivery, health endpoints, and an end that leaves nothing half-written."""

import signal
import time
from collections.abc import Sequence
from enum import StrEnum
from queue import SimpleQueue
from typing import Final

from monitor.common.logs import get_logger, log_uncaught
from monitor.daemon.health import Health
from monitor.daemon.look import Look
from monitor.daemon.scheduling import Scheduler, Task
from monitor.daemon.study_rounds import StudyRounds
from monitor.delivery.worker import Courier
from monitor.people.listening import Listener
from monitor.web.server import WebServer

STOP_WITHIN: Final = 8.0
"""Seconds from the signal to the end: container runtimes kill after 10, and the interpreter needs some to leave."""

_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)
_LOG = get_logger(__name__)


class Ending(StrEnum):
    """How the daemon stopped."""

    CLEAN = "clean"
    CUT_SHORT = "cut_short"  # a look or a delivery was still under way: its transaction never commits


class Daemon:
    """Runs until SIGTERM or SIGINT, in the main thread, once.

    `chores` are tasks beside the looks, such as the daily purge; the `studies` are one of them, and end with
    the daemon; so does the `listener`, where there are buttons. The `web` server has its address already, so that a
    daemon that cannot answer for its health does not start. After the signal it waits at most `stop_within` seconds.
    """

    def __init__(  # noqa: PLR0913 - the parts of a daemon
        self,
        looks: Sequence[Look],
        courier: Courier,
        health: Health,
        web: WebServer,
        chores: Sequence[Task],
        studies: StudyRounds,
        *,
        listener: Listener | None = None,
    ) -> None:
        self._looks = looks
        self._studies = studies
        self._courier = courier
        self._listener = listener
        self._ingest = health.ingest
        tasks = [*(Task(f"look {look.name}", look.every, look.run) for look in looks), *chores]
        self._scheduler = Scheduler(tasks, health.heartbeat.beat)
        self._web = web

    def run(self, stop_within: float = STOP_WITHIN) -> Ending:
        """Work until a signal comes.

        Each monitor connects by itself, beside the others: one whose log cannot be reached, or does not fit its
        mapping, tells of it and tries again on schedule. The health endpoints answer from the first moment on.
        """
        signals: SimpleQueue[int] = SimpleQueue()  # `put` is reentrant, as a signal handler needs; Event.set is not
        for number in _SIGNALS:
            signal.signal(number, lambda received, _frame: signals.put(received))
        self._start()
        received = signals.get()
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_DFL)  # whoever asks twice is not made to wait
        return self._stop(signal.Signals(received), stop_within)

    def _start(self) -> None:
        log_uncaught()
        self._web.start()
        self._courier.start()
        if self._listener is not None:
            self._listener.start()
        if self._ingest is not None:
            self._ingest.start()
            _LOG.info("receiving", address="http://{}:{}".format(*self._ingest.address))
        for look in self._looks:
            _LOG.info("watching", monitor=look.name, every_seconds=look.every.total_seconds())
        self._scheduler.start()
        host, port = self._web.address
        _LOG.info("started", monitors=len(self._looks), web=f"http://{host}:{port}")

    def _stop(self, received: signal.Signals, stop_within: float) -> Ending:
        _LOG.info("stopping", signal=received.name, within_seconds=stop_within)
        deadline = time.monotonic() + stop_within
        for look in self._looks:
            look.stop()
        self._studies.stop()
        self._scheduler.stop()
        if self._listener is not None:
            self._listener.stop(0)  # begins to hang up
        kept = self._ingest is None or self._ingest.stop(deadline - time.monotonic())
        busy = [look.name for look in self._looks if not look.close(deadline - time.monotonic())]
        studied = self._studies.close(deadline - time.monotonic())
        delivered = self._courier.stop(deadline - time.monotonic())
        if self._listener is not None and not self._listener.stop(deadline - time.monotonic()):
            _LOG.warning("a click may be under way")
        self._web.stop(max(deadline - time.monotonic(), 0))
        ending = Ending.CLEAN if delivered and studied and kept and not busy else Ending.CUT_SHORT
        _LOG.info("stopped", ending=ending.value, looks_under_way=busy, delivery_under_way=not delivered)
        return ending
