"""Confusions as a table: what was predicted for each true class."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from alerts.messages.figures import percent
from monitor.history.queries.shown import Confused

LEVELS: Final = 9
"""Shades of a cell, by its share of the row; the number stands in it as well."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Labelled rows of one class with one prediction; `share` is of the row, and "" where there are none."""

    n: int
    share: str
    level: int
    is_right: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One true class."""

    name: str
    n: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """True classes down, predicted ones across, both by name."""

    predicted: tuple[str, ...]
    rows: tuple[Row, ...]


def matrix(confused: Sequence[Confused]) -> Matrix | None:
    """Lay the confusions out; None without any label."""
    counts = Counter({(each.label, each.predicted): each.n for each in confused})
    totals: Counter[str] = Counter()
    for (label, _), n in counts.items():
        totals[label] += n
    labels = sorted(totals)
    predicted = sorted({name for _, name in counts} | set(labels))
    if not labels:
        return None
    return Matrix(
        tuple(predicted),
        tuple(Row(name, totals[name], _cells(name, predicted, counts, totals[name])) for name in labels),
    )


def _cells(label: str, predicted: Sequence[str], counts: Counter[tuple[str, str]], total: int) -> tuple[Cell, ...]:
    found = ((name, counts[label, name]) for name in predicted)
    return tuple(
        Cell(n, percent(n / total) if n else "", round(LEVELS * n / total), name == label) for name, n in found
    )
