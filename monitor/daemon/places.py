"""How many looks are at work at once."""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Final

MOST_AT_ONCE: Final = 4
"""Looks that run side by side: each may hold a database's memory limit, and most of them wait for the same disk."""

COUNTED_FOR: Final = timedelta(seconds=30)
"""Who has had a place for longer waits for a source that does not answer, and must not keep the others from theirs."""


class Places:
    """Places for those that work: whoever finds none waits until one is left, or is not counted any more."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._begun: list[float] = []
        self._is_closed = False

    @contextmanager
    def one(self) -> Iterator[None]:
        """Have a place, once there is one."""
        with self._changed:
            while not self._is_closed and (seconds := full_for(self._begun, time.monotonic())) > 0:
                self._changed.wait(seconds)
            began = time.monotonic()
            self._begun.append(began)
        try:
            yield
        finally:
            with self._changed:
                self._begun.remove(began)
                self._changed.notify()

    def close(self) -> None:
        """Have nobody wait any more."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()


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
