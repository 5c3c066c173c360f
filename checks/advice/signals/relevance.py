"""Relevance as signals: it fell while the classes stay right, or the judge changed."""

from collections.abc import Sequence

from checks.advice.deciding.model import Signal
from checks.advice.deciding.words import capital
from checks.rules.finding import Cause, Finding, Verdict

FAMILY = "relevance"
NAME = "relevance_only"

OTHER_QUALITY = ("accuracy", "class_recall", "class_precision", "accuracy_paradox")
"""Checks that tell whether answers are of the right class."""


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
