"""The cheapest step that would settle what the log cannot."""

from collections.abc import Sequence

from checks.advice.comparing.failing import Failing
from checks.advice.comparing.falls import Comparison, Fall, Step
from checks.advice.comparing.metrics import Precision, Recall, Within, stratified
from checks.advice.comparing.parts import named
from checks.advice.comparing.versions import Changes, Drift
from checks.advice.deciding.weights import FEWEST_TO_TRY, MOST_TO_TRY, TAIL
from checks.counts.cells import NOT_LOGGED
from checks.counts.windows import Windows
from checks.rules.words import percent
from checks.statistics.intervals import Proportion

LOG_VERSIONS = "Log prompt_version and model_version with each prediction, so that a fall can be tied to a change."


def experiment(changes: Changes, failing: Sequence[Failing], windows: Windows) -> str:
    """What to try, with the number of labelled messages that it takes."""
    if changes.confounded and changes.both is not None and changes.both.at_change is not None:
        return _cross(changes.both, changes.both.at_change, windows)
    if (both := _two_steps(changes)) is not None:
        return both
    if (near := changes.found(Step.WHEN_UNSURE)) is not None and near.at_change is not None:
        return _compare(near, near.at_change)
    logged = any(run.prompt_version != NOT_LOGGED for run in windows.versions)
    if changes.drift is not None:
        return _replay(changes.drift) if logged else f"{LOG_VERSIONS} {_replay(changes.drift)}"
    return _more_labels(changes, failing) if logged else LOG_VERSIONS


def labels_needed(one: float, other: float) -> int:
    """Labelled messages after which a result like `one` is told from a result like `other`, shares in [0, 1].

    The smallest n of a simple random sample whose 95% intervals around the two stay on their own sides of the middle,
    between FEWEST_TO_TRY and MOST_TO_TRY.

    >>> labels_needed(0.92, 0.13), labels_needed(0.80, 0.70), labels_needed(0.80, 0.80)
    (20, 297, 2000)
    """
    low, high = sorted((one, other))
    middle = (low + high) / 2
    for n in range(FEWEST_TO_TRY, MOST_TO_TRY):
        if Proportion(low, n, n).upper(TAIL) < middle < Proportion(high, n, n).lower(TAIL):
            return n
    return MOST_TO_TRY


def _cross(both: Comparison, fall: Fall, windows: Windows) -> str:
    n = labels_needed(fall.before.value, fall.after.value)
    new, old = both.newer, both.older
    return (
        f"Run prompt {new.prompt_version} on model {old.model_version} for about {_messages(n, both.failing)}"
        f"{_among(n, both.failing, windows)}: if {both.failing.metric.noun} stays near {percent(fall.after.value)} "
        f"the prompt did it, near {percent(fall.before.value)} the model did."
    )


def _two_steps(changes: Changes) -> str | None:
    prompt, model = changes.prompt, changes.model
    if prompt is None or model is None or not (prompt.step is model.step is Step.STEP):
        return None
    return (
        f"Run prompt {prompt.older.prompt_version} on model {model.newer.model_version} for a share of the traffic: "
        f"if that restores {prompt.failing.metric.noun}, going back to it is enough; if not, the model goes too."
    )


def _compare(near: Comparison, fall: Fall) -> str:
    wanted = _messages(labels_needed(fall.before.value, fall.after.value), near.failing)
    return (
        f"Send about {wanted} of today through {named(near.older)} again: if {near.failing.metric.noun} is near "
        f"{percent(fall.before.value)} the change did it, near {percent(fall.after.value)} something else did."
    )


def _replay(drift: Drift) -> str:
    then, now = drift.fall.before.value, drift.fall.after.value
    wanted = _messages(labels_needed(then, now), drift.failing)
    return (
        f"Send about {wanted} from before the fall through today's chatbot: "
        f"if {drift.failing.metric.noun} is near {percent(then)} as it was then, the messages have changed; "
        f"near {percent(now)}, something behind the same version name has."
    )


def _more_labels(changes: Changes, failing: Sequence[Failing]) -> str:
    for comparison in (changes.prompt, changes.model, changes.both):
        if comparison is not None and comparison.step is Step.UNSURE and comparison.at_change is not None:
            n = labels_needed(comparison.at_change.before.value, comparison.at_change.after.value)
            wanted, older, newer = _messages(n, comparison.failing), named(comparison.older), named(comparison.newer)
            return f"Label about {wanted} answered by {newer}, to tell whether it is worse than {older}."
    if not failing:
        return "Look at the messages that the alarm is about, and label some of them."
    return f"Label about {_messages(_to_judge(failing[0]), failing[0])} more, so that each cause can be tested."


def _to_judge(item: Failing) -> int:
    return FEWEST_TO_TRY if item.finding.value is None else labels_needed(item.finding.value, item.goal)


def _messages(n: int, failing: Failing) -> str:
    match failing.metric:
        case Recall(class_name=name):
            return f"{n:,} labelled {name} requests"
        case Precision(class_name=name):
            return f"{n:,} labelled answers of {name}"
        case Within():
            return f"{n:,} requests"
    return f"{n:,} labelled messages"


def _among(n: int, failing: Failing, windows: Windows) -> str:
    """How many messages a rare class's requests come among."""
    if not isinstance(failing.metric, Recall):
        return ""
    name = failing.metric.class_name
    share = stratified(windows.current.outcomes).prevalence(name)
    return f" (they come among some {n / share:,.0f} messages, at {percent(share)} {name})" if share > 0 else ""
