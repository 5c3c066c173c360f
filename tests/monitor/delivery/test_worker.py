import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from structlog.testing import capture_logs

from monitor.common.errors import HistoryError
from monitor.delivery.worker import STUCK_AFTER, Courier, Pulse
from tests.support.waiting import wait_until


class Letters:
    """An outbox with so many letters; `deliver` is what is done for each step."""

    def __init__(self, waiting: int = 0, deliver: Callable[[], bool] | None = None) -> None:
        self.waiting = waiting
        self.asked = 0
        self.begun = 0
        self.failures: list[Exception] = []
        self._deliver = deliver

    def begin(self) -> None:
        self.begun += 1
        if self.failures:
            raise self.failures.pop(0)

    def deliver_one(self) -> bool:
        self.asked += 1
        if self._deliver:
            return self._deliver()
        self.waiting -= bool(self.waiting)
        return bool(self.waiting)


@contextmanager
def _working(letters: Letters) -> Iterator[Courier]:
    courier = Courier(letters)
    courier.start()
    try:
        yield courier
    finally:
        assert courier.stop(patience=5)


def test_it_empties_the_outbox_at_once() -> None:
    letters = Letters(waiting=5)

    with _working(letters):
        wait_until(lambda: letters.waiting == 0)
    assert letters.begun == 1


def test_it_looks_again_as_soon_as_it_is_woken() -> None:
    letters = Letters(waiting=0)

    with _working(letters) as courier:
        wait_until(lambda: letters.asked == 1)
        letters.waiting = 3
        courier.wake()
        wait_until(lambda: letters.waiting == 0)


def test_a_beginning_that_fails_is_made_again() -> None:
    letters = Letters(waiting=1)
    letters.failures = [HistoryError("history is locked")]

    with capture_logs() as logs, _working(letters) as courier:
        wait_until(lambda: logs)
        assert letters.asked == 0
        courier.wake()
        wait_until(lambda: letters.waiting == 0)
    assert letters.begun == 2


def test_an_outbox_that_fails_is_logged_and_asked_again() -> None:
    failures = iter([HistoryError("history is locked"), ValueError("a fault")])
    done = threading.Event()

    def deliver() -> bool:
        for failure in failures:
            raise failure
        done.set()
        return False

    with capture_logs() as logs, _working(Letters(deliver=deliver)) as courier:
        wait_until(lambda: logs)
        courier.wake()
        wait_until(lambda: len(logs) > 1)
        courier.wake()
        assert done.wait(5)
        assert courier.pulse() is Pulse.ALIVE

    assert [(line["event"], line["log_level"]) for line in logs] == [
        ("outbox unreachable", "error"),
        ("delivery crashed", "error"),
    ]


def test_a_stop_waits_for_the_delivery_under_way_but_begins_no_other() -> None:
    begun, release = threading.Event(), threading.Event()

    def deliver() -> bool:
        begun.set()
        return release.wait(5)

    letters = Letters(deliver=deliver)
    courier = Courier(letters)
    courier.start()
    assert begun.wait(5)
    assert not courier.stop(patience=0.05)
    release.set()
    assert courier.stop(patience=5)
    assert letters.asked == 1


def test_a_delivery_that_does_not_end_is_stuck_and_one_that_goes_on_is_not() -> None:
    now, begun, release = [0.0], threading.Event(), threading.Event()

    def deliver() -> bool:
        begun.set()
        return not release.wait(5)

    courier = Courier(Letters(deliver=deliver), lambda: now[0])
    assert courier.pulse() is Pulse.DEAD
    courier.start()
    assert begun.wait(5)
    now[0] = STUCK_AFTER
    assert courier.pulse() is Pulse.ALIVE
    now[0] = STUCK_AFTER + 1
    assert courier.pulse() is Pulse.STUCK
    release.set()
    wait_until(lambda: courier.pulse() is Pulse.ALIVE)
    assert courier.stop(patience=5)
    assert courier.pulse() is Pulse.DEAD


def test_a_delivery_that_crashes_for_minutes_is_stuck_until_it_goes_on() -> None:
    now, crashes = [1.0], [True]

    def deliver() -> bool:
        if crashes[0]:
            raise ValueError("a fault")
        return False

    letters = Letters(deliver=deliver)
    courier = Courier(letters, lambda: now[0])
    with capture_logs() as logs:
        courier.start()
        wait_until(lambda: logs)
        assert courier.pulse() is Pulse.ALIVE
        now[0] += STUCK_AFTER + 1
        assert courier.pulse() is Pulse.STUCK
        crashes[0] = False
        courier.wake()
        wait_until(lambda: courier.pulse() is Pulse.ALIVE)
        assert courier.stop(patience=5)
