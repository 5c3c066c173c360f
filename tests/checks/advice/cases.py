"""Chatbots and alarms that the tests of advice share."""

from checks.advice.deciding.policy import AdvicePolicy
from checks.rules.finding import Cause, Finding, Verdict
from tests.support.windows import EVEN, SUPPORT, Spell, alarm, answers

POLICY = AdvicePolicy(floors=(("urgent", 0.80, None),))
PLAIN = AdvicePolicy()

GOOD = answers(recall={"urgent": 0.92})
MISSES_URGENT = answers(recall={"urgent": 0.13}, taken_for={"urgent": "other"})
HALF = answers(recall={"urgent": 0.55})

URGENT = alarm()
PARADOX = alarm("accuracy_paradox", threshold=0.50)
SLOW = alarm("latency", "p95", value=2900.0, threshold=2000.0, n=3000, cause=Cause.ABOVE_LIMIT, reference=1400.0)


def low_accuracy(value: float = 0.75) -> Finding:
    """Accuracy under what is good, and no worse than before."""
    warning = Verdict.WARNING
    return alarm("accuracy", "all", value=value, threshold=0.85, n=1500, verdict=warning, reference=value)


def even(recall: float) -> dict[tuple[str, str | None], float]:
    """A day of a bot without a rare class, whose errors are spread."""
    return answers(EVEN, recall=recall)


def prompts(*accuracies: float, days: int = 10) -> tuple[Spell, ...]:
    """Prompts p1, p2, ... that followed each other, hundreds of labels a class each."""
    return tuple(Spell(days, even(accuracy), f"p{number}") for number, accuracy in enumerate(accuracies, 1))


def rare_urgent(recall: float, a_day: float) -> dict[tuple[str, str | None], float]:
    """A day on which only so many urgent requests were labelled."""
    return answers({**SUPPORT, "urgent": a_day}, recall={"urgent": recall})
