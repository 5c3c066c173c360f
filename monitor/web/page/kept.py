"""What was made of one look is kept until the next: a page that is asked for again costs the history nothing."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Final, Generic, TypeVar

Made = TypeVar("Made")

MOST: Final = 64
"""Courses that are kept; each is some 50 kB of paths."""


class Kept(Generic[Made]):
    """The newest used of what was made, by its key; for several threads."""

    def __init__(self, most: int = MOST) -> None:
        self._lock = threading.Lock()
        self._made: OrderedDict[Hashable, Made] = OrderedDict()
        self._most = most

    def get(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """What was made under this key, made now if need be. Two threads may make the same at once."""
        with self._lock:
            if key in self._made:
                self._made.move_to_end(key)
                return self._made[key]
        made = make()
        with self._lock:
            self._made[key] = made
            while len(self._made) > self._most:
                self._made.popitem(last=False)
        return made
