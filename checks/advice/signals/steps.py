"""Signals: did quality (or latency) step at a change of prompt or model, or fall within one version?"""

from checks.advice.comparing.falls import Comparison, Fall, Step
from checks.advice.comparing.metrics import rated
from checks.advice.comparing.parts import model_of, named, prompt_of
from checks.advice.comparing.versions import Changes, UnversionedFall
from checks.advice.deciding.model import Signal
from checks.advice.deciding.signal_clause import SignalClause
from checks.advice.deciding.weights import LARGE_FALL
from checks.clauses.clause import Clause, Clauses, clause
from checks.counts.cells import NOT_LOGGED
from checks.counts.windows import VersionRun, Windows

FAMILY = "change"


def step_signals(changes: Changes, windows: Windows) -> tuple[Signal[Clauses], ...]:
    """A signal for each kind of change, one for changes that cannot be told apart, one for a fall within a version."""
    biggest = max((_size(kind) for kind in (changes.prompt, changes.model) if kind is not None), default=0.0)
    return (
        _step("prompt_step", "prompt", changes.prompt, windows, biggest),
        _step("model_step", "model", changes.model, windows, biggest),
        *_confounded(changes),
        _drift(changes.drift),
        *_near_change(changes.found(Step.WHEN_UNSURE)),
        *_to_come(changes.found(Step.TO_COME)),
    )


def _step(name: str, kind: str, comparison: Comparison | None, windows: Windows, biggest: float) -> Signal[Clauses]:
    if comparison is None:
        return Signal(name, FAMILY, _unless_one(kind, windows), (_no_pair(kind, windows),))
    fall = comparison.at_change
    if fall is None:
        return Signal(name, FAMILY, None, (_too_few(kind, comparison),))
    numbers = (
        ("before", fall.before.value),
        ("before_n", float(fall.before.n)),
        ("after", fall.after.value),
        ("after_n", float(fall.after.n)),
        ("fall", fall.size),
        ("fall_low", fall.low),
        ("fall_high", fall.high),
        ("material", comparison.failing.metric.material),
        # Of two steps, each is believed in proportion to what it explains.
        ("strength", _size(comparison) / biggest if biggest > 0 else 0.0),
    )
    return Signal(name, FAMILY, comparison.step.holds, (_compared(kind, comparison),), numbers)


def _size(comparison: Comparison) -> float:
    return comparison.at_change.size if comparison.at_change and comparison.step is Step.STEP else 0.0


def _compared(kind: str, comparison: Comparison) -> Clause:
    """What a comparison says: the versions, the numbers and what is made of them."""
    fall, metric = comparison.at_change, comparison.failing.metric
    assert fall is not None  # noqa: S101 - the caller has looked
    older, newer, fixed = _names(kind, comparison)
    return clause(
        SignalClause.COMPARED,
        metric=metric.noun,
        before=rated(metric, fall.before),
        older=older,
        after=rated(metric, fall.after),
        newer=newer,
        fixed=fixed,
        made=_made_of_it(comparison, fall, newer),
    )


def _made_of_it(comparison: Comparison, fall: Fall, newer: Clause) -> Clause:
    """What is made of the numbers."""
    size, bounds, since = fall.size, (fall.low, fall.high), comparison.newer.first_seen
    endings = {
        Step.STEP: clause(SignalClause.STEPPED, size=size, bounds=bounds, newer=newer, since=since),
        Step.WHEN_UNSURE: clause(SignalClause.NEAR_IT, since=since),
        Step.TO_COME: clause(SignalClause.TO_COME, size=size, newer=newer, since=since),
        Step.FELL_LATER: clause(SignalClause.FELL_LATER, newer=newer, since=since),
        Step.LOW_BEFORE: clause(SignalClause.LOW_BEFORE, newer=newer, since=since),
        Step.WELL: clause(SignalClause.WELL, newer=newer),
        Step.UNSURE: clause(SignalClause.UNSURE, bounds=bounds),
    }
    return endings.get(comparison.step, clause(SignalClause.NO_FALL, bounds=bounds))


def _names(kind: str, comparison: Comparison) -> tuple[Clause, Clause, Clauses]:
    """What is compared, older and newer, and what stayed the same meanwhile."""
    older, newer = comparison.older, comparison.newer
    if kind == "prompt":
        model = newer.model_version
        same = clause(SignalClause.SAME_MODEL, name=model)
        return prompt_of(older), prompt_of(newer), (same if model else clause(SignalClause.MODEL_UNKNOWN),)
    if kind == "model":
        prompt = newer.prompt_version
        same = clause(SignalClause.SAME_PROMPT, name=prompt)
        return model_of(older), model_of(newer), (same if prompt else clause(SignalClause.PROMPT_UNKNOWN),)
    return named(older), named(newer), ()


def _too_few(kind: str, comparison: Comparison) -> Clause:
    older, newer, _ = _names(kind, comparison)
    metric = comparison.failing.metric
    return clause(
        SignalClause.NOT_COMPARED,
        metric=metric.noun,
        older=older,
        newer=newer,
        needed=metric.needed,
        unit=metric.unit,
    )


def _unless_one(kind: str, windows: Windows) -> bool | None:
    """Without a pair to compare: False when a single version has answered all the time, else it is not known."""
    return False if len({_version(kind, run) for run in windows.versions} - {NOT_LOGGED}) == 1 else None


def _no_pair(kind: str, windows: Windows) -> Clause:
    versions = [_version(kind, run) for run in windows.versions]
    of_prompts = kind == "prompt"
    if not any(versions):
        return clause(SignalClause.PROMPTS_NOT_TIED if of_prompts else SignalClause.MODELS_NOT_TIED)
    seen = sorted({version for version in versions if version})
    if len(seen) == 1:
        return clause(SignalClause.ONLY_PROMPT if of_prompts else SignalClause.ONLY_MODEL, name=seen[0])
    return clause(SignalClause.NO_PAIR_OF_PROMPTS if of_prompts else SignalClause.NO_PAIR_OF_MODELS)


def _version(kind: str, run: VersionRun) -> str:
    return run.prompt_version if kind == "prompt" else run.model_version


def _confounded(changes: Changes) -> tuple[Signal[Clauses], ...]:
    """Whether prompt and model changed together at a fall, and whether that is too large to wait for an experiment."""
    holds, both = changes.confounded, changes.both
    if not holds or both is None or both.at_change is None:
        said = (clause(SignalClause.NOT_TOGETHER),)
        return (Signal("confounded", FAMILY, holds, said),)
    fall = both.at_change
    said = (clause(SignalClause.TOGETHER, compared=_compared("both", both), older=named(both.older)),)
    numbers = (("fall", fall.size), ("fall_low", fall.low))
    confounded = Signal("confounded", FAMILY, holds, said, numbers)
    return (confounded, Signal("release_step", FAMILY, fall.low >= LARGE_FALL, said, numbers))


def _drift(drift: UnversionedFall | None) -> Signal[Clauses]:
    if drift is None:
        return Signal("drift", FAMILY, holds=False, sentence=(clause(SignalClause.NO_DRIFT),))
    fall, metric = drift.fall, drift.failing.metric
    before, after = rated(metric, fall.before), rated(metric, fall.after)
    said = clause(SignalClause.DRIFT, metric=metric.noun, before=before, after=after, run=named(drift.run))
    numbers = (("fall", fall.size), ("fall_low", fall.low))
    return Signal("drift", FAMILY, holds=True, sentence=(said,), numbers=numbers)


def _near_change(comparison: Comparison | None) -> tuple[Signal[Clauses], ...]:
    """The metric fell near a change of version, and the labels do not say whether at that change."""
    if comparison is None or comparison.onset is None or comparison.onset.elsewhere is None:
        return ()
    said = clause(
        SignalClause.NEAR_CHANGE,
        metric=comparison.failing.metric.noun,
        older=named(comparison.older),
        newer=named(comparison.newer),
        since=comparison.newer.first_seen,
        elsewhere=comparison.onset.elsewhere.at,
    )
    numbers = (("at_change", comparison.onset.at_change),)
    return (Signal("near_change", FAMILY, holds=True, sentence=(said,), numbers=numbers),)


def _to_come(comparison: Comparison | None) -> tuple[Signal[Clauses], ...]:
    if comparison is None or comparison.at_change is None:
        return ()
    n, metric = comparison.at_change.after.n, comparison.failing.metric
    said = clause(SignalClause.WAIT_FOR_LABELS, newer=named(comparison.newer), metric=metric.noun, n=n)
    return (Signal("labels_to_come", "evidence", holds=True, sentence=(said,), numbers=(("n", float(n)),)),)
