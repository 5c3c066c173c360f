"""APScheduler, set up so that no look is lost in silence and none overlaps itself."""

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

from monitor.heartbeat import BEAT_EVERY
from monitor.logs import get_logger

MOST_WORKERS: Final = 4
"""Looks that run side by side: each may hold a database's memory limit, and most of them wait for the same disk."""

STAGGER: Final = timedelta(milliseconds=250)
"""Between the first looks of two monitors, so that they do not start as a herd."""

_LOG = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Task:
    """Something to do again and again: at once, or first after one interval when `later` is set.

    What is `aside` has a thread of its own, so that it never takes the place of a look.
    """

    name: str
    every: timedelta
    run: Callable[[], object]
    later: bool = False
    aside: bool = False


def build_scheduler(tasks: Sequence[Task], beat: Callable[[], None], now: datetime) -> BackgroundScheduler:
    """A scheduler that is not started yet.

    Windows come from the history's cursor and never from the time at which a task was due, so a late run is as good
    as one in time (`misfire_grace_time=None`) and several late ones are one (`coalesce`). `beat` has a thread of its
    own: long looks must not make the scheduler seem dead.
    """
    scheduler = BackgroundScheduler(
        timezone=UTC,
        executors={
            "default": ThreadPoolExecutor(min(max(len(tasks), 1), MOST_WORKERS)),
            "heartbeat": ThreadPoolExecutor(1),
            "aside": ThreadPoolExecutor(1),
        },
        job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
    )
    for place, task in enumerate(tasks):
        _add(scheduler, task, now + (task.every if task.later else place * STAGGER))
    scheduler.add_job(beat, "interval", seconds=BEAT_EVERY.total_seconds(), id="heartbeat", executor="heartbeat")
    scheduler.add_listener(_tell, EVENT_JOB_ERROR | EVENT_JOB_MISSED | EVENT_JOB_MAX_INSTANCES)
    return scheduler


def _add(scheduler: BackgroundScheduler, task: Task, first: datetime) -> None:
    seconds = task.every.total_seconds()
    scheduler.add_job(
        task.run,
        "interval",
        seconds=seconds,
        id=task.name,
        name=task.name,
        next_run_time=first,
        executor="aside" if task.aside else "default",
    )


def _tell(event: JobExecutionEvent | JobSubmissionEvent) -> None:
    if event.code == EVENT_JOB_MAX_INSTANCES:
        _LOG.warning("run skipped", task=event.job_id, reason="the one before is still running; raise `every`")
    elif event.code == EVENT_JOB_MISSED:
        _LOG.warning("run missed", task=event.job_id, due=event.scheduled_run_time.isoformat())
    else:
        _LOG.error("run crashed", task=event.job_id, exc_info=event.exception)
