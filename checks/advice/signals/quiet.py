"""Advice where nothing alarms: nothing, and what would change that."""

from collections.abc import Sequence

from checks.advice.deciding.model import Action, Advice
from checks.advice.deciding.words import listed
from checks.rules.finding import Cause, Finding, Verdict
from checks.rules.words import support

NAMED = 3
"""Findings that the sentences name."""


def nothing_alarms(findings: Sequence[Finding]) -> Advice:
    """Action NONE, with the finding nearest to its limit and what could not be judged."""
    return Advice(
        Action.NONE, 0.0, None, ("Nothing alarms, so there is nothing to do.", *_nearest(findings), *_unknown(findings))
    )


def _nearest(findings: Sequence[Finding]) -> tuple[str, ...]:
    judged = [(finding, gap) for finding in findings if (gap := _gap(finding)) is not None]
    if not judged:
        return ()
    finding, _ = min(judged, key=lambda item: (item[1], item[0].key))
    return (f"What would change that first: {_subject(finding)} passing its limit ({finding.message}).",)


def _gap(finding: Finding) -> float | None:
    """Distance from the limit, relative to it."""
    if finding.verdict is not Verdict.OK or finding.value is None or not finding.threshold:
        return None
    return abs(finding.value - finding.threshold) / abs(finding.threshold)


def _unknown(findings: Sequence[Finding]) -> tuple[str, ...]:
    unknown = sorted(
        {f"{_subject(finding)} ({support(finding.n)})" for finding in findings if _would_labels_tell(finding)}
    )
    if not unknown:
        return ()
    more = f" and {len(unknown) - NAMED} more" if len(unknown) > NAMED else ""
    return (f"Not known for want of data: {listed(unknown[:NAMED])}{more}. More labels would tell.",)


def _would_labels_tell(finding: Finding) -> bool:
    return finding.verdict is Verdict.NOT_ENOUGH_DATA and finding.cause is not Cause.NOT_LOGGED


def _subject(finding: Finding) -> str:
    return f"{finding.check} of {finding.subject}"
