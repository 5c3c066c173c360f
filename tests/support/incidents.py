"""Findings, advice and incidents for tests, healthy unless a test says otherwise."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from alerts.incident import Event, Incident, Reason, State, Transition
from alerts.lifecycle import incident_id
from checks.advice.deciding.model import Action, Advice, Contribution
from checks.rules.finding import Cause, Finding, Verdict
from checks.rules.registry import family_of

T0 = datetime(2026, 3, 29, 6, tzinfo=UTC)
HOUR = timedelta(hours=1)
WEEK = timedelta(days=7)


def finding(check: str = "class_recall", subject: str = "urgent", *, now: datetime = T0, **changes: object) -> Finding:
    """A recall of 12% where the floor is 80%, as 61 labels have it."""
    base = Finding(
        check=check,
        subject=subject,
        verdict=Verdict.CRITICAL,
        cause=Cause.BELOW_FLOOR,
        message=f"{subject} is below its floor",
        window_start=now - WEEK,
        window_end=now,
        value=0.12,
        low=0.04,
        high=0.31,
        threshold=0.80,
        reference=0.94,
        n=61,
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def fine(check: str = "class_recall", subject: str = "urgent", *, now: datetime = T0, **changes: object) -> Finding:
    """The same subject, not alarming, but not known to be well either."""
    quiet = {"verdict": Verdict.OK, "cause": Cause.WITHIN_LIMITS, "value": 0.83, "low": 0.70, "high": 0.95}
    return finding(check, subject, now=now, **{**quiet, **changes})


def clear(check: str = "class_recall", subject: str = "urgent", *, now: datetime = T0, **changes: object) -> Finding:
    """The same subject, well."""
    return fine(check, subject, now=now, **{"value": 0.95, "low": 0.88, "high": 0.99, "clear": True, **changes})


def advice(action: Action = Action.ROLLBACK_PROMPT, **changes: object) -> Advice:
    """An advice with two reasons and a runner-up that trails it."""
    base = Advice(
        action=action,
        score=2.9,
        runner_up=Action.REVISE_PROMPT,
        reasons=(
            "recall of urgent fell from 94% (n=212) to 12% (n=61) when prompt p7 took over",
            "model m3 stayed the same",
        ),
        contributions=(
            Contribution(action, "step_at_prompt", 2.0),
            Contribution(action, "model_unchanged", 0.9),
            Contribution(Action.REVISE_PROMPT, "errors_concentrated", 1.2),
        ),
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def incident(*findings: Finding, **changes: object) -> Incident:
    """A firing incident of these findings (the recall of urgent unless said)."""
    mine = findings or (finding(),)
    family = family_of(mine[0].check)
    base = Incident(
        id=incident_id("support-bot", family, T0),
        monitor="support-bot",
        family=family,
        state=State.FIRING,
        severity=mine[0].verdict,
        since=T0,
        onset=T0 - WEEK,
        updated_at=T0,
        findings=mine,
        advice=advice(),
        opened_at=T0,
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def opened(*findings: Finding, **changes: object) -> Transition:
    """The step that opens it."""
    it = incident(*findings, **changes)
    return Transition(it, Event.OPENED, T0, Reason.ALARM_FIRED, it.findings)


def step(event: Event | None, reason: Reason, *, hours: int = 6, **changes: object) -> Transition:
    """A later step of the same incident."""
    return Transition(incident(**changes), event, T0 + timedelta(hours=hours), reason)
