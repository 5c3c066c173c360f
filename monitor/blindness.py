"""What a crashed check means for incidents: nobody may be blind without knowing."""

from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta

from alerts.incident import Family, Incident, State
from checks.finding import Cause, Finding, Verdict
from checks.windows import Windows

SUBJECT = "crash"
"""Subject of the findings: each check crashes or does not."""

LONGEST = 300
"""Characters of an error: it goes into a message."""


def blindness(
    crashed: Mapping[str, str], ran: Iterable[str], incidents: Collection[Incident], windows: Windows
) -> tuple[Finding, ...]:
    """Findings of the family `watch`, which say nothing about the chatbot.

    An alarm for each check that `crashed`, with its error; and, while an incident waits for them, a clear finding for
    each other one that `ran`.
    """
    waiting = any(each.family is Family.WATCH and each.state is not State.RESOLVED for each in incidents)
    alarms = [_finding(check, error, windows) for check, error in crashed.items()]
    well = [_finding(check, "", windows) for check in ran if check not in crashed] if waiting else []
    return (*alarms, *well)


def _finding(check: str, error: str, windows: Windows) -> Finding:
    said = f"crashed ({error[:LONGEST]}); it judges nothing until that is mended" if error else "runs"
    return Finding(
        check=check,
        subject=SUBJECT,
        verdict=Verdict.WARNING if error else Verdict.OK,
        cause=Cause.CRASHED,
        message=said,
        window_start=windows.now - timedelta(microseconds=1),
        window_end=windows.now,
        clear=not error,
    )
