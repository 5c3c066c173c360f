"""APScheduler, set up so that no look is lost in silence, overlaps itself, or waits for a clock that was set.

APScheduler tells by the time of day what is due: where that is set back two hours, nothing is due for two hours. So a
thread compares it with the monotonic clock, and where one has moved against the other, all is due at once.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from apscheduler.events import (
    EVENT_JOB_ERROR,
    EVENT_JOB_MAX_INSTANCES,
    EVENT_JOB_MISSED,
    JobExecutionEvent,
    JobSubmissionEvent,
)
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from monitor.common.clock import MACHINE, Clocks
from monitor.common.logs import get_logger
from monitor.daemon.heartbeat import BEAT_EVERY

MOST_AT_ONCE: Final = 4
"""Looks that run side by side: each may hold a database's memory limit, and most of them wait for the same disk."""

LONGEST_WAIT: Final = timedelta(seconds=30)
"""For one of those places: looks at sources that never answer must not keep the others from theirs."""

STAGGER: Final = timedelta(milliseconds=250)
"""Between the first looks of two monitors, so that they do not start as a herd."""

COMPARE_EVERY: Final = timedelta(seconds=1)
"""How soon a clock that was set is noticed."""

JUMP: Final = timedelta(seconds=2)
"""What the time of day may move against the monotonic clock between two comparisons; slewing moves it by far less."""

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
    """Runs tasks on schedule, each in a thread and never beside itself.

    Windows come from the history's cursor and never from the time at which a task was due, so a late run is as good as
    one in time (`misfire_grace_time=None`) and several late ones are one (`coalesce`). `beat` has a thread of its own:
    long looks must not make the scheduler seem dead.
    """

    def __init__(self, tasks: Sequence[Task], beat: Callable[[], object], clocks: Clocks = MACHINE) -> None:
        """Prepare; `start` begins."""
        self._tasks = tasks
        self._clocks = clocks
        self._stopping = threading.Event()
        self._places = threading.BoundedSemaphore(MOST_AT_ONCE)
        self._comparing = threading.Thread(target=self._compare_clocks, name="clocks", daemon=True)
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(max(len(tasks), 1)), "heartbeat": ThreadPoolExecutor(1)},
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        self._scheduler.add_job(beat, "interval", seconds=BEAT_EVERY.total_seconds(), id="beat", executor="heartbeat")
        self._scheduler.add_listener(_tell, EVENT_JOB_ERROR | EVENT_JOB_MISSED | EVENT_JOB_MAX_INSTANCES)

    def start(self) -> None:
        """Begin."""
        now = datetime.now(UTC)
        for place, task in enumerate(self._tasks):
            self._scheduler.add_job(
                self._run,
                "interval",
                [task],
                seconds=task.every.total_seconds(),
                id=task.name,
                name=task.name,
                next_run_time=now + (task.every if task.later else place * STAGGER),
            )
        self._scheduler.start()
        self._comparing.start()

    def stop(self) -> None:
        """Begin nothing more; what is under way goes on."""
        self._stopping.set()
        self._scheduler.shutdown(wait=False)

    def _run(self, task: Task) -> None:
        has_place = not task.aside and self._places.acquire(timeout=LONGEST_WAIT.total_seconds())
        try:
            if not self._stopping.is_set():
                task.run()
        finally:
            if has_place:
                self._places.release()

    def _compare_clocks(self) -> None:
        moved = self._difference()
        while not self._stopping.wait(COMPARE_EVERY.total_seconds()):
            before, moved = moved, self._difference()
            if abs(moved - before) > JUMP.total_seconds():
                _LOG.warning("clock was set", by_seconds=round(moved - before, 1), action="every task is due now")
                self._make_all_due()

    def _difference(self) -> float:
        """Seconds between the time of day and the monotonic clock: the same as long as nobody sets one."""
        return self._clocks.now().timestamp() - self._clocks.ticks()

    def _make_all_due(self) -> None:
        for job in self._scheduler.get_jobs():
            job.modify(next_run_time=datetime.now(UTC))


def _tell(event: JobExecutionEvent | JobSubmissionEvent) -> None:
    if event.code == EVENT_JOB_MAX_INSTANCES:
        _LOG.warning("run skipped", task=event.job_id, reason="the one before is still running; raise `every`")
    elif event.code == EVENT_JOB_MISSED:
        _LOG.warning("run missed", task=event.job_id, due=event.scheduled_run_time.isoformat())
    else:
        _LOG.error("run crashed", task=event.job_id, exc_info=event.exception)
