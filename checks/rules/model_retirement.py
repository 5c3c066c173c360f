"""Model retirement: does a model version still answer that its provider soon turns off?

The day is a fact that the operator states, and whether the version answers is counted: nothing is tested, no label and
no reference is needed, and a log whose figures mislead still says who answers.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

import numpy as np

from checks.clauses.clause import Clause, Clauses, clause
from checks.counts.outcomes import Outcomes
from checks.counts.windows import Window
from checks.estimates.cycle_data import Measured
from checks.rules.affected import per_day
from checks.rules.finding import Cause, Finding, Verdict
from checks.rules.finding_clause import FindingClause
from checks.statistics.intervals import Proportion

SEEN: Final = 3
"""Predictions that a version would have given in a window, from which none is no chance: 5% by the rule of three
(Hanley and Lippman-Hand 1983)."""

SHOWN: Final = 3
"""Model versions that are named as answering instead."""


def days_left(retires: date, now: datetime) -> int:
    """Days from the UTC date of `now` (aware) to that on which a model is turned off; negative once it is past.

    >>> days_left(date(2027, 1, 14), datetime(2026, 12, 15, 23, 59, tzinfo=UTC))
    30
    """
    return (retires - now.astimezone(UTC).date()).days


@dataclass(frozen=True, slots=True)
class ModelRetirement:
    """Warns of model versions that answer and are turned off within days; critical from the last warning on.

    `retirements` are (model version, the day on which it is turned off), `warn_days` how many days ahead to warn: at
    least one, falling, none under 1. The value of a finding is the days that are left, its threshold the nearest
    warning that is due. A version is well once its day is far, or no prediction of the newest time is its own: that is
    the shortest window in which it would be seen if it went on.
    """

    retirements: tuple[tuple[str, date], ...]
    warn_days: tuple[int, ...]
    name: str = "model_retirement"

    def run(self, measured: Measured) -> Sequence[Finding[Clauses]]:
        """A finding for each of the versions that ever answered."""
        windows = measured.windows
        known = {run.model_version for run in windows.versions}
        due = [(version, day) for version, day in self.retirements if version in known]
        if not due:
            return ()
        spans = [_Answered.of(window) for window in (windows.current, *windows.recent)]
        return [self._judge(version, days_left(day, windows.now), day, spans) for version, day in due]

    def _judge(self, version: str, left: int, day: date, spans: Sequence["_Answered"]) -> Finding[Clauses]:
        whole = spans[0]
        if not whole.total:
            return self._unknown(version, whole.window)
        newest = min((each for each in spans if each.tells(version, whole)), key=lambda each: each.window.length)
        n = newest.by_model[version]
        past = next((mark for mark in reversed(self.warn_days) if left <= mark), None) if n else None
        verdict = Verdict.OK
        if past is not None:
            verdict = Verdict.CRITICAL if past == self.warn_days[-1] else Verdict.WARNING
        return Finding(
            check=self.name,
            subject=version,
            verdict=verdict,
            cause=Cause.WITHIN_LIMITS if past is None else Cause.DUE,
            message=(_dated(version, day, left) if n else _replaced(version, day, newest.by_model),),
            window_start=newest.window.start,
            window_end=newest.window.end,
            value=float(left),
            threshold=float(self.warn_days[0] if past is None else past),
            n=n,
            clear=past is None,
            per_day=None if past is None else per_day(newest.share(version), whole.total, whole.window),
        )

    def _unknown(self, version: str, window: Window) -> Finding[Clauses]:
        said = (clause(FindingClause.NOBODY_ANSWERS),)
        return Finding(self.name, version, Verdict.NOT_ENOUGH_DATA, Cause.TOO_FEW, said, window.start, window.end)


@dataclass(frozen=True, slots=True)
class _Answered:
    """How many predictions of a window each model version gave."""

    window: Window
    by_model: Counter[str]

    @classmethod
    def of(cls, window: Window) -> "_Answered":
        """Count them."""
        cells, counts = Outcomes.of(window.outcomes), Counter[str]()
        by_pair = np.bincount(cells.version, cells.n, minlength=len(cells.versions))
        for (model, _), n in zip(cells.versions, by_pair.tolist(), strict=True):
            counts[model] += int(n)
        return cls(window, +counts)

    @property
    def total(self) -> int:
        """Of all versions."""
        return self.by_model.total()

    def share(self, version: str) -> Proportion:
        """The part that a version gave; there has to be a prediction."""
        return Proportion(self.by_model[version] / self.total, self.total, self.total)

    def tells(self, version: str, whole: "_Answered") -> bool:
        """Whether a version that goes on as in the `whole` window would be seen in this one."""
        return self is whole or self.total * whole.share(version).value >= SEEN


def _dated(version: str, day: date, left: int) -> Clause:
    on = day.isoformat()
    if left > 0:
        return clause(FindingClause.TURNED_OFF_ON, model=version, day=on, left=left)
    if left == 0:
        return clause(FindingClause.TURNED_OFF_TODAY, model=version, day=on)
    return clause(FindingClause.TURNED_OFF_BEFORE, model=version, day=on, ago=-left)


def _replaced(version: str, day: date, counts: Mapping[str, int]) -> Clause:
    others = sorted(filter(None, counts), key=lambda model: (-counts[model], model))
    instead = (clause(FindingClause.ANSWERS_INSTEAD, names=tuple(others[:SHOWN])),) if others else ()
    return clause(FindingClause.ANSWERS_NOTHING, model=version, day=day.isoformat(), instead=instead)
