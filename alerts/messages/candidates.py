"""What came of trying a candidate, in words."""

from collections.abc import Iterable, Sequence
from typing import Final

from alerts.messages.figures import percent, signed_points, support
from checks.candidates.canary import Canary
from checks.candidates.differences import Difference, Measure
from checks.candidates.needed import Needed
from checks.candidates.verdict import MATTERS, Decision, Reason, Verdict

DECIDED: Final = {
    Decision.SHIP: "ship",
    Decision.KEEP: "do not ship",
    Decision.MORE_LABELS: "not settled",
}
"""The verdict, in a word or two."""


def named(measure: Measure, name: str) -> str:
    """What is compared, within a sentence.

    >>> named(Measure.RECALL, "urgent"), named(Measure.ACCURACY, "")
    ('recall of urgent', 'accuracy')
    """
    return f"{measure.value} of {name}" if name else measure.value


def difference_in_words(each: Difference) -> str:
    """A change of production with its interval.

    >>> difference_in_words(Difference(Measure.RECALL, "urgent", 0.07, 0.81, 0.6, 0.85, 60))
    'recall of urgent 7% → 81%, +74.0 points (+60.0 to +85.0, n=60 messages)'
    """
    bounds = f"{signed_points(each.low)} to {signed_points(each.high)}"
    return (
        f"{named(each.measure, each.name)} {percent(each.now)} → {percent(each.candidate)}, "
        f"{signed_points(each.change)} points ({bounds}, {support(each.n, 'messages')})"
    )


def verdict_in_words(verdict: Verdict) -> str:
    """The verdict with what it rests on, in one sentence or two."""
    said = f"{DECIDED[verdict.decision]}: "
    listed = _listed(verdict.because)
    match verdict.reason:
        case Reason.BETTER:
            return f"{said}better in production, {listed}; nothing that is guarded gets worse by what matters."
        case Reason.NO_WORSE:
            return f"{said}as good in production within what is tolerated, {listed}."
        case Reason.WORSE:
            return f"{said}worse in production, {listed}."
        case Reason.NO_BETTER:
            least = ", ".join(sorted({signed_points(MATTERS[each.measure]) for each in verdict.because}))
            return f"{said}no better by what matters ({least} points), {listed}."
        case Reason.UNSETTLED:
            open_ = listed or "no message tells of what it is for"
            return f"{said}{open_}. {needed_in_words(verdict.more)}".strip()


def _listed(differences: Iterable[Difference]) -> str:
    return "; ".join(dict.fromkeys(map(difference_in_words, differences)))


def needed_in_words(more: Sequence[Needed]) -> str:
    """What would settle it.

    >>> needed_in_words([Needed("urgent", 80, 20)])
    '60 more labels of urgent (and 20 that are there, by a larger --size) would settle it.'
    """
    return " ".join(dict.fromkeys(_needed(each) for each in more))


def _needed(each: Needed) -> str:
    if each.labels is None:
        return "The candidate is too like what answers now for labels to tell."
    of = f" of {each.name}" if each.name else ""
    if not each.to_label:
        return f"{each.labels:,} more messages{of} would settle it; they are labelled: draw again with a larger --size."
    there = f" (and {each.there:,} that are there, by a larger --size)" if each.there else ""
    return f"{each.to_label:,} more labels{of}{there} would settle it."


def canary_in_words(plan: Canary | None) -> str:
    """What would confirm it in production; "" where nothing would in reasonable time.

    >>> canary_in_words(Canary(0.1, 3.2, 40, "urgent"))
    'A canary of 10% of the traffic for 4 days (40 labels of urgent) would confirm it.'
    """
    if plan is None:
        return ""
    days = max(-int(-plan.days // 1), 1)
    of = f" of {plan.name}" if plan.name else ""
    span = "a day" if days == 1 else f"{days} days"
    return f"A canary of {percent(plan.share)} of the traffic for {span} ({plan.labels:,} labels{of}) would confirm it."


def tried_in_words(candidate: str, verdict: str) -> str:
    """A candidate and its verdict, as the thread and `explain` have it."""
    return f"{candidate}: {verdict}"


def failures_in_words(right: int, n: int) -> str:
    """What it did on the failures, with the warning that nothing is to be decided by it."""
    if not n:
        return ""
    return (
        f"Of the {n:,} failures alone {right:,} are right now. Decide nothing by that: what was chosen for having gone "
        "wrong gets better whoever answers it next."
    )


def number_in_words(name: str, now: float, candidate: float, low: float, high: float, n: int) -> str:
    """The change of a mean.

    >>> number_in_words("latency_ms", 900, 700, -250, -150, 80)
    'latency 900 → 700 ms, -200 (-250 to -150, n=80 messages)'
    """
    unit = " ms" if name == "latency_ms" else ""
    what = {"latency_ms": "latency", "prompt_tokens": "prompt tokens", "completion_tokens": "completion tokens"}[name]
    bounds = f"{low:+,.0f} to {high:+,.0f}"
    return f"{what} {now:,.0f} → {candidate:,.0f}{unit}, {candidate - now:+,.0f} ({bounds}, {support(n, 'messages')})"


def level_in_words(tail: float, candidates: int) -> str:
    """At which level the intervals are.

    >>> level_in_words(0.0125, 2)
    'Intervals are at 97.5%: 95% shared out over 2 candidates on this sample.'
    """
    level = f"{100 * (1 - 2 * tail):.2f}".rstrip("0").rstrip(".")
    shared = f": 95% shared out over {candidates} candidates on this sample" if candidates > 1 else ""
    return f"Intervals are at {level}%{shared}."
