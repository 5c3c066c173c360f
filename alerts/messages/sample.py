"""A sample alert, which says of itself that it is none."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from alerts.incident import Event, Incident, Reason, State, Transition
from checks.advice.deciding.model import Action, Advice
from checks.rules.family import Family
from checks.rules.finding import DELIVERY, Cause, Finding, Verdict

SAID: Final = "this is a test of tunewatch: nothing is wrong, and nobody has to do anything"

_REASON: Final = "Somebody ran `tunewatch test-alert`."


def sample(monitor: str, key: str, at: datetime) -> tuple[Transition, Transition]:
    """An incident that opens and is over at once; `key` tells it from other samples."""
    finding = Finding(
        check=DELIVERY,
        subject="test",
        verdict=Verdict.WARNING,
        cause=Cause.SILENT,
        message=SAID,
        window_start=at - timedelta(seconds=1),
        window_end=at,
    )
    incident = Incident(
        id=f"test-{key}",
        monitor=monitor,
        family=Family.WATCH,
        state=State.FIRING,
        severity=Verdict.WARNING,
        since=at,
        onset=at,
        updated_at=at,
        findings=(finding,),
        advice=Advice(Action.NONE, 0.0, None, (_REASON,)),
        opened_at=at,
    )
    over = replace(
        incident,
        state=State.RESOLVED,
        resolved_at=at,
        findings=(replace(finding, verdict=Verdict.OK, cause=Cause.WITHIN_LIMITS, clear=True),),
    )
    return (
        Transition(incident, Event.OPENED, at, Reason.ALARM_FIRED, (finding,)),
        Transition(over, Event.RESOLVED, at, Reason.STAYED_CLEAR),
    )
