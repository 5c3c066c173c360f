"""Relevance in the advice: as a metric of a version, and as signals."""

from collections.abc import Sequence
from dataclasses import dataclass

from checks.advice.comparing.parts import Part
from checks.advice.deciding.model import Signal
from checks.advice.deciding.words import capital
from checks.counts.cells import NOT_LOGGED
from checks.rules.finding import Cause, Finding, Verdict
from checks.rules.relevance import EVERYTHING, LOW_SHARE, MIN_SCORES
from checks.statistics.intervals import Proportion

FAMILY = "relevance"
NAME = "relevance_only"

OTHER_QUALITY = ("accuracy", "class_recall", "class_precision", "accuracy_paradox")
"""Checks that tell whether answers are of the right class."""


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
    def noun(self) -> str:
        """What a person calls it."""
        of = f" of answers predicted {self.class_name}" if self.class_name else ""
        return f"relevance{of}" if self.source == NOT_LOGGED else f"relevance{of} by {self.source}"

    def of(self, part: Part) -> Proportion | None:
        """The mean, as well known as its hours and days agree."""
        scores = part.scores.where(source=self.source)
        scores = scores.where(predicted=self.class_name) if self.class_name else scores
        return scores.mean(scores.day_effect)


def relevance_signals(findings: Sequence[Finding]) -> tuple[Signal, ...]:
    """Whether relevance fell while the classes stay right, and whether it may be the judge that changed.

    There is none where answers are not scored.
    """
    judged = [finding for finding in findings if finding.check == "relevance"]
    if not any(finding.cause is not Cause.NOT_LOGGED for finding in judged):
        return ()
    alarming = [finding for finding in judged if finding.verdict.is_alarm]
    return _only(alarming, findings), _judge_changed(alarming, judged)


def _only(alarming: Sequence[Finding], findings: Sequence[Finding]) -> Signal:
    if not alarming:
        return Signal(NAME, FAMILY, holds=False, sentence="Relevance does not alarm.")
    wrong = sorted({f.check for f in findings if f.check in OTHER_QUALITY and f.verdict.is_alarm})
    worst = min(alarming, key=lambda finding: (finding.verdict is not Verdict.CRITICAL, -finding.n, finding.key))
    numbers = (("value", worst.value or 0.0), ("goal", worst.threshold or 0.0), ("n", float(worst.n)))
    said = capital(worst.message)
    if wrong:
        sentence = f"{said}; classes go wrong too ({', '.join(wrong)}), so relevance is no matter of its own."
        return Signal(NAME, FAMILY, holds=False, sentence=sentence, numbers=numbers)
    sentence = f"{said}. No class alarms: what the answers say is worth a look, not which class they choose."
    return Signal(NAME, FAMILY, holds=True, sentence=sentence, numbers=numbers)


def _judge_changed(alarming: Sequence[Finding], judged: Sequence[Finding]) -> Signal:
    """Whether all that alarms is a limit on scores of a judge who has given none before."""
    name = "judge_changed"
    if alarming and all(finding.reference is None for finding in alarming):
        sentence = (
            f"{capital(alarming[0].message)}, but the reference has no scores of this source: a new judge may be "
            "stricter, so have some earlier answers scored by it before the chatbot is changed."
        )
        return Signal(name, "evidence", holds=True, sentence=sentence)
    new = [finding for finding in judged if finding.cause is Cause.NOT_COMPARABLE]
    sentence = f"{capital(new[0].message)}." if new else "Scores are compared with earlier ones of the same source."
    return Signal(name, "evidence", holds=False, sentence=sentence)
