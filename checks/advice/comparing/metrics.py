"""The metrics that advice compares between versions, all as shares of which more is better."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from checks.advice.comparing.parts import Part
from checks.advice.deciding.signal_clause import SignalClause
from checks.advice.deciding.weights import (
    ANSWERS_AS_ONE,
    MIN_ANSWERS,
    MIN_MIX,
    MIN_REVISION_LABELS,
    MIN_SUPPORT,
)
from checks.clauses.clause import Clause, Rated, clause
from checks.counts.cells import OutcomeCell
from checks.estimates import weighted
from checks.estimates.quantiles import Histogram
from checks.estimates.standardised import at_mix
from checks.estimates.stratified import Stratified
from checks.statistics.intervals import Proportion


class Metric(Protocol):
    """A share in [0, 1]; `material` is the fall that matters, `needed` the rows under which it is not compared."""

    @property
    def noun(self) -> Clause:
        """What the metric is called."""

    @property
    def unit(self) -> str:
        """What it is counted in: "labels"."""

    @property
    def material(self) -> float:
        """Fall under which a change is no step."""

    @property
    def needed(self) -> int:
        """Rows under which it is not compared."""

    def of(self, part: Part) -> Proportion | None:
        """The share; None where the part cannot tell."""


@lru_cache(maxsize=32)  # one advice measures a version for several metrics; small, as K x K floats are kept for each
def stratified(outcomes: Sequence[OutcomeCell]) -> Stratified:
    """The outcomes, weighted up to all predictions."""
    return weighted.stratified(outcomes)


@dataclass(frozen=True, slots=True)
class Recall:
    """Of the messages truly of a class, the share recognised. It does not depend on how common each class is."""

    class_name: str
    unit: str = "labels"
    material: float = 0.0
    needed: int = MIN_SUPPORT

    @property
    def noun(self) -> Clause:
        """What the metric is called."""
        return clause(SignalClause.RECALL, name=self.class_name)

    def of(self, part: Part) -> Proportion | None:
        """Post-stratified recall."""
        return stratified(part.outcomes).recall(self.class_name)


@dataclass(frozen=True, slots=True)
class Precision:
    """Of the messages predicted as a class, the share truly of it. It falls when the class becomes rarer."""

    class_name: str
    unit: str = "labels"
    material: float = 0.0
    needed: int = MIN_SUPPORT

    @property
    def noun(self) -> Clause:
        """What the metric is called."""
        return clause(SignalClause.PRECISION, name=self.class_name)

    def of(self, part: Part) -> Proportion | None:
        """Post-stratified precision."""
        return stratified(part.outcomes).precision(self.class_name)


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Share of right answers at one mix of true classes, (class, share): direct standardisation.

    A version that met harder classes is not a worse version. The value is the mean of the recalls at that mix, over the
    classes whose recall is known, as the check of accuracy has it (see `checks.estimates.standardised`).
    """

    mix: tuple[tuple[str, float], ...]
    unit: str = "labels"
    material: float = 0.0
    needed: int = MIN_REVISION_LABELS

    @property
    def noun(self) -> Clause:
        """What the metric is called."""
        return clause(SignalClause.ACCURACY)

    def of(self, part: Part) -> Proportion | None:
        """Accuracy at the mix; None where recall is unknown for much of it."""
        counts = stratified(part.outcomes)
        recalls = [(share, recall) for name, share in self.mix if (recall := counts.recall(name)) is not None]
        total = sum(share for share, _ in recalls)
        if not total or total < MIN_MIX * sum(share for _, share in self.mix):
            return None
        return at_mix(recalls, counts.confusion.n, counts.confusion.n_labelled)


@dataclass(frozen=True, slots=True)
class Within:
    """Share of answers within `limit_ms`, the latency that a share `q` of answers used to keep."""

    limit_ms: float
    q: float
    unit: str = "answers"
    needed: int = MIN_ANSWERS

    @property
    def noun(self) -> Clause:
        """What the metric is called."""
        return clause(SignalClause.WITHIN, limit=self.limit_ms)

    @property
    def material(self) -> float:
        """Slow answers must at least double."""
        return 1 - self.q

    def of(self, part: Part) -> Proportion | None:
        """The share, known as well as a tenth of the answers would know it: slow ones come in bursts."""
        answers = Histogram.of(part.latency)
        within = 1 - answers.share_over(self.limit_ms)
        return Proportion(min(max(within, 0.0), 1.0), answers.n / ANSWERS_AS_ONE, answers.n) if answers.n else None


def rated(metric: Metric, share: Proportion) -> Rated:
    """A share of a metric, with what it is counted in."""
    return Rated(share, metric.unit)


def mix_of(outcomes: Sequence[OutcomeCell]) -> tuple[tuple[str, float], ...]:
    """Estimated share of each true class."""
    counts = stratified(outcomes)
    shares = ((name, counts.prevalence(name)) for name in counts.confusion.real_classes)
    return tuple((name, share) for name, share in shares if share > 0)
