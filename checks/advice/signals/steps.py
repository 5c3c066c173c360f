"""Signals: did quality (or latency) step at a change of prompt or model, or fall within one version?"""

from checks.advice.comparing.falls import Comparison, Fall, Step
from checks.advice.comparing.parts import named
from checks.advice.comparing.versions import Changes, Drift
from checks.advice.deciding.model import Signal
from checks.advice.deciding.words import between, capital, moment, points
from checks.counts.cells import NOT_LOGGED
from checks.counts.windows import VersionRun, Windows
from checks.rules.words import measured

FAMILY = "change"


def step_signals(changes: Changes, windows: Windows) -> tuple[Signal, ...]:
    """A signal for each kind of change, one for changes that cannot be told apart, one for a fall within a version."""
    biggest = max((_size(kind) for kind in (changes.prompt, changes.model) if kind is not None), default=0.0)
    return (
        _step("prompt_step", "prompt", changes.prompt, windows, biggest),
        _step("model_step", "model", changes.model, windows, biggest),
        _confounded(changes),
        _drift(changes.drift),
        *_near_change(changes.found(Step.WHEN_UNSURE)),
        *_to_come(changes.found(Step.TO_COME)),
    )


def _step(name: str, kind: str, comparison: Comparison | None, windows: Windows, biggest: float) -> Signal:
    if comparison is None:
        return Signal(name, FAMILY, _unless_one(kind, windows), _no_pair(kind, windows))
    fall = comparison.at_change
    if fall is None:
        return Signal(name, FAMILY, None, _too_few(kind, comparison))
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
    return Signal(name, FAMILY, comparison.step.holds, _sentence(kind, comparison), numbers)


def _size(comparison: Comparison) -> float:
    return comparison.at_change.size if comparison.at_change and comparison.step is Step.STEP else 0.0


def _sentence(kind: str, comparison: Comparison) -> str:
    """What a comparison says, with the versions, the numbers and what is made of them."""
    fall, metric = comparison.at_change, comparison.failing.metric
    assert fall is not None  # noqa: S101 - the caller has looked
    older, newer, fixed = _names(kind, comparison)
    numbers = (
        f"{metric.noun} was {measured(fall.before, metric.unit)} with {older} and is "
        f"{measured(fall.after, metric.unit)} with {newer}{fixed}"
    )
    return f"{capital(numbers)}{_made_of_it(comparison, fall, newer)}"


def _made_of_it(comparison: Comparison, fall: Fall, newer: str) -> str:
    """What is made of the numbers, as the end of a sentence."""
    bounds = between(fall.low, fall.high)
    since = moment(comparison.newer.first_seen)
    endings = {
        Step.STEP: f": {points(fall.size)} less ({bounds}). {capital(newer)} came after {since}.",
        Step.WHEN_UNSURE: f": it fell near the change of {since}, and perhaps not at it.",
        Step.TO_COME: (
            f": {points(fall.size)} less. But {newer} came only after {since}, and most of its labels are still to "
            f"come; if they are all right, there is no fall."
        ),
        Step.FELL_LATER: f" next to the change of {since}; much of the fall came later, within {newer}.",
        Step.LOW_BEFORE: f" next to the change of {since}: it had fallen before {newer} came.",
        Step.WELL: f", which is no failure of {newer}.",
        Step.UNSURE: f": the difference may be {bounds}, so it cannot be told whether the change made one.",
    }
    return endings.get(comparison.step, f": no fall that explains the failure ({bounds} less).")


def _names(kind: str, comparison: Comparison) -> tuple[str, str, str]:
    older, newer = comparison.older, comparison.newer
    if kind == "prompt":
        return f"prompt {older.prompt_version}", f"prompt {newer.prompt_version}", _same("model", newer.model_version)
    if kind == "model":
        return f"model {older.model_version}", f"model {newer.model_version}", _same("prompt", newer.prompt_version)
    return named(older), named(newer), ""


def _same(kind: str, version: str) -> str:
    unknown = f" (the log does not say the {kind}, so a change of it at the same time cannot be ruled out)"
    return unknown if version == NOT_LOGGED else f" on the same {kind} {version}"


def _too_few(kind: str, comparison: Comparison) -> str:
    older, newer, _ = _names(kind, comparison)
    noun, needed, unit = (
        comparison.failing.metric.noun,
        comparison.failing.metric.needed,
        comparison.failing.metric.unit,
    )
    return f"{capital(noun)} of {older} cannot be compared with {newer}: one has under {needed} {unit}."


def _unless_one(kind: str, windows: Windows) -> bool | None:
    """Without a pair to compare: False when a single version has answered all the time, else it is not known."""
    return False if len({_version(kind, run) for run in windows.versions} - {NOT_LOGGED}) == 1 else None


def _no_pair(kind: str, windows: Windows) -> str:
    versions = [_version(kind, run) for run in windows.versions]
    if not any(versions):
        return (
            f"The log does not say {kind} versions, so a fall cannot be tied to a change of {kind}: "
            f"log {kind}_version with each prediction."
        )
    seen = sorted({version for version in versions if version})
    if len(seen) == 1:
        return f"Only {kind} {seen[0]} answered in the time that is kept, so there is no earlier {kind} to go back to."
    other = "model" if kind == "prompt" else "prompt"
    return (
        f"No earlier {kind} answered on the same {other} as one that answers now, with enough data to compare, "
        f"so the {kind}'s own part cannot be told."
    )


def _version(kind: str, run: VersionRun) -> str:
    return run.prompt_version if kind == "prompt" else run.model_version


def _confounded(changes: Changes) -> Signal:
    holds, both = changes.confounded, changes.both
    if not holds or both is None or both.at_change is None:
        return Signal("confounded", FAMILY, holds, "Prompt and model did not change together at a fall.")
    sentence = (
        f"{_sentence('both', both)} Prompt and model changed together, so the log cannot say which of them did it. "
        f"Going back to {named(both.older)} undoes both, if users cannot wait."
    )
    return Signal(
        "confounded", FAMILY, holds, sentence, (("fall", both.at_change.size), ("fall_low", both.at_change.low))
    )


def _drift(drift: Drift | None) -> Signal:
    if drift is None:
        return Signal(
            "drift", FAMILY, holds=False, sentence="No fall in time is seen within a version that answers now."
        )
    fall, metric = drift.fall, drift.failing.metric
    sentence = (
        f"{capital(metric.noun)} fell from {measured(fall.before, metric.unit)} to {measured(fall.after, metric.unit)} "
        f"within {named(drift.run)}: no change of version explains that; "
        f"the messages changed, or something behind the same version name did."
    )
    numbers = (("fall", fall.size), ("fall_low", fall.low))
    return Signal("drift", FAMILY, holds=True, sentence=sentence, numbers=numbers)


def _near_change(comparison: Comparison | None) -> tuple[Signal, ...]:
    """It fell near a change, and the labels do not say whether at it."""
    if comparison is None or comparison.onset is None or comparison.onset.elsewhere is None:
        return ()
    sentence = (
        f"{capital(comparison.failing.metric.noun)} fell near the change from {named(comparison.older)} to "
        f"{named(comparison.newer)} on {moment(comparison.newer.first_seen)}, or on "
        f"{moment(comparison.onset.elsewhere.at)}: the labels do not say which."
    )
    numbers = (("at_change", comparison.onset.at_change),)
    return (Signal("near_change", FAMILY, holds=True, sentence=sentence, numbers=numbers),)


def _to_come(comparison: Comparison | None) -> tuple[Signal, ...]:
    if comparison is None or comparison.at_change is None:
        return ()
    n, metric = comparison.at_change.after.n, comparison.failing.metric
    sentence = (
        f"Wait for the labels of {named(comparison.newer)}: {metric.noun} rests on {n} so far, most are still to come, "
        f"and errors may just have been labelled first."
    )
    return (Signal("labels_to_come", "evidence", holds=True, sentence=sentence, numbers=(("n", float(n)),)),)
