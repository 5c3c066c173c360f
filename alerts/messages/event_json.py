"""An event of an incident as a JSON object: one line of `backtest --json`, and the body of a webhook."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from alerts.incident import Transition
from alerts.messages.links import Link
from checks.advice.deciding.model import Advice, Change
from checks.outcome.judge import Result
from checks.outcome.trial import Decision
from checks.rules.finding import Finding

Json = dict[str, Any]


def event_json(step: Transition, links: Sequence[Link] = ()) -> Json:
    """The object of a step that people are told of. Fields are added over time, never renamed or removed.

    Raises ValueError for a step that nobody is told of.
    """
    if step.event is None:
        raise ValueError(f"incident {step.incident.id}: a step without an event ({step.reason}) has no event line")
    incident = step.incident
    return {
        "at": utc(step.at),
        "monitor": incident.monitor,
        "incident": incident.id,
        "event": step.event.value,
        "severity": incident.severity.value,
        "findings": [finding_json(finding) for finding in incident.findings],
        "advice": advice_json(incident.advice),
        "reason": step.reason.value,
        "family": incident.family.value,
        "state": incident.state.value,
        "since": utc(incident.since),
        "onset": utc(incident.onset),
        "acknowledged_by": incident.acknowledged_by,
        "report": incident.report or None,
        "decision": None if step.decision is None else decision_json(step.decision),
        "outcome": None if step.outcome is None else outcome_json(step.outcome),
        "links": {link.kind: link.url for link in links},
    }


def decision_json(decision: Decision) -> Json:
    """The object of a decision on an advice."""
    return {"accepted": decision.accepted, "at": utc(decision.at), "by": decision.by, "note": decision.note}


def outcome_json(result: Result) -> Json:
    """The object of what came of an advice; shares in [0, 1], null where nothing was compared."""
    effect, beyond = result.effect, result.beyond
    return {
        "worked": result.worked.value,
        "sentence": result.sentence,
        "before": effect.before.value if effect else None,
        "after": effect.after.value if effect else None,
        "low": effect.low if effect else None,
        "high": effect.high if effect else None,
        "beyond_low": beyond[0] if beyond else None,
        "beyond_high": beyond[1] if beyond else None,
        "n": effect.after.n if effect else 0,
    }


def finding_json(finding: Finding) -> Json:
    """The object of a finding; numbers in the unit of its check, null where there is none."""
    return {
        "check": finding.check,
        "subject": finding.subject,
        "value": finding.value,
        "low": finding.low,
        "high": finding.high,
        "threshold": finding.threshold,
        "reference": finding.reference,
        "n": finding.n,
        "verdict": finding.verdict.value,
        "cause": finding.cause.value,
        "slice": finding.slice,
        "provisional": finding.provisional,
        "per_day": None if (day := finding.per_day) is None else {"value": day.value, "low": day.low, "high": day.high},
        "message": finding.message,
        "window_start": utc(finding.window_start),
        "window_end": utc(finding.window_end),
    }


def advice_json(advice: Advice) -> Json:
    """The object of an advice: the action and what to tell of it; its signals are in the history."""
    return {
        "action": advice.action.value,
        "score": advice.score,
        "runner_up": advice.runner_up.value if advice.runner_up else None,
        "reasons": list(advice.reasons),
        "abstained": advice.abstained,
        "experiment": advice.experiment,
        "change": None if advice.change is None else change_json(advice.change),
    }


def change_json(change: Change) -> Json:
    """The object of a change of versions; null for a version that was not logged."""
    return {
        "kind": change.kind,
        "at": utc(change.at),
        "older_prompt": change.older_prompt or None,
        "older_model": change.older_model or None,
        "newer_prompt": change.newer_prompt or None,
        "newer_model": change.newer_model or None,
    }


def utc(at: datetime) -> str:
    """A time such as 2026-03-29T06:00:00Z, with a fraction only where there is one."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
