import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from structlog.testing import capture_logs

from monitor.clock import utc_now
from monitor.courier import Courier, DeliverOne
from monitor.errors import HistoryError
from tests.support.waiting import wait_until


@contextmanager
def _working(deliver_one: DeliverOne) -> Iterator[Courier]:
    courier = Courier(deliver_one, utc_now)
    courier.start()
    try:
        yield courier
    finally:
        assert courier.stop(patience=5)


class Letters:
    """An outbox with so many letters."""

    def __init__(self, waiting: int) -> None:
        self.waiting = waiting
        self.asked = 0

    def deliver_one(self, _now: datetime) -> bool:
        self.asked += 1
        if not self.waiting:
            return False
        self.waiting -= 1
        return True


def test_it_empties_the_outbox_at_once() -> None:
    letters = Letters(waiting=5)

    with _working(letters.deliver_one):
        wait_until(lambda: letters.waiting == 0)


def test_it_looks_again_as_soon_as_it_is_woken() -> None:
    letters = Letters(waiting=0)

    with _working(letters.deliver_one) as courier:
        wait_until(lambda: letters.asked == 1)
        letters.waiting = 3
        courier.wake()
        wait_until(lambda: letters.waiting == 0)


def test_an_outbox_that_fails_is_logged_and_asked_again() -> None:
    failures = iter([HistoryError("history is locked"), ValueError("a fault")])
    done = threading.Event()

    def deliver_one(_now: datetime) -> bool:
        for failure in failures:
            raise failure
        done.set()
        return False

    with capture_logs() as logs, _working(deliver_one) as courier:
        wait_until(lambda: logs)
        courier.wake()
        wait_until(lambda: len(logs) > 1)
        courier.wake()
        assert done.wait(5)
        assert courier.is_alive()

    assert [(line["event"], line["log_level"]) for line in logs] == [
        ("outbox unreachable", "error"),
        ("delivery crashed", "error"),
    ]


def test_a_stop_waits_for_the_delivery_under_way_but_begins_no_other() -> None:
    begun, release, asked = threading.Event(), threading.Event(), []

    def deliver_one(now: datetime) -> bool:
        asked.append(now)
        begun.set()
        return release.wait(5)

    courier = Courier(deliver_one, utc_now)
    courier.start()
    assert begun.wait(5)
    assert not courier.stop(patience=0.05)
    release.set()
    assert courier.stop(patience=5)
    assert len(asked) == 1
