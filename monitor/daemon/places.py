"""How many looks are at work at once."""

import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Final

MOST_AT_ONCE: Final = 4
"""Looks that run side by side: each may hold a database's memory limit, and most of them wait for the same disk."""

COUNTED_FOR: Final = timedelta(seconds=30)
"""Who has had a place for longer waits for a source that does not answer, and must not keep the others from theirs."""


class Places:
    """Places for those that work: whoever finds none waits until one is left, or is not counted any more.

    Who has waited longest is next, so that where there are too many each waits as long as the others.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._begun: list[float] = []
        self._queue: deque[object] = deque()
        self._is_closed = False

    @contextmanager
    def one(self) -> Iterator[None]:
        """Have a place, once there is one."""
        with self._changed:
            self._wait()
            began = time.monotonic()
            self._begun.append(began)
            self._changed.notify_all()  # the next of the queue may find a place too
        try:
            yield
        finally:
            with self._changed:
                self._begun.remove(began)
                self._changed.notify_all()

    def close(self) -> None:
        """Have nobody wait any more."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()

    def _wait(self) -> None:
        turn = object()
        self._queue.append(turn)
        while not self._is_closed:
            seconds = full_for(self._begun, time.monotonic()) if self._queue[0] is turn else None
            if seconds == 0:
                break
            self._changed.wait(seconds)
        self._queue.remove(turn)


def full_for(begun: Sequence[float], now: float) -> float:
    """Seconds until one of those who have begun is not counted any more, if none ends before; 0 where there is a place.

    >>> full_for([0.0, 1.0, 2.0, 3.0], now=10.0)
    20.0
    >>> full_for([-60.0, 1.0, 2.0, 3.0], now=10.0)
    0.0
    """
    ends = sorted(each + COUNTED_FOR.total_seconds() for each in begun)
    counted = [end for end in ends if end > now]
    return 0.0 if len(counted) < MOST_AT_ONCE else counted[-MOST_AT_ONCE] - now
