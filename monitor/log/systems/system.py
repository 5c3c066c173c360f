"""What a system is: data that says how it writes a log."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, Literal

Role = Literal["predictions", "labels"]
_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Part:
    """How a system writes predictions, or labels.

    `known_by` are sets of columns (of the files or the table that holds the rows), one for each generation of the
    system: a relation that has all of one set is the system's. `settings` are keys below `source.predictions` or
    `source.labels`, with their values. `asks` are keys that the operator must say, with what each is in words.
    """

    known_by: tuple[frozenset[str], ...]
    settings: Mapping[str, Any]
    asks: Mapping[str, str] = field(default_factory=lambda: _NOTHING)

    @property
    def has_query(self) -> bool:
        """Whether it says itself where the rows are."""
        return "query" in self.settings


@dataclass(frozen=True, slots=True)
class System:
    """A system that writes logs; `reads` says in words what of it is read, for the page of systems."""

    name: str
    title: str
    reads: str
    predictions: Part | None = None
    labels: Part | None = None

    def part(self, role: Role) -> Part | None:
        """How it writes one of the two."""
        return self.predictions if role == "predictions" else self.labels
