"""What the figures of a column say against its meaning: pure functions of counts.

The tests are the same for a column that `init` considers, and for one that is mapped, which `validate` looks at.
"""

import re
from enum import Enum, auto
from typing import Final

FEW_ROWS: Final = 20
"""Rows under which a share says little: a new log."""

ENOUGH_OF_ONE: Final = 100
"""Rows from which one class only is doubted in a configuration; `run` takes ten times as many before it alarms."""

MOST_UNIQUE: Final = 0.5
"""Different values to a row, above which a column holds answers or ids rather than classes."""

LEAST_JOIN: Final = 0.01
"""Share of the label ids that are ids of predictions; below, the two columns have nothing to do with each other."""

WELL_JOINED: Final = 0.5
"""Such a share below which it is worth a question."""

MOST_NULL: Final = 0.5
"""Share of the rows without a time from which it is another column that has it."""

FEWEST_MS: Final = 10.0
"""Median latency, as milliseconds, under which it is probably in seconds: no language model answers so fast."""

FEWEST_NAMED_MS: Final = 1.0
"""Median latency under which a column named for milliseconds is in seconds: a small classifier takes a few."""

MOST_MS: Final = 600_000.0
"""Median latency, as milliseconds, above which it is probably in micro- or nanoseconds: ten minutes."""

MOST_OUTSIDE: Final = 0.5
"""Share of the confidences that are no share from 0 to 1, from which the column is in another unit."""


class Doubt(Enum):
    """What speaks against a column, or a pair of them."""

    EMPTY = auto()  # no row has a value
    HALF_EMPTY = auto()  # half of the rows have no time
    CONSTANT = auto()  # one value in all rows
    NEARLY_UNIQUE = auto()  # nearly as many values as rows
    SECONDS = auto()
    TOO_LONG = auto()
    NO_SHARE = auto()  # not from 0 to 1
    NO_JOIN = auto()
    SELDOM_JOINED = auto()


def of_class(values: int, rows: int) -> Doubt | None:
    """Doubt that a column names classes which has so many different values in so many filled rows.

    >>> of_class(9, 25_200), of_class(1, 500), of_class(480, 500), of_class(0, 0)
    (None, <Doubt.CONSTANT: 3>, <Doubt.NEARLY_UNIQUE: 4>, <Doubt.EMPTY: 1>)
    """
    if not rows:
        return Doubt.EMPTY
    if values == 1:
        return Doubt.CONSTANT
    return Doubt.NEARLY_UNIQUE if rows >= FEW_ROWS and values > MOST_UNIQUE * rows else None


def of_time(null_share: float) -> Doubt | None:
    """Doubt about a column of times that is empty in so many rows."""
    if null_share == 1:
        return Doubt.EMPTY
    return Doubt.HALF_EMPTY if null_share >= MOST_NULL else None


def of_latency(median: float, column: str) -> Doubt | None:
    """Doubt that so large a median is in milliseconds.

    >>> of_latency(0.6, "latency"), of_latency(4.2, "took_ms"), of_latency(6e8, "duration"), of_latency(700, "latency")
    (<Doubt.SECONDS: 5>, None, <Doubt.TOO_LONG: 6>, None)
    """
    says_ms = re.search(r"(^|[^a-z])(ms|millis|milliseconds?)([^a-z]|$)|[a-z]Ms$", column) is not None
    if median < (FEWEST_NAMED_MS if says_ms else FEWEST_MS):
        return Doubt.SECONDS
    return Doubt.TOO_LONG if median > MOST_MS else None


def of_confidence(outside: float) -> Doubt | None:
    """Doubt that confidences are from 0 to 1, of which this share is not."""
    return Doubt.NO_SHARE if outside >= MOST_OUTSIDE else None


def of_join(share: float) -> Doubt | None:
    """Doubt that two columns of ids belong together; `share` of the label ids are ids of predictions.

    >>> of_join(0.0), of_join(0.2), of_join(0.97)
    (<Doubt.NO_JOIN: 8>, <Doubt.SELDOM_JOINED: 9>, None)
    """
    if share < LEAST_JOIN:
        return Doubt.NO_JOIN
    return Doubt.SELDOM_JOINED if share < WELL_JOINED else None
