"""What an advice promises, frozen before anyone acts on it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from math import ceil

from checks.advice.comparing.failing import alarms, failing
from checks.advice.comparing.metrics import Accuracy, Metric, Precision, Recall, Within
from checks.advice.comparing.parts import Part
from checks.advice.deciding.model import Action, Advice
from checks.advice.deciding.policy import AdvicePolicy, Drops
from checks.advice.deciding.weights import ANSWERS_AS_ONE
from checks.counts.cells import OutcomeCell
from checks.counts.windows import Window, Windows
from checks.outcome.traffic import Act, BucketTraffic, Pair, answering, last_act, of_versions
from checks.outcome.unseen import labelled
from checks.outcome.weights import GAP, MOST_NEEDED, NEW_SHARE, POWER_TAILS
from checks.rules.finding import Finding
from checks.statistics import special

UNTRIED = frozenset(
    {
        Action.NONE,
        Action.COLLECT_LABELS,
        Action.FIX_LABELS,
        Action.FIX_LOG,
        Action.CHECK_TRAFFIC,
        Action.REPLACE_MODEL,
        Action.REPORT_FAULT,
        Action.FIX_ALERTING,
    }
)
"""Actions that mend no metric of the bot: none can say whether they worked. They change what is known of the bot, not
the bot; and a model is replaced because of a date, which has worked when the old one answers nothing any more."""

_BACK = frozenset({Action.ROLLBACK_PROMPT, Action.ROLLBACK_MODEL, Action.ROLLBACK_RELEASE})
"""Actions that bring a version back; the others bring a new one."""

OF_VERSIONS = _BACK | {Action.REVISE_PROMPT, Action.FINE_TUNE}
"""Actions that show in the log as other versions; the others are done when somebody says so."""


_MODEL, _PROMPT = slice(0, 1), slice(1, 2)
_PART = {
    Action.ROLLBACK_MODEL: _MODEL,
    Action.FINE_TUNE: _MODEL,
    Action.ROLLBACK_PROMPT: _PROMPT,
    Action.REVISE_PROMPT: _PROMPT,
    Action.ROLLBACK_RELEASE: slice(0, 2),
}
"""Which part of a pair of versions an action changes: the model, the prompt, or both."""


class Kind(StrEnum):
    """What is measured, as in the metric history."""

    ACCURACY = "accuracy"
    RECALL = "recall"
    PRECISION = "precision"
    LATENCY = "latency"  # the share of answers within `limit_ms`


@dataclass(frozen=True, slots=True)
class Criterion:
    """When an action has worked; every share in [0, 1].

    `value` and `n` are the metric as the alarm saw it. That window was chosen because it looked bad, so part of what
    follows is regression to the mean, and it is never the "before" of a comparison: `seen` are its labelled counts, so
    that labels which came to it later can be told apart. `goal` is where the metric has to come back to, `min_effect`
    the rise that counts, `needed` the labelled rows (answers, for latency) after the act from which it is judged.
    `answering` are the pairs of versions that answered, with their shares of the traffic, `known` all that ever did.
    `mix` is for accuracy, `limit_ms` and `quantile` for latency. `acted_from` is when somebody had begun to act before
    the advice was told, None where nobody had; `answering` is then who answered before that. `accuracy_drop` is the
    fall of accuracy that is not tolerated as the price.
    """

    action: Action
    kind: Kind
    class_name: str
    frozen_at: datetime
    window_start: datetime
    window_end: datetime
    value: float
    n: int
    goal: float
    min_effect: float
    needed: int
    answering: tuple[tuple[Pair, float], ...]
    known: tuple[Pair, ...] = ()
    seen: tuple[OutcomeCell, ...] = ()
    mix: tuple[tuple[str, float], ...] = ()
    limit_ms: float = 0.0
    quantile: float = 0.0
    acted_from: datetime | None = None
    accuracy_drop: float = Drops().accuracy

    @property
    def followed_from(self) -> datetime:
        """From when on the traffic may show that somebody acted on it."""
        return self.frozen_at if self.acted_from is None else self.acted_from

    def is_met_by(self, act: Act) -> bool:
        """Whether what was done is what was advised: a prompt is no fine-tune, and a new one is no rollback."""
        if self.action not in OF_VERSIONS:
            return True
        part = _PART[self.action]
        # a canary that took over is no version that answered before it did
        stayed = [pair for pair, _ in self.answering if pair not in act.came]
        before, ever = ({pair[part] for pair in pairs} for pairs in (stayed, self.known))
        came = {pair[part] for pair in act.came} - before
        if self.action in _BACK:
            left = {pair[part] for pair, _ in self.answering if pair not in act.went}
            withdrawn = {pair[part] for pair in act.went} - left
            return bool(came & ever) or (not act.came and bool(withdrawn))
        return bool(came - ever)

    @property
    def metric(self) -> Metric:
        """What is measured before and after."""
        match self.kind:
            case Kind.RECALL:
                return Recall(self.class_name)
            case Kind.PRECISION:
                return Precision(self.class_name)
            case Kind.LATENCY:
                return Within(self.limit_ms, self.quantile)
            case Kind.ACCURACY:
                return Accuracy(self.mix)


def freeze(
    advice: Advice,
    findings: Sequence[Finding],
    windows: Windows,
    policy: AdvicePolicy,
    traffic: Sequence[BucketTraffic],
) -> Criterion | None:
    """The criterion of an advice on `findings` that alarm; None where nothing can show whether it works.

    It is that of the worst failing metric. `findings` are those that the advice was given on, `traffic` (in order) that
    of the last days: it says which versions answer now; earlier ones may have been well.
    """
    if advice.action in UNTRIED or advice.abstained:
        return None
    answered, acted_from = _as_told(advice.action, traffic, windows)
    known = tuple(sorted(_known(windows, answered)))
    if not _is_possible(advice.action, {*known, *answered}):
        return None
    failed = next(iter(failing(alarms(findings), windows, policy)), None)
    if failed is None:
        return None
    window = _alarming(failed.finding, windows)
    seen = of_versions(Part(window.outcomes, window.latency), answered)
    now = failed.metric.of(seen)
    if now is None or now.value >= failed.goal:
        return None
    effect = max(failed.metric.material, GAP * (failed.goal - now.value))
    kind, class_name = _kind(failed.metric)
    is_latency = kind is Kind.LATENCY
    return Criterion(
        action=advice.action,
        kind=kind,
        class_name=class_name,
        frozen_at=windows.now,
        window_start=window.start,
        window_end=window.end,
        value=now.value,
        n=now.n,
        goal=failed.goal,
        min_effect=effect,
        needed=max(rows_needed(now.value, effect) * (ANSWERS_AS_ONE if is_latency else 1), failed.metric.needed),
        answering=tuple(sorted(answered.items())),
        known=known,
        seen=() if is_latency else labelled(seen.outcomes),
        mix=failed.metric.mix if isinstance(failed.metric, Accuracy) else (),
        limit_ms=failed.metric.limit_ms if isinstance(failed.metric, Within) else 0.0,
        quantile=failed.metric.q if isinstance(failed.metric, Within) else 0.0,
        acted_from=acted_from,
        accuracy_drop=policy.max_drop.accuracy,
    )


def _as_told(
    action: Action, traffic: Sequence[BucketTraffic], windows: Windows
) -> tuple[dict[Pair, float], datetime | None]:
    """Who answered when nobody had acted yet, and since when somebody has: None where nobody has.

    Whoever rolls back before the alarm is sure has done what is then advised.
    """
    now = answering(traffic)
    newest = last_act(traffic, windows.bucket) if action in _BACK else None
    if newest is None:
        return now, None
    act, before = newest
    main = [pair for pair, share in before.items() if share >= NEW_SHARE]
    since = {(run.model_version, run.prompt_version): run.first_seen for run in windows.versions}
    is_back = all(pair in since and since[pair] < max(since.get(old, since[pair]) for old in main) for pair in act.came)
    return (before, act.at) if main and act.came and is_back else (now, None)


def _is_possible(action: Action, pairs: Collection[Pair]) -> bool:
    """Whether there is a version to go back to; where the one advised answers already, there is none any more."""
    return action not in _BACK or len({pair[_PART[action]] for pair in pairs}) > 1


def _known(windows: Windows, answering: Mapping[Pair, float]) -> Iterator[Pair]:
    """The versions that ever answered, without those that are only being tried: newer than all that answer now."""
    main = [pair for pair, share in answering.items() if share >= NEW_SHARE]
    runs = {(run.model_version, run.prompt_version): run.first_seen for run in windows.versions}
    newest = max((runs[pair] for pair in main if pair in runs), default=windows.now)
    return (pair for pair, first in runs.items() if pair in main or first <= newest)


def rows_needed(share: float, effect: float) -> int:
    """Rows in each of two samples that show a rise of `effect` > 0 from `share` with 80% power at 95%, two-sided.

    Source: Fleiss, Levin and Paik (2003), "Statistical methods for rates and proportions", section 4.2, without the
    continuity correction: (z1 + z2)² (p1 q1 + p2 q2) / effect².

    >>> rows_needed(0.60, 0.16), rows_needed(0.02, 0.39)
    (130, 14)
    """
    after = min(share + effect, 1.0)
    z = sum(-special.ndtri(tail) for tail in POWER_TAILS)
    return min(ceil(z**2 * (share * (1 - share) + after * (1 - after)) / effect**2), MOST_NEEDED)


def _alarming(finding: Finding, windows: Windows) -> Window:
    """The window that the finding is of, with its counts; the current one where it is of none of those that end now."""
    spans = (windows.current, *windows.recent)
    return next((window for window in spans if window.start == finding.window_start), windows.current)


def _kind(metric: Metric) -> tuple[Kind, str]:
    match metric:
        case Recall(class_name=name):
            return Kind.RECALL, name
        case Precision(class_name=name):
            return Kind.PRECISION, name
        case Within():
            return Kind.LATENCY, ""
    return Kind.ACCURACY, ""
