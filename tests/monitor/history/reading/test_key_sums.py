"""Numbers of equal keys are added up, in memory for the different keys alone."""

import tracemalloc

import numpy as np
import pytest

from monitor.history.reading import key_sums
from monitor.history.reading.key_sums import KeySums

KEYS = 500
ROWS = 10_000


@pytest.mark.parametrize("has_design", [False, True])
def test_sums_are_those_of_all_rows_at_once(monkeypatch: pytest.MonkeyPatch, has_design: bool) -> None:  # noqa: FBT001
    monkeypatch.setattr(key_sums, "MERGED_AT", 700)
    rng = np.random.default_rng(3)
    sums, total = KeySums(), np.zeros((KEYS, 5))
    for _ in range(9):
        keys = rng.integers(0, KEYS, size=300)
        n, weight, millionths = rng.integers(0, 9, size=(3, 300))
        numbers = [n, weight, weight**2 if has_design else weight, millionths, weight if has_design else 0 * n]
        sums.add(keys, numbers)
        for place, column in enumerate(numbers):
            np.add.at(total[:, place], keys, column)
    keys, columns = sums.sums()
    assert keys.tolist() == np.flatnonzero(total.any(axis=1)).tolist()
    assert np.array_equal(np.stack(columns, axis=1), total[keys])


def test_nothing_adds_up_to_nothing() -> None:
    keys, columns = KeySums().sums()
    assert (keys.size, [column.size for column in columns]) == (0, [0] * 5)


def test_many_rows_of_few_keys_take_little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_sums, "MERGED_AT", 1_000)
    keys, ones = np.arange(ROWS) % KEYS, np.ones(ROWS)
    sums = KeySums()
    tracemalloc.start()
    for _ in range(50):
        sums.add(keys, [ones] * 5)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert sums.sums()[1][0].tolist() == [50 * ROWS / KEYS] * KEYS
    assert peak < 1_500_000  # all rows at once are twenty megabytes
