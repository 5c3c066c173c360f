"""Compares a candidate's answers with what answers now, and decides."""

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from checks.candidates.canary import Canary, canary
from checks.candidates.counts import Answered, Part
from checks.candidates.differences import Measure, normal_quantile
from checks.candidates.verdict import MATTERS, Decision, Question, Verdict, judge, on_failures_alone
from monitor.actions.candidates.answers import Answer, AnswersError, Problem, Read
from monitor.actions.candidates.sample import Item, Role, Sample

SHOWN: Final = 5  # guards that broke, by example
MOST_BAD: Final = 0.05
"""Share of the messages without a usable answer, above which nothing is said: what is missing is seldom a fair part."""


@dataclass(frozen=True, slots=True)
class Change:
    """The mean of a number in production, now and with the candidate, and bounds of the change, by `n` messages."""

    name: str
    now: float
    candidate: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class Judgement:
    """All that is said of a candidate. `failures` are (right now, of so many): not to be decided by.

    `broken` are messages that were right and no longer are, those most like failures first; `n_broken` counts them all.
    """

    candidate: str
    verdict: Verdict
    question: Question
    problems: Mapping[Problem, int]
    strangers: int
    respelled: int
    tried: int
    failures: tuple[int, int]
    broken: tuple[tuple[Item, str], ...]
    n_broken: int
    changes: tuple[Change, ...]
    canary: Canary | None


def compare(sample: Sample, read: Read, candidate: str, tried: int, most_bad: float = MOST_BAD) -> Judgement:
    """Judge the answers; `tried` candidates were tried on the sample, this one among them.

    Raises AnswersError where more than `most_bad` of the messages have no usable answer.
    """
    bad = len(read.problems)
    if bad > most_bad * len(sample.items):
        counts = ", ".join(f"{read.count(problem)} {problem.value}" for problem in Problem if read.count(problem))
        example = next(iter(read.problems))
        said = read.answers[example].error or read.answers[example].said if example in read.answers else None
        shown = f"; {example}: {(said or 'no answer')[:80]!r}"
        raise AnswersError(
            f"{bad} of {len(sample.items)} messages have no usable answer ({counts}), and over {most_bad:.0%} nothing "
            f"is said{shown}; the classes are {', '.join(sample.classes)}"
        )
    answered = {item.id: Answered(item.label, item.now, read.classes[item.id]) for item in sample.items}
    question = Question(sample.aims, sample.critical, max(tried, sample.candidates), frozenset(sample.precise))
    verdict = judge(_parts(sample, answered), question)
    failures = [answered[item.id] for item in sample.items if Role.FAILURE in item.roles]
    broken = [item for item in sample.items if answered[item.id].was_right and not answered[item.id].is_right]
    broken.sort(key=lambda item: (item.label not in sample.critical, Role.GUARD not in item.roles, item.id))
    return Judgement(
        candidate=candidate,
        verdict=verdict,
        question=question,
        problems={problem: read.count(problem) for problem in Problem if read.count(problem)},
        strangers=read.strangers,
        respelled=read.respelled,
        tried=tried,
        failures=on_failures_alone(failures),
        broken=tuple((item, _said(read, item)) for item in broken[:SHOWN]),
        n_broken=len(broken),
        changes=tuple(_changes(sample, read, question.tail)),
        canary=_canary(sample, verdict),
    )


def _said(read: Read, item: Item) -> str:
    answer = read.answers.get(item.id)
    if item.id in read.problems:
        return read.problems[item.id].value if answer is None or answer.said is None else answer.said
    return read.classes[item.id]


def _parts(sample: Sample, answered: Mapping[str, Answered]) -> list[Part]:
    return [
        Part(
            each.stratum,
            each.there,
            each.mass,
            each.squares,
            tuple(Counter(answered[key] for key in each.keys).items()),
        )
        for each in sample.parts
    ]


def _canary(sample: Sample, verdict: Verdict) -> Canary | None:
    if verdict.decision is Decision.KEEP:
        return None
    confirmed, tolerated = sample.aims, 0.0
    if not sample.aims:  # a forced move: that accuracy does not suffer
        confirmed, tolerated = ((Measure.ACCURACY, ""),), MATTERS[Measure.ACCURACY]
    plans = [
        plan
        for each in verdict.differences
        if (each.measure, each.name) in confirmed
        and (plan := canary(each, sample.labels_a_day.get(each.name, 0.0), sample.delay_days, tolerated)) is not None
    ]
    return min(plans, key=lambda plan: plan.days, default=None)


_NUMBERS: Final[dict[str, tuple[Callable[[Item], float | None], Callable[[Answer], float | None]]]] = {
    "latency_ms": (lambda item: item.latency_ms, lambda answer: answer.latency_ms),
    "prompt_tokens": (lambda item: item.prompt_tokens, lambda answer: answer.prompt_tokens),
    "completion_tokens": (lambda item: item.completion_tokens, lambda answer: answer.completion_tokens),
}


def _changes(sample: Sample, read: Read, tail: float) -> Sequence[Change]:
    """Latency and tokens, weighted: of messages for which both are known."""
    found = []
    for name, (now, new) in _NUMBERS.items():
        pairs = [
            (item.weight, before, after)
            for item in sample.items
            if item.weight
            and (before := now(item)) is not None
            and item.id in read.answers
            and (after := new(read.answers[item.id])) is not None
        ]
        if len(pairs) > 1:
            found.append(_change(name, pairs, tail))
    return found


def _change(name: str, pairs: Sequence[tuple[float, float, float]], tail: float) -> Change:
    """Weighted means and the paired change, with the variance of a ratio (Hájek) and a normal interval."""
    total = sum(weight for weight, _, _ in pairs)
    before = sum(weight * b for weight, b, _ in pairs) / total
    after = sum(weight * a for weight, _, a in pairs) / total
    mean = after - before
    n = len(pairs)
    spread = sum((weight * (a - b - mean)) ** 2 for weight, b, a in pairs) * n / (n - 1)
    reach = normal_quantile(1 - tail) * math.sqrt(spread) / total
    return Change(name, before, after, mean - reach, mean + reach, n)
