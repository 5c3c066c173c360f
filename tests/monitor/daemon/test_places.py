"""Looks at work at once: four, however many wait, and those that never end are not counted for ever."""

import threading
from contextlib import ExitStack
from datetime import timedelta

import pytest

from monitor.daemon.places import MOST_AT_ONCE, Places, full_for
from tests.support.waiting import wait_until


def _fill(places: Places, stack: ExitStack) -> None:
    for _ in range(MOST_AT_ONCE):
        stack.enter_context(places.one())


def _one_more(places: Places) -> tuple[threading.Thread, threading.Event]:
    """A thread that waits for a place, and whether it had one."""
    had = threading.Event()

    def take() -> None:
        with places.one():
            had.set()

    thread = threading.Thread(target=take, daemon=True)
    thread.start()
    return thread, had


def test_who_finds_no_place_waits_for_one_that_is_left() -> None:
    places = Places()
    with ExitStack() as stack:
        _fill(places, stack)
        thread, had = _one_more(places)
        assert not had.wait(0.05)
    thread.join(5)
    assert had.is_set()


def test_who_comes_later_takes_no_place_from_who_waits() -> None:
    places = Places()
    with ExitStack() as stack:
        first = stack.enter_context(ExitStack())
        first.enter_context(places.one())
        for _ in range(MOST_AT_ONCE - 1):
            stack.enter_context(places.one())
        _, had = _one_more(places)
        assert not had.wait(0.05)
        first.close()
        with places.one():
            assert had.is_set()


def test_who_waits_for_a_source_that_never_answers_is_not_counted_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.daemon.places.COUNTED_FOR", timedelta(milliseconds=20))
    places = Places()
    with ExitStack() as stack:
        _fill(places, stack)
        _, had = _one_more(places)
        assert had.wait(5)


def test_however_long_many_wait_no_more_than_four_work() -> None:
    # After a minute in which each took 10 s: the fifth still waits, for the one that began first or is counted longest.
    assert full_for([51.0, 53.0, 55.0, 57.0], now=60.0) == pytest.approx(21.0)
    assert full_for([51.0, 53.0, 55.0], now=60.0) == 0
    assert full_for([0.0, 0.0, 51.0, 53.0, 55.0], now=60.0) == 0
    assert full_for([0.0, 51.0, 53.0, 55.0, 57.0], now=60.0) == pytest.approx(21.0)


def test_at_the_end_nobody_waits() -> None:
    places = Places()
    with ExitStack() as stack:
        _fill(places, stack)
        thread, _ = _one_more(places)
        wait_until(thread.is_alive)
        places.close()
        thread.join(5)
        assert not thread.is_alive()
