"""Advice where nothing alarms: nothing, and what would change that."""

from collections.abc import Sequence

from checks.advice.deciding.model import Action, Advice
from checks.advice.deciding.signal_clause import SignalClause
from checks.clauses.clause import Clauses, clause
from checks.rules.finding import Cause, Finding, Verdict

NAMED = 3
"""Findings that the sentences name."""


def nothing_alarms(findings: Sequence[Finding]) -> Advice[Clauses]:
    """Action NONE, with the finding nearest to its limit and what could not be judged."""
    said = (clause(SignalClause.NOTHING_ALARMS), *_nearest(findings), *_unknown(findings))
    return Advice(Action.NONE, 0.0, None, tuple((each,) for each in said))


def _nearest(findings: Sequence[Finding]) -> Clauses:
    judged = [(finding, gap) for finding in findings if (gap := _gap(finding)) is not None]
    if not judged:
        return ()
    finding, _ = min(judged, key=lambda item: (item[1], item[0].key))
    check, subject = finding.check, finding.subject
    return (clause(SignalClause.NEAREST_LIMIT, check=check, subject=subject, finding=finding.message),)


def _gap(finding: Finding) -> float | None:
    """Distance from the limit, relative to it."""
    if finding.verdict is not Verdict.OK or finding.value is None or not finding.threshold:
        return None
    return abs(finding.value - finding.threshold) / abs(finding.threshold)


def _unknown(findings: Sequence[Finding]) -> Clauses:
    unknown = sorted({(each.check, each.subject, each.n) for each in findings if _would_labels_tell(each)})
    if not unknown:
        return ()
    shown = tuple(
        clause(SignalClause.NOT_KNOWN_OF, check=check, subject=subject, n=n) for check, subject, n in unknown[:NAMED]
    )
    more = (clause(SignalClause.AND_MORE, n=len(unknown) - NAMED),) if len(unknown) > NAMED else ()
    return (clause(SignalClause.NOT_KNOWN, findings=shown, more=more),)


def _would_labels_tell(finding: Finding) -> bool:
    return finding.verdict is Verdict.NOT_ENOUGH_DATA and finding.cause is not Cause.NOT_LOGGED
