"""How often Python looks for objects that only refer to each other."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

YOUNG: Final = 100_000
"""New objects until the youngest are looked through (Python's default is 700).

A look makes hundreds of thousands of rows, none of which refers to itself. To look through them again and again took a
third of its time, and found nothing."""


def collect_seldom() -> None:
    """Have this process look through new objects seldom; it costs a few megabytes."""
    gc.set_threshold(YOUNG, 20, 20)


@contextmanager
def not_collecting() -> Iterator[None]:
    """Look through nothing meanwhile: what a look makes is gone by itself as soon as nobody refers to it."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
