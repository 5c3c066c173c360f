import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from monitor.scheduling import Scheduler, Task
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
    monkeypatch.setattr("monitor.scheduling.LONGEST_WAIT", timedelta(milliseconds=50))
    monkeypatch.setattr("monitor.scheduling.STAGGER", timedelta(milliseconds=1))
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


def test_the_time_of_day_is_not_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def set_back() -> float:
        raise AssertionError("the scheduler reads the time of day")

    runs: list[int] = []
    monkeypatch.setattr("time.time", set_back)

    with _running([Task("look", SOON, lambda: runs.append(1))]):
        wait_until(lambda: len(runs) >= 3)
