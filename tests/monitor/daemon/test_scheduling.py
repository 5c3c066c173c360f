import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import pairwise
from typing import Self

import pytest
from structlog.testing import capture_logs

from monitor.common.clock import MACHINE, Clocks
from monitor.daemon.scheduling import STAGGER, Scheduler, Spread, Task
from tests.support.waiting import wait_until

HOUR = timedelta(hours=1)
SOON = timedelta(milliseconds=50)


@contextmanager
def _running(tasks: Sequence[Task]) -> Iterator[None]:
    scheduler = Scheduler(tasks, lambda: None)
    scheduler.start()
    try:
        yield
    finally:
        scheduler.stop()


def test_the_first_run_is_at_once_and_not_after_an_interval() -> None:
    ran = [threading.Event(), threading.Event()]

    with _running([Task("first", HOUR, ran[0].set), Task("second", HOUR, ran[1].set)]):
        assert all(event.wait(5) for event in ran)


def test_a_task_for_later_waits_its_interval() -> None:
    now, later = threading.Event(), threading.Event()

    with _running([Task("later", HOUR, later.set, later=True), Task("now", HOUR, now.set)]):
        assert now.wait(5)

    assert not later.is_set()


def test_a_task_that_crashes_is_logged_and_runs_again() -> None:
    runs: list[int] = []

    def crash() -> None:
        runs.append(1)
        raise RuntimeError("out of cheese")

    with capture_logs() as logs, _running([Task("fragile", SOON, crash)]):
        wait_until(lambda: len(runs) >= 2 and logs)

    assert (logs[0]["event"], logs[0]["task"]) == ("run crashed", "fragile")
    assert str(logs[0]["exc_info"]) == "out of cheese"


def test_a_task_that_takes_longer_than_its_interval_never_overlaps_itself_and_says_so() -> None:
    release, running, most = threading.Event(), [0], [0]

    def slow() -> None:
        running[0] += 1
        most[0] = max(most[0], running[0])
        release.wait(0.3)
        running[0] -= 1

    with capture_logs() as logs, _running([Task("slow", SOON, slow)]):
        wait_until(lambda: any(line["event"] == "run skipped" for line in logs))
        release.set()

    assert most == [1]
    assert logs[0]["task"] == "slow"


@pytest.mark.parametrize("several", [1, 6])
def test_one_task_that_hangs_does_not_keep_the_others_from_running(several: int) -> None:
    release, ran = threading.Event(), [threading.Event() for _ in range(several)]
    quick = [Task(f"quick {place}", HOUR, event.set) for place, event in enumerate(ran)]

    def hang() -> None:
        release.wait(5)

    with _running([Task("stuck", HOUR, hang), *quick]):
        assert all(event.wait(5) for event in ran)
        release.set()


def test_looks_that_never_answer_take_no_place_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.daemon.scheduling.BEAT_EVERY", SOON)
    monkeypatch.setattr("monitor.daemon.places.COUNTED_FOR", timedelta(milliseconds=50))
    monkeypatch.setattr("monitor.daemon.scheduling.STAGGER", timedelta(milliseconds=1))
    release, ran, beats = threading.Event(), threading.Event(), threading.Event()

    def hang() -> None:
        release.wait(5)

    scheduler = Scheduler(
        [*(Task(f"stuck {n}", HOUR, hang) for n in range(6)), Task("quick", HOUR, ran.set)], beats.set
    )
    scheduler.start()

    assert beats.wait(5)
    assert ran.wait(5)
    release.set()
    scheduler.stop()


def test_many_looks_are_spread_over_their_interval_and_none_waits_longer_than_it() -> None:
    start, every, most = datetime(2026, 3, 1, tzinfo=UTC), timedelta(minutes=15), 200
    triggers = [Spread(every, start, place, most) for place in range(most)]
    first = [start + place * STAGGER for place in range(most)]

    second = [each.get_next_fire_time(ran, ran) for each, ran in zip(triggers, first, strict=True)]
    third = [each.get_next_fire_time(ran, ran) for each, ran in zip(triggers, second, strict=True)]

    gaps = {later - earlier for earlier, later in pairwise(sorted(third))}
    assert gaps == {every / most}
    assert all(timedelta() < later - ran <= every for ran, later in zip(first, second, strict=True))
    assert [later - ran for ran, later in zip(second, third, strict=True)] == [every] * most


def test_a_look_that_ran_late_and_one_of_a_clock_that_was_set_back_come_again_within_their_interval() -> None:
    start, every = datetime(2026, 3, 1, tzinfo=UTC), timedelta(minutes=15)
    spread = Spread(every, start, 0, 3)  # at 5, 20, 35 and 50 minutes past

    assert spread.get_next_fire_time(start, start + timedelta(minutes=6)) == start + timedelta(minutes=20)
    assert spread.get_next_fire_time(start + timedelta(minutes=20), start + timedelta(minutes=20)) == start + timedelta(
        minutes=35
    )
    long_ago = start - timedelta(days=400)
    assert spread.get_next_fire_time(long_ago, long_ago) == long_ago + timedelta(minutes=5)


@pytest.mark.parametrize("hours", [-2, 2, -24 * 400])
def test_a_clock_that_is_set_makes_nothing_wait(monkeypatch: pytest.MonkeyPatch, hours: int) -> None:
    monkeypatch.setattr("monitor.daemon.scheduling.COMPARE_EVERY", timedelta(milliseconds=20))
    set_by = [timedelta()]

    class Settable(datetime):
        """The time of day as APScheduler reads it."""

        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return cls.fromtimestamp(time.time() + set_by[0].total_seconds(), tz)

    monkeypatch.setattr("apscheduler.schedulers.base.datetime", Settable)
    monkeypatch.setattr("apscheduler.triggers.interval.datetime", Settable)  # of the heartbeat
    monkeypatch.setattr("monitor.daemon.scheduling.datetime", Settable)
    runs: list[int] = []
    clocks = Clocks(lambda: Settable.now(UTC), MACHINE.ticks)
    scheduler = Scheduler([Task("look", timedelta(milliseconds=500), lambda: runs.append(1))], lambda: None, clocks)
    with capture_logs() as logs:
        scheduler.start()
        try:
            wait_until(lambda: runs)
            set_by[0] = timedelta(hours=hours)
            before = len(runs)
            wait_until(lambda: len(runs) >= before + 3)
        finally:
            scheduler.stop()

    (line,) = [line for line in logs if line["event"] == "clock was set"]
    assert line["by_seconds"] == pytest.approx(hours * 3600, abs=1)


def test_a_clock_that_is_slewed_is_let_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.daemon.scheduling.COMPARE_EVERY", timedelta(milliseconds=5))
    readings = [0]

    def slewed() -> datetime:
        readings[0] += 1
        return datetime.now(UTC) + timedelta(seconds=readings[0])

    with capture_logs() as logs:
        scheduler = Scheduler([], lambda: None, Clocks(slewed, MACHINE.ticks))
        scheduler.start()
        wait_until(lambda: readings[0] > 20)
        scheduler.stop()

    assert not logs
