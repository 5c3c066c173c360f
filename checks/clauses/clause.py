"""A clause: one thing to say, as a kind and the numbers and names of it. How it reads is for `alerts.messages` to know.

A check, a signal or a verdict says a few of them in a row. So that no number has two forms, none is written here: a
share stays a float in [0, 1], a latency stays milliseconds, and the template of the kind says how each is written.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Union

from checks.statistics.intervals import Proportion


@dataclass(frozen=True, slots=True)
class Rated:
    """A share and what its n counts, where that is not labels."""

    share: Proportion
    unit: str


Fact = Union[str, int, float, Proportion, Rated, datetime, timedelta, "Clause", Sequence["Fact"]]
"""A number, a name, or other clauses; sequences are tuples, so that a clause can be hashed."""


@dataclass(frozen=True, slots=True)
class Clause:
    """One thing to say: its kind, and its facts by name, in the order of their names."""

    kind: StrEnum
    facts: tuple[tuple[str, Fact], ...] = ()


Clauses = tuple[Clause, ...]
"""What is said in a row."""


def clause(kind: StrEnum, /, **facts: Fact) -> Clause:
    """A clause of a kind, with all the facts that its template names.

    >>> from enum import StrEnum
    >>> clause(StrEnum("Toy", "WAS").WAS, share=0.5).facts
    (('share', 0.5),)
    """
    return Clause(kind, tuple(sorted(facts.items())))
