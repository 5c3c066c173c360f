"""What a page is told of the configuration."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Watched:
    """One monitor. Floors are shares, by class; `good` is the accuracy aimed at, None where it is not known."""

    name: str
    good: float | None
    recall_floors: Mapping[str, float]
    precision_floors: Mapping[str, float]

    @property
    def critical(self) -> tuple[str, ...]:
        """The classes that have a floor."""
        return tuple(dict.fromkeys((*self.recall_floors, *self.precision_floors)))


@dataclass(frozen=True, slots=True)
class LookState:
    """How the daemon stands with one monitor: its condition, such as `late`, and in `error` why the last look failed.

    Where it did not fail, `error` names the checks that crashed in it.
    """

    condition: str
    error: str


LookStates = Callable[[], Mapping[str, LookState]]
"""Asked for each page, by monitor; from another thread than the looks."""
