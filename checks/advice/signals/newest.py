"""Signals: has the version that failed been replaced already, and is its successor known to be well?"""

from collections.abc import Sequence

from checks.advice.comparing.failing import Failing
from checks.advice.comparing.falls import measure
from checks.advice.comparing.metrics import rated
from checks.advice.comparing.parts import live, named, split, whole
from checks.advice.deciding.model import Signal
from checks.advice.deciding.signal_clause import SignalClause
from checks.advice.deciding.weights import LIKELY, STEP_TAIL
from checks.clauses.clause import Clauses, clause
from checks.counts.windows import VersionRun, Windows
from checks.statistics.intervals import difference


def newest_signals(failing: Sequence[Failing], windows: Windows) -> tuple[Signal[Clauses], ...]:
    """Whether the failure belongs to versions that no longer answer."""
    answering = live(windows)
    gone = [run for run in windows.versions if run not in answering and _failed(run, failing, windows)]
    if not gone or not answering or not failing:
        return ()
    judged = [
        (run, share, item) for run in answering for item in failing if (share := measure(item.metric, whole(run)))
    ]
    if not judged:
        return (_unproven(answering, gone, failing[0]),)
    well = all(share.value >= item.goal for _, share, item in judged) and _is_better(answering, gone, failing)
    run, share, item = judged[0]
    said = clause(
        SignalClause.REPLACED,
        gone=tuple(named(old) for old in gone),
        run=named(run),
        metric=item.metric.noun,
        share=rated(item.metric, share),
    )
    return (Signal("replaced", "change", well, (said,), (("value", share.value), ("goal", item.goal))),)


def _failed(run: VersionRun, failing: Sequence[Failing], windows: Windows) -> bool:
    """Whether it answered in the current window, and very likely failed there."""
    _, late = split(run, windows.current)
    shares = [(measure(item.metric, late), item.goal) for item in failing]
    return any(share is not None and share.upper(LIKELY) < goal for share, goal in shares)


def _is_better(answering: Sequence[VersionRun], gone: Sequence[VersionRun], failing: Sequence[Failing]) -> bool:
    """Whether some successor beats what it replaced beyond doubt: a value at the goal may be luck."""
    metrics = [item.metric for item in failing]
    pairs = [(measure(m, whole(new)), measure(m, whole(old))) for m in metrics for new in answering for old in gone]
    return any(new and old and difference(new, old, STEP_TAIL)[0] > 0 for new, old in pairs)


def _unproven(answering: Sequence[VersionRun], gone: Sequence[VersionRun], item: Failing) -> Signal[Clauses]:
    share = item.metric.of(whole(answering[0]))
    n = share.n if share else 0
    said = clause(
        SignalClause.UNPROVEN_VERSION,
        gone=tuple(named(run) for run in gone),
        run=named(answering[0]),
        n=n,
        unit=item.metric.unit,
        metric=item.metric.noun,
        needed=item.metric.needed,
    )
    return Signal("unproven_version", "evidence", holds=True, sentence=(said,), numbers=(("n", float(n)),))
