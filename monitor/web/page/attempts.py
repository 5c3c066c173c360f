"""How often a token may be guessed: a few times a minute, from one address and from all together."""

import threading
from collections import defaultdict, deque
from collections.abc import MutableMapping
from typing import Final

from monitor.common.clock import Ticks

WITHIN: Final = 60.0  # seconds
MOST_OF_ONE: Final = 5
"""Wrong tokens from one address: people mistype, and paste the wrong thing."""
MOST_OF_ALL: Final = 30
"""From all together: whoever has many addresses tries 43,000 a day, of at least 16 characters each."""


class Attempts:
    """Counts attempts as wrong until they are known to be right, so that none slip through side by side."""

    def __init__(self, ticks: Ticks) -> None:
        self._ticks = ticks
        self._lock = threading.Lock()
        self._of_one: MutableMapping[str, deque[float]] = defaultdict(deque)
        self._of_all: deque[float] = deque()

    def begin(self, address: str) -> float:
        """Count an attempt; seconds to wait where it may not be made, else 0."""
        now = self._ticks()
        with self._lock:
            self._forget(now - WITHIN)
            wait = max(
                _wait(self._of_one.get(address, deque()), MOST_OF_ONE, now), _wait(self._of_all, MOST_OF_ALL, now)
            )
            if wait == 0:
                self._of_one[address].append(now)
                self._of_all.append(now)
            return wait

    def was_right(self, address: str) -> None:
        """Take back the newest attempt from an address."""
        with self._lock:
            mine = self._of_one.get(address)
            if mine:
                self._of_all.remove(mine.pop())

    def _forget(self, before: float) -> None:
        for address in list(self._of_one):
            mine = self._of_one[address]
            while mine and mine[0] <= before:
                mine.popleft()
            if not mine:
                del self._of_one[address]
        while self._of_all and self._of_all[0] <= before:
            self._of_all.popleft()


def _wait(made: deque[float], most: int, now: float) -> float:
    return 0.0 if len(made) < most else made[-most] + WITHIN - now
