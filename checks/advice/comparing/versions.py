"""Which versions are compared, and which comparison speaks for each kind of change."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from checks.advice.comparing.failing import Failing
from checks.advice.comparing.falls import Comparison, Fall, Step, compare, fall_within, measure
from checks.advice.comparing.parts import live, whole
from checks.advice.deciding.model import Change
from checks.advice.deciding.weights import MAX_BEFORE, STEP_TAIL
from checks.counts.cells import NOT_LOGGED
from checks.counts.windows import VersionRun, Windows

Pair = tuple[VersionRun, VersionRun]  # older, newer
Differs = Callable[[VersionRun, VersionRun], bool]


@dataclass(frozen=True, slots=True)
class UnversionedFall:
    """A fall within one pair of versions, live or replaced after it fell: nothing that is logged changed."""

    run: VersionRun
    failing: Failing
    fall: Fall


@dataclass(frozen=True, slots=True)
class Changes:
    """The telling comparison for each kind of change; None where the log holds no pair of versions for it.

    `prompt` holds the model fixed, `model` the prompt; with `both`, both differ.
    """

    prompt: Comparison | None
    model: Comparison | None
    both: Comparison | None
    drift: UnversionedFall | None

    def found(self, step: Step) -> Comparison | None:
        """The comparison that ended so, if one did."""
        kinds = (self.prompt, self.model, self.both)
        return next((kind for kind in kinds if kind is not None and kind.step is step), None)

    @property
    def confounded(self) -> bool | None:
        """Whether quality stepped at a change of both versions, and no pair with one of them held fixed says which."""
        told = [kind.step.holds if kind is not None else None for kind in (self.prompt, self.model)]
        if True in told or None not in told:
            return False
        return None if self.both is None else self.both.step.holds


def changes(failing: Sequence[Failing], windows: Windows) -> Changes:
    """Compare the live versions with the earlier ones, on each failing metric, at one level for all tests together."""
    answering = live(windows)
    runs = windows.versions
    metrics = [item.metric for item in failing]
    known = [run for run in runs if any(measure(metric, whole(run)) is not None for metric in metrics)]
    pairs = {
        kind: tuple(_pairs(answering, known, differs, elsewhere))
        for kind, differs, elsewhere in (
            ("prompt", _prompt_differs, _prompt_elsewhere),
            ("model", _model_differs, _model_elsewhere),
            ("both", _both_differ, None),
        )
    }
    tests = max(len(failing) * sum(map(len, pairs.values())), 1)
    told = {kind: _telling(some, failing, windows, STEP_TAIL / tests) for kind, some in pairs.items()}
    fell_before = [pair.older for pair in told.values() if pair is not None and pair.step is Step.LOW_BEFORE]
    unexplained = tuple(dict.fromkeys((*answering, *fell_before)))
    drift = _drift(unexplained, failing, windows) or _elsewhere(told.values())
    return Changes(told["prompt"], told["model"], told["both"], drift)


def broke_at(tested: Changes) -> Change | None:
    """The change that a fall lies at: of prompt or model, whichever explains more, or of both together."""
    kinds = (("prompt", tested.prompt), ("model", tested.model))
    steps = [(kind, each) for kind, each in kinds if each is not None and each.step is Step.STEP]
    if steps:
        return _change(*max(steps, key=lambda pair: pair[1].at_change.size if pair[1].at_change else 0.0))
    return _change("release", tested.both) if tested.confounded and tested.both is not None else None


def _change(kind: str, comparison: Comparison) -> Change:
    older, newer = comparison.older, comparison.newer
    return Change(
        kind, older.prompt_version, older.model_version, newer.prompt_version, newer.model_version, newer.first_seen
    )


def _pairs(
    answering: Iterable[VersionRun], known: Sequence[VersionRun], differs: Differs, elsewhere: Differs | None
) -> Iterable[Pair]:
    """Each live version with the earlier ones that differ in one way, latest first.

    Where there is none, the same change is looked for elsewhere: the live prompt's beginning on another model,
    or the live model's on another prompt, so that changes at different times are each told on their own pair.
    """
    for newer in answering:
        found = [(older, newer) for older in _before(newer, known) if differs(older, newer)]
        if not found and elsewhere is not None:
            same = [run for run in _before(newer, known) if elsewhere(run, newer)]
            found = [(older, run) for run in same for older in _before(run, known) if differs(older, run)]
        yield from islice(found, MAX_BEFORE)


def _before(newer: VersionRun, known: Iterable[VersionRun]) -> list[VersionRun]:
    earlier = (run for run in known if run.first_seen <= newer.first_seen and run is not newer)
    return sorted(earlier, key=lambda run: (run.first_seen, run.model_version, run.prompt_version), reverse=True)


def _telling(pairs: Iterable[Pair], failing: Sequence[Failing], windows: Windows, tail: float) -> Comparison | None:
    """The newest change that is a step, on the metric that shows it best; without a step, the first that says most."""
    rest: list[Comparison] = []
    for older, newer in pairs:
        found = [compare(older, newer, item, windows, tail) for item in failing]
        steps = [comparison for comparison in found if comparison.step is Step.STEP]
        if steps:
            return max(steps, key=lambda comparison: comparison.at_change.low if comparison.at_change else 0.0)
        rest += found
    informative = list(Step)
    return min(rest, key=lambda comparison: informative.index(comparison.step), default=None)


def _drift(runs: Iterable[VersionRun], failing: Iterable[Failing], windows: Windows) -> UnversionedFall | None:
    tests = [(run, item) for run in runs for item in failing]
    falls = [
        UnversionedFall(run, item, fall)
        for run, item in tests
        if (fall := fall_within(run, item.metric, windows, STEP_TAIL / len(tests))) is not None
    ]
    return max(falls, key=lambda drift: drift.fall.low, default=None)


def _elsewhere(told: Iterable[Comparison | None]) -> UnversionedFall | None:
    """A fall that the labels put at another moment than the change it was looked for at."""
    for comparison in told:
        moment = comparison.onset.elsewhere if comparison is not None and comparison.onset is not None else None
        if comparison is not None and moment is not None and comparison.step in (Step.FELL_LATER, Step.LOW_BEFORE):
            return UnversionedFall(
                moment.within, comparison.failing, Fall.between(moment.before, moment.after, STEP_TAIL)
            )
    return None


def _prompt_differs(older: VersionRun, newer: VersionRun) -> bool:
    return older.model_version == newer.model_version and _changed(older.prompt_version, newer.prompt_version)


def _model_differs(older: VersionRun, newer: VersionRun) -> bool:
    return older.prompt_version == newer.prompt_version and _changed(older.model_version, newer.model_version)


def _both_differ(older: VersionRun, newer: VersionRun) -> bool:
    return _changed(older.prompt_version, newer.prompt_version) and _changed(older.model_version, newer.model_version)


def _prompt_elsewhere(run: VersionRun, newer: VersionRun) -> bool:
    return run.prompt_version == newer.prompt_version and run.model_version != newer.model_version


def _model_elsewhere(run: VersionRun, newer: VersionRun) -> bool:
    return run.model_version == newer.model_version and run.prompt_version != newer.prompt_version


def _changed(older: str, newer: str) -> bool:
    """A version that was not logged before is not known to have changed."""
    return NOT_LOGGED not in (older, newer) and older != newer
