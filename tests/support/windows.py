"""Windows for tests: say how the chatbot did in each spell of days, and get what the history would hold of it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import floor, log

import numpy as np

from checks.counts.cells import LatencyCell, OutcomeCell
from checks.counts.windows import BucketLatency, BucketTotal, Problem, VersionRun, Window, Windows
from checks.rules.finding import Cause, Finding, Verdict

NOW = datetime(2026, 4, 1, tzinfo=UTC)
DAY = timedelta(days=1)

Outcomes = Mapping[tuple[str, str | None], float]
"""Predictions by (predicted, label); the label is None for those without one."""

SUPPORT = {"urgent": 14, "billing": 90, "account": 90, "other": 90}
"""Labelled messages a day of each true class, of a bot whose rare class is the one that matters."""

EVEN = {"cards": 45, "loans": 45, "billing": 45, "account": 45, "other": 45}
"""The same of a bot without a rare class."""


def answers(
    labelled: Mapping[str, float] = SUPPORT,
    *,
    recall: float | Mapping[str, float] = 0.95,
    taken_for: Mapping[str, str] | None = None,
    unlabelled: float = 0.4,
) -> dict[tuple[str, str | None], float]:
    """Outcomes of one day.

    `recall` is of all classes, or of some (the others have 0.95). The misses of a class are spread evenly over the
    other classes, or all `taken_for` one. A share `unlabelled` of each predicted class has no label.
    """
    outcomes: defaultdict[tuple[str, str | None], float] = defaultdict(float)
    for label, n in labelled.items():
        right = recall if isinstance(recall, float) else recall.get(label, 0.95)
        others = [(taken_for or {}).get(label)] if label in (taken_for or {}) else [c for c in labelled if c != label]
        outcomes[label, label] += n * right
        for other in others:
            outcomes[str(other), label] += n * (1 - right) / len(others)
    for (predicted, _), n in list(outcomes.items()):
        outcomes[predicted, None] += n * unlabelled / (1 - unlabelled)
    return dict(outcomes)


def cells(outcomes: Outcomes, model: str = "m1", prompt: str = "p1") -> tuple[OutcomeCell, ...]:
    """Cells of these counts, rounded to whole predictions."""
    return tuple(
        OutcomeCell(
            predicted, label, round(n), *((0.0, 0.0) if label is None else (float(round(n)),) * 2), model, prompt
        )
        for (predicted, label), n in outcomes.items()
        if round(n)
    )


def slow(ms: float, n: int = 400, model: str = "m1", prompt: str = "p1") -> tuple[LatencyCell, ...]:
    """Latencies around a median, a twentieth of them over twice of it."""
    spread = ((0.6, 0.2), (0.8, 0.2), (1.0, 0.25), (1.3, 0.2), (1.7, 0.1), (2.2, 0.05))
    return tuple(LatencyCell(latency_bin(ms * factor), round(n * part), model, prompt) for factor, part in spread)


def latency_bin(ms: float) -> int:
    """The bin that a latency falls in."""
    return floor(log(ms) / log(1.02))


@dataclass(frozen=True)
class Spell:
    """Days on which nothing changed: `outcomes` are of one day, `ms` is the median latency (None: not logged)."""

    days: int
    outcomes: Outcomes
    prompt: str = "p1"
    model: str = "m1"
    ms: float | None = None


@dataclass
class _Day:
    outcomes: list[OutcomeCell] = field(default_factory=list)
    latency: list[LatencyCell] = field(default_factory=list)


def history(
    *spells: Spell,
    beside: Iterable[Spell] = (),
    problems: Mapping[str, int] | None = None,
    chance: np.random.Generator | None = None,
) -> Windows:
    """What the history knows at NOW of spells that followed each other, the last one ending now.

    Spells `beside` ran next to them, each ending now too. Current is 7 days, recent 3 and 1, the reference the 28 days
    before current, the lookback 60 days. A spell's fractions of a prediction add up over its days, so that its totals
    are right; with `chance`, each day's counts are Poisson draws around them instead.
    """
    days: dict[datetime, _Day] = {}
    start = NOW - sum((spell.days for spell in spells), 0) * DAY
    for spell in spells:
        _play(spell, start, days, chance)
        start += spell.days * DAY
    for spell in beside:
        _play(spell, NOW - spell.days * DAY, days, chance)
    return _cut(days, problems or {})


def alarm(  # noqa: PLR0913 - what a finding has, all with defaults
    check: str = "class_recall",
    subject: str = "urgent",
    *,
    value: float = 0.13,
    threshold: float = 0.80,
    n: int = 61,
    verdict: Verdict = Verdict.CRITICAL,
    cause: Cause = Cause.BELOW_FLOOR,
    reference: float | None = 0.92,
    slice_name: str = "all",
    provisional: bool = False,
) -> Finding:
    """A finding that alarms (unless `verdict` says otherwise)."""
    return Finding(
        check=check,
        subject=subject,
        verdict=verdict,
        cause=cause,
        message=f"{check} of {subject} is {value:g}, limit {threshold:g}",
        window_start=NOW - 7 * DAY,
        window_end=NOW,
        value=value,
        low=max(value - 0.08, 0.0),
        high=value + 0.08,
        threshold=threshold,
        reference=reference,
        n=n,
        slice=slice_name,
        provisional=provisional,
    )


def _play(spell: Spell, start: datetime, days: dict[datetime, _Day], chance: np.random.Generator | None) -> None:
    for number in range(spell.days):
        day = days.setdefault(start + number * DAY, _Day())
        day.outcomes += cells(_on(number, spell.outcomes, chance), spell.model, spell.prompt)
        if spell.ms is not None:
            day.latency += slow(spell.ms, model=spell.model, prompt=spell.prompt)


def _on(number: int, outcomes: Outcomes, chance: np.random.Generator | None) -> Outcomes:
    """The counts of one day of a spell."""
    if chance is not None:
        return {key: int(chance.poisson(n)) for key, n in outcomes.items()}
    return {key: floor(n * (number + 1) + 0.5) - floor(n * number + 0.5) for key, n in outcomes.items()}


def _cut(days: Mapping[datetime, _Day], problems: Mapping[str, int]) -> Windows:
    current = _window(days, NOW - 7 * DAY, NOW)
    reference = _window(days, NOW - 35 * DAY, NOW - 7 * DAY)
    return Windows(
        now=NOW,
        bucket=DAY,
        current=current,
        recent=tuple(_window(days, NOW - length * DAY, NOW) for length in (3, 1)),
        reference=reference,
        versions=_runs({at: day for at, day in days.items() if at >= NOW - 60 * DAY}),
        buckets=tuple(_total(at, days[at]) for at in sorted(days) if reference.start <= at),
        latency_buckets=tuple(BucketLatency(at, tuple(days[at].latency)) for at in sorted(days) if current.start <= at),
        problems=tuple(Problem(kind, n) for kind, n in problems.items()),
        last_label_at=max(days, default=None),
    )


def _window(days: Mapping[datetime, _Day], start: datetime, end: datetime) -> Window:
    within = [day for at, day in sorted(days.items()) if start <= at < end]
    return Window(start, end, _summed(within), _summed_latency(within))


def _runs(days: Mapping[datetime, _Day]) -> tuple[VersionRun, ...]:
    pairs = {(cell.model_version, cell.prompt_version) for day in days.values() for cell in day.outcomes}
    runs = [_run(pair, {at: _only(day, pair) for at, day in days.items()}) for pair in pairs]
    return tuple(sorted(runs, key=lambda run: (run.first_seen, run.model_version, run.prompt_version)))


def _run(pair: tuple[str, str], days: Mapping[datetime, _Day]) -> VersionRun:
    seen = sorted(at for at, day in days.items() if day.outcomes)
    within = list(days.values())
    return VersionRun(*pair, seen[0], seen[-1] + DAY, _summed(within), _summed_latency(within))


def _only(day: _Day, pair: tuple[str, str]) -> _Day:
    return _Day(
        [cell for cell in day.outcomes if (cell.model_version, cell.prompt_version) == pair],
        [cell for cell in day.latency if (cell.model_version, cell.prompt_version) == pair],
    )


def _summed(days: Iterable[_Day]) -> tuple[OutcomeCell, ...]:
    counts: Counter[tuple[str, str, str, str | None]] = Counter()
    for day in days:
        for cell in day.outcomes:
            counts[cell.model_version, cell.prompt_version, cell.predicted, cell.label] += cell.n
    return tuple(
        OutcomeCell(predicted, label, n, *((0.0, 0.0) if label is None else (float(n), float(n))), model, prompt)
        for (model, prompt, predicted, label), n in counts.items()
    )


def _summed_latency(days: Iterable[_Day]) -> tuple[LatencyCell, ...]:
    counts: Counter[tuple[int, str, str]] = Counter()
    for day in days:
        for cell in day.latency:
            counts[cell.bin, cell.model_version, cell.prompt_version] += cell.n
    return tuple(LatencyCell(bin_, n, model, prompt) for (bin_, model, prompt), n in counts.items())


def _total(start: datetime, day: _Day) -> BucketTotal:
    labelled = sum(cell.n for cell in day.outcomes if cell.label is not None)
    return BucketTotal(start, sum(cell.n for cell in day.outcomes), labelled)
