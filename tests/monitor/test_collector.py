"""A process that looks at logs spends its time on rows, not on searching them."""

import gc
from collections.abc import Iterator

import pytest

from monitor.collector import collect_seldom


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    thresholds = gc.get_threshold()
    yield
    gc.set_threshold(*thresholds)


def test_fifty_thousand_rows_are_made_without_looking_through_them() -> None:
    collect_seldom()
    gc.collect()
    searched: list[str] = []
    gc.callbacks.append(lambda phase, _: searched.append(phase))
    try:
        rows = [(number, str(number)) for number in range(50_000)]
    finally:
        gc.callbacks.pop()
    assert len(rows) == 50_000
    assert not searched
