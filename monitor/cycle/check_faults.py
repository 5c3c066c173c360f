"""What a crashed check means for incidents: nobody may be blind without knowing, nor think so when it is over."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import timedelta

from alerts.incident import Incident, State
from alerts.messages.wording import text
from checks.clauses.clause import Clauses, clause
from checks.counts.windows import Windows
from checks.rules.family import Family
from checks.rules.finding import DELIVERY, Cause, Finding, Verdict
from checks.rules.finding_clause import FindingClause
from monitor.common.redact import LONGEST

SUBJECT = "crash"
"""Subject of the findings: each check crashes or does not."""


def blindness(
    crashed: Mapping[str, str], found: Collection[Finding], incidents: Collection[Incident], windows: Windows
) -> tuple[Finding, ...]:
    """Findings of the family `watch`, which say nothing about the chatbot.

    An alarm for each check that `crashed`, with its error; and, while an incident waits for it, a clear finding for
    whatever it holds that is not among what this look `found`: the look ended well, so what it does not find is over.
    """
    alarms = [_crash(check, error, windows) for check, error in crashed.items()]
    now = {finding.key for finding in (*found, *alarms)}
    waiting = _waiting(incidents)
    gone = [finding for finding in waiting if finding.key not in now and not _is_unknown(finding, crashed)]
    # Whether alerts arrive is found out elsewhere, and stands as it was found.
    return (*alarms, *(each if each.check == DELIVERY else _clear(each, windows) for each in gone))


def _waiting(incidents: Iterable[Incident]) -> tuple[Finding, ...]:
    watched = (each for each in incidents if each.family is Family.WATCH and each.state is not State.RESOLVED)
    return tuple(finding for incident in watched for finding in incident.findings)


def _is_unknown(finding: Finding, crashed: Collection[str]) -> bool:
    """Whether it is a judgement of a check that could not judge now."""
    return finding.subject != SUBJECT and finding.check in crashed


def _crash(check: str, error: str, windows: Windows) -> Finding:
    return Finding(
        check=check,
        subject=SUBJECT,
        verdict=Verdict.WARNING,
        cause=Cause.CRASHED,
        message=text((clause(FindingClause.CHECK_CRASHED, error=error[:LONGEST]),)),
        window_start=windows.now - timedelta(microseconds=1),
        window_end=windows.now,
    )


def _clear(finding: Finding, windows: Windows) -> Finding:
    """The finding once its check runs again: verdict ok; the cause stays, as it names the family."""
    before = finding.message.removeprefix(text(_over("")))
    return replace(
        finding,
        verdict=Verdict.OK,
        message=text((clause(FindingClause.CHECK_RUNS),) if finding.cause is Cause.CRASHED else _over(before)),
        window_start=windows.now - timedelta(microseconds=1),
        window_end=windows.now,
        value=None,
        threshold=None,
        n=0,
        clear=True,
    )


def _over(message: str) -> Clauses:
    return (clause(FindingClause.OVER, message=message),)
