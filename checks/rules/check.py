"""What a check is."""

from collections.abc import Sequence
from typing import Protocol

from checks.clauses.clause import Clauses
from checks.estimates.cycle_data import Measured
from checks.rules.finding import Finding


class Check(Protocol):
    """One question asked of the windows in every cycle.

    `run` is pure: the same windows give the same findings. It answers for each of its subjects, with
    `not_enough_data` where it cannot tell; an exception is a fault of the check, never a verdict. What it
    finds it says in clauses, which `alerts.messages` has the words of.
    """

    @property
    def name(self) -> str:
        """The check's name in configuration, findings and the metric history."""

    def run(self, measured: Measured) -> Sequence[Finding[Clauses]]:
        """Judge every subject."""
