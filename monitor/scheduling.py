"""When things are done again: by a clock that cannot be set, no look lost in silence, and none overlapping itself."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from monitor.heartbeat import BEAT_EVERY
from monitor.logs import get_logger

MOST_AT_ONCE: Final = 4
"""Looks that run side by side: each may hold a database's memory limit, and most of them wait for the same disk."""

LONGEST_WAIT: Final = timedelta(seconds=30)
"""For one of those places: looks at sources that never answer must not keep the others from theirs."""

STAGGER: Final = timedelta(milliseconds=250)
"""Between the first looks of two monitors, so that they do not start as a herd."""

_LOG = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Task:
    """Something to do again and again: at once, or first after one interval when `later` is set.

    What is `aside` never takes the place of a look.
    """

    name: str
    every: timedelta
    run: Callable[[], object]
    later: bool = False
    aside: bool = False


class Scheduler:
    """A thread for each task, which waits by the monotonic clock: it does not care what is done to the time of day.

    Windows come from the history's cursor and never from the moment at which a task was due, so a late run is as good
    as one in time, and several late ones are one. A task never overlaps itself: where it takes longer than its
    interval, the runs that fell due meanwhile are skipped, and that is logged. `beat` has a thread of its own: long
    looks must not make the scheduler seem dead.
    """

    def __init__(self, tasks: Sequence[Task], beat: Callable[[], object]) -> None:
        """Prepare; `start` begins."""
        self._stopping = threading.Event()
        self._places = threading.BoundedSemaphore(MOST_AT_ONCE)
        pulse = Task("heartbeat", BEAT_EVERY, beat, aside=True)
        delays = [task.every if task.later else place * STAGGER for place, task in enumerate(tasks)]
        self._threads = [
            threading.Thread(target=self._repeat, args=(task, delay.total_seconds()), name=task.name, daemon=True)
            for task, delay in ((pulse, timedelta()), *zip(tasks, delays, strict=True))
        ]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Begin nothing more; what is under way goes on."""
        self._stopping.set()

    def _repeat(self, task: Task, delay: float) -> None:
        every = task.every.total_seconds()
        due = time.monotonic() + delay
        while not self._stopping.wait(max(due - time.monotonic(), 0)):
            self._run(task)
            missed = int(max(time.monotonic() - due, 0) // every)
            if missed:
                _LOG.warning(
                    "run skipped", task=task.name, runs=missed, reason="the one before took longer; raise `every`"
                )
            due += (missed + 1) * every

    def _run(self, task: Task) -> None:
        has_place = not task.aside and self._places.acquire(timeout=LONGEST_WAIT.total_seconds())
        try:
            if not self._stopping.is_set():
                task.run()
        except Exception as error:  # noqa: BLE001 - a task that crashes is done again when it is due
            _LOG.error("run crashed", task=task.name, exc_info=error)
        finally:
            if has_place:
                self._places.release()
