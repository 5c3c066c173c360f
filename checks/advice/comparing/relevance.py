"""Relevance as a metric by which versions are compared."""

from dataclasses import dataclass

from checks.advice.comparing.parts import Part
from checks.advice.deciding.signal_clause import SignalClause
from checks.clauses.clause import Clause, clause
from checks.counts.cells import NOT_LOGGED
from checks.rules.finding import Finding
from checks.rules.relevance import EVERYTHING, LOW_SHARE, MIN_SCORES
from checks.statistics.intervals import Proportion


@dataclass(frozen=True, slots=True)
class Relevance:
    """Mean score of one source on a version's answers (of one predicted class, or "" for all), wanted at `goal`.

    Versions that different judges scored cannot be compared: the one without scores of the source has no value.
    """

    source: str
    class_name: str
    goal: float
    unit: str = "scores"
    material: float = 0.0
    needed: int = MIN_SCORES

    @classmethod
    def failing(cls, finding: Finding, material: float) -> "Relevance | None":
        """What a finding of the check says failed; None for the share of low scores, which the mean stands for."""
        if finding.subject == LOW_SHARE or finding.threshold is None:
            return None
        source = "" if finding.slice == "all" else finding.slice.removeprefix("relevance_source=")
        goal = finding.threshold if finding.reference is None else max(finding.reference, finding.threshold)
        return cls(source, "" if finding.subject == EVERYTHING else finding.subject, goal, material=material)

    @property
    def noun(self) -> Clause:
        """What the metric is called."""
        of = (clause(SignalClause.OF_PREDICTED, name=self.class_name),) if self.class_name else ()
        by = () if self.source == NOT_LOGGED else (clause(SignalClause.BY_SOURCE, source=self.source),)
        return clause(SignalClause.RELEVANCE, of=of, by=by)

    def of(self, part: Part) -> Proportion | None:
        """The mean, as well known as its hours and days agree."""
        scores = part.scores.where(source=self.source)
        scores = scores.where(predicted=self.class_name) if self.class_name else scores
        return scores.mean(scores.day_effect)
