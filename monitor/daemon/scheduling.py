"""APScheduler, set up so that no look is lost in silence, overlaps itself, or waits for a clock that was set.

APScheduler tells by the time of day what is due: where that is set back two hours, nothing is due for two hours. So a
thread compares it with the monotonic clock, and where one has moved against the other, all is due at once.
"""

import threading
from collections.abc import Callable, Sequence
from contextlib import nullcontext
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
from apscheduler.triggers.base import BaseTrigger

from monitor.common.clock import MACHINE, Clocks
from monitor.common.logs import get_logger
from monitor.daemon.heartbeat import BEAT_EVERY
from monitor.daemon.places import Places

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


class Spread(BaseTrigger):  # type: ignore[misc]  # APScheduler has no types
    """Every so often, at times that do not depend on when the task ran first.

    One of `places` tasks of the same interval then has a time of its own in it: many that all began at the start of the
    process do not come all at once again and again.
    """

    def __init__(self, every: timedelta, start: datetime, place: int, places: int) -> None:
        """The task is number `place` of `places`, counted from 0."""
        self._every = every
        self._one = start + every * (place + 1) / places

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """The first of its times after the run before, and not before now; also where the clock was set back."""
        after = now if previous_fire_time is None else max(now, previous_fire_time + timedelta.resolution)
        return after + (self._one - after) % self._every


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
        self._places = Places()
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
                Spread(task.every, now, place, len(self._tasks)),
                [task],
                id=task.name,
                name=task.name,
                next_run_time=now + (task.every if task.later else place * STAGGER),
            )
        self._scheduler.start()
        self._comparing.start()

    def stop(self) -> None:
        """Begin nothing more; what is under way goes on."""
        self._stopping.set()
        self._places.close()
        self._scheduler.shutdown(wait=False)

    def _run(self, task: Task) -> None:
        with nullcontext() if task.aside else self._places.one():
            if not self._stopping.is_set():
                task.run()

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
        now = datetime.now(UTC)
        for place, job in enumerate(self._scheduler.get_jobs()):
            job.modify(next_run_time=now + place * STAGGER)


def _tell(event: JobExecutionEvent | JobSubmissionEvent) -> None:
    if event.code == EVENT_JOB_MAX_INSTANCES:
        _LOG.warning("run skipped", task=event.job_id, reason="the one before is still running; raise `every`")
    elif event.code == EVENT_JOB_MISSED:
        _LOG.warning("run missed", task=event.job_id, due=event.scheduled_run_time.isoformat())
    else:
        _LOG.error("run crashed", task=event.job_id, exc_info=event.exception)
