"""The cheapest step that would settle what the log cannot."""

from collections.abc import Sequence

from checks.advice.comparing.failing import Failing
from checks.advice.comparing.falls import Comparison, Fall, Step
from checks.advice.comparing.metrics import Precision, Recall, Within, stratified
from checks.advice.comparing.parts import named
from checks.advice.comparing.versions import Changes, UnversionedFall
from checks.advice.deciding.signal_clause import SignalClause
from checks.advice.deciding.weights import FEWEST_TO_TRY, MOST_TO_TRY, TAIL
from checks.clauses.clause import Clause, Clauses, clause
from checks.counts.cells import NOT_LOGGED
from checks.counts.windows import Windows
from checks.statistics.intervals import Proportion


def experiment(changes: Changes, failing: Sequence[Failing], windows: Windows) -> Clause:
    """What to try, with the number of labelled messages that it takes."""
    if changes.confounded and changes.both is not None and changes.both.at_change is not None:
        return _cross(changes.both, changes.both.at_change, windows)
    if (both := _two_steps(changes)) is not None:
        return both
    if (near := changes.found(Step.WHEN_UNSURE)) is not None and near.at_change is not None:
        return _compare(near, near.at_change)
    logged = any(run.prompt_version != NOT_LOGGED for run in windows.versions)
    if changes.drift is not None:
        replay = _replay(changes.drift)
        return replay if logged else clause(SignalClause.LOG_VERSIONS_FIRST, then=replay)
    return _more_labels(changes, failing) if logged else clause(SignalClause.LOG_VERSIONS)


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


def _cross(both: Comparison, fall: Fall, windows: Windows) -> Clause:
    n = labels_needed(fall.before.value, fall.after.value)
    return clause(
        SignalClause.CROSS,
        prompt=both.newer.prompt_version,
        model=both.older.model_version,
        messages=_messages(n, both.failing),
        among=_among(n, both.failing, windows),
        metric=both.failing.metric.noun,
        after=fall.after.value,
        before=fall.before.value,
    )


def _two_steps(changes: Changes) -> Clause | None:
    prompt, model = changes.prompt, changes.model
    if prompt is None or model is None or not (prompt.step is model.step is Step.STEP):
        return None
    return clause(
        SignalClause.TWO_STEPS,
        prompt=prompt.older.prompt_version,
        model=model.newer.model_version,
        metric=prompt.failing.metric.noun,
    )


def _compare(near: Comparison, fall: Fall) -> Clause:
    return clause(
        SignalClause.COMPARE,
        messages=_messages(labels_needed(fall.before.value, fall.after.value), near.failing),
        older=named(near.older),
        metric=near.failing.metric.noun,
        before=fall.before.value,
        after=fall.after.value,
    )


def _replay(drift: UnversionedFall) -> Clause:
    then, now = drift.fall.before.value, drift.fall.after.value
    wanted = _messages(labels_needed(then, now), drift.failing)
    return clause(SignalClause.REPLAY, messages=wanted, metric=drift.failing.metric.noun, before=then, after=now)


def _more_labels(changes: Changes, failing: Sequence[Failing]) -> Clause:
    for comparison in (changes.prompt, changes.model, changes.both):
        if comparison is not None and comparison.step is Step.UNSURE and comparison.at_change is not None:
            n = labels_needed(comparison.at_change.before.value, comparison.at_change.after.value)
            wanted, older, newer = _messages(n, comparison.failing), named(comparison.older), named(comparison.newer)
            return clause(SignalClause.LABEL_NEWER, messages=wanted, newer=newer, older=older)
    if not failing:
        return clause(SignalClause.LOOK_AT_MESSAGES)
    return clause(SignalClause.LABEL_MORE, messages=_messages(_to_judge(failing[0]), failing[0]))


def _to_judge(item: Failing) -> int:
    return FEWEST_TO_TRY if item.finding.value is None else labels_needed(item.finding.value, item.goal)


def _messages(n: int, failing: Failing) -> Clause:
    match failing.metric:
        case Recall(class_name=name):
            return clause(SignalClause.REQUESTS_OF_CLASS, n=n, name=name)
        case Precision(class_name=name):
            return clause(SignalClause.ANSWERS_OF_CLASS, n=n, name=name)
        case Within():
            return clause(SignalClause.REQUESTS, n=n)
    return clause(SignalClause.MESSAGES, n=n)


def _among(n: int, failing: Failing, windows: Windows) -> Clauses:
    """How many messages a rare class's requests come among."""
    if not isinstance(failing.metric, Recall):
        return ()
    name = failing.metric.class_name
    share = stratified(windows.current.outcomes).prevalence(name)
    return (clause(SignalClause.AMONG, n=n / share, share=share, name=name),) if share > 0 else ()
