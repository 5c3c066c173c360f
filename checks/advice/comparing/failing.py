"""Failing metrics of an incident, as metrics that can be measured on a version."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from checks.advice.comparing.metrics import Accuracy, Metric, Precision, Recall, Within, mix_of
from checks.advice.comparing.relevance import Relevance
from checks.advice.deciding.policy import AdvicePolicy
from checks.advice.deciding.weights import MAX_METRICS, MIN_ANSWERS, OF_CLASS_DROP
from checks.counts.windows import Windows
from checks.estimates.quantiles import Histogram
from checks.rules.family import Family
from checks.rules.finding import Cause, Finding, Verdict
from checks.rules.registry import family_of

QUANTILES = {"p50": 0.50, "p95": 0.95, "p99": 0.99}


class Subject(Enum):
    """What the alarms are about; one incident has one."""

    QUALITY = "quality"
    LATENCY = "latency"
    DATA = "data"


@dataclass(frozen=True, slots=True)
class Failing:
    """A metric that alarms: `goal` in [0, 1] is what it has to come back to."""

    metric: Metric
    goal: float
    finding: Finding


def alarms(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings that alarm, worst first, in an order that does not depend on how they came."""
    return tuple(sorted((finding for finding in findings if finding.verdict.is_alarm), key=_badness))


def subject_of(alarming: Sequence[Finding]) -> Subject:
    """Quality before latency before data, where findings of several are mixed."""
    families = {family_of(finding.check) for finding in alarming}
    if families - {Family.LATENCY, Family.DATA}:
        return Subject.QUALITY
    return Subject.LATENCY if Family.LATENCY in families else Subject.DATA


def failing(alarming: Sequence[Finding], windows: Windows, policy: AdvicePolicy) -> tuple[Failing, ...]:
    """The failing metrics, worst first, each once and no more than MAX_METRICS."""
    found: dict[Metric, Failing] = {}
    for finding in alarming:
        metric = _metric(finding, windows, policy)
        if metric is not None and metric not in found:
            found[metric] = Failing(metric, _goal(metric, finding, policy), finding)
    return tuple(found.values())[:MAX_METRICS]


def _badness(finding: Finding) -> tuple[bool, float, tuple[str, str, str], str]:
    goal = finding.threshold if finding.threshold is not None else finding.reference
    shortfall = abs(finding.value - goal) / max(abs(goal), 1e-9) if finding.value is not None and goal else 0.0
    return finding.verdict is not Verdict.CRITICAL, -shortfall, finding.key, repr(finding)


def _metric(finding: Finding, windows: Windows, policy: AdvicePolicy) -> Metric | None:
    tolerated = policy.max_drop
    match finding.check:
        case "accuracy":
            return Accuracy(mix_of(windows.current.outcomes), material=tolerated.accuracy)
        case "class_recall" | "accuracy_paradox":
            return Recall(finding.subject, material=OF_CLASS_DROP * tolerated.recall)
        case "class_precision":
            return Precision(finding.subject, material=OF_CLASS_DROP * tolerated.precision)
        case "relevance":
            return Relevance.failing(finding, tolerated.relevance)
        case "latency" if finding.subject in QUANTILES:
            return _within(QUANTILES[finding.subject], windows)
    return None


def _within(q: float, windows: Windows) -> Within | None:
    """Latency against what the reference kept; without one, against the earliest version that has enough answers."""
    for cells in (windows.reference.latency, *(run.latency for run in windows.versions)):
        answers = Histogram.of(cells)
        if answers.n >= MIN_ANSWERS:
            return Within(answers.quantile(q), q)
    return None


def _goal(metric: Metric, finding: Finding, policy: AdvicePolicy) -> float:
    if isinstance(metric, Within):
        return metric.q
    if isinstance(metric, Relevance):
        return metric.goal
    if finding.cause is Cause.BELOW_REFERENCE and finding.reference is not None:
        return finding.reference
    return max(target(metric, policy), finding.threshold or 0.0)


def target(metric: Metric, policy: AdvicePolicy) -> float:
    """What the operator wants of a metric, whatever it was before."""
    match metric:
        case Recall(class_name=name):
            floor = policy.recall_floor(name)
        case Precision(class_name=name):
            floor = policy.precision_floor(name)
        case Relevance(goal=goal):
            return goal
        case _:
            return policy.target_accuracy
    return policy.class_target if floor is None else floor
