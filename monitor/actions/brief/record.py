"""The brief for machines: `brief.json`."""

import json
from typing import Any

from alerts.messages.event_json import advice_json, finding_json
from monitor.actions.brief.confusions import Confusion
from monitor.actions.brief.document import Brief
from monitor.actions.brief.examples import Failing
from monitor.actions.brief.proposal import Proposal
from monitor.actions.material import Message
from monitor.common.json_lines import iso


def render_json(brief: Brief) -> str:
    """The file. Fields are added over time, never renamed or removed."""
    return json.dumps(_record(brief), ensure_ascii=False, indent=2) + "\n"


def _record(brief: Brief) -> dict[str, Any]:
    incident, cost = brief.incident, brief.cost
    return {
        "monitor": incident.monitor,
        "incident": incident.id,
        "severity": incident.severity.value,
        "onset": iso(incident.onset),
        "resolved_at": iso(incident.resolved_at) if incident.resolved_at else None,
        "findings": [finding_json(finding) for finding in incident.findings],
        "advice": advice_json(incident.advice),
        "versions": [
            {
                "model_version": line.model_version,
                "prompt_version": line.prompt_version,
                "first_labelled_at": iso(line.first),
                "class": line.label,
                "n": line.n,
                "right": line.right,
            }
            for line in brief.versions
        ],
        "confusions": [
            {**_confusion(each.confusion), "examples": [_failing(failing) for failing in each.failing]}
            for each in brief.shown
        ],
        "proposal": _proposal(brief.proposal),
        "tokens": {
            "per_letter": round(cost.per_letter, 3),
            "measured": cost.is_measured,
            "added_per_request": cost.added,
            "per_request_now": cost.now,
            "requests_per_day": cost.requests_a_day,
            "added_per_day": cost.added * cost.requests_a_day,
        },
        "tried": [
            {
                "at": iso(each.at),
                "candidate": each.candidate,
                "decision": each.decision.value,
                "verdict": each.said,
                "canary": each.canary,
            }
            for each in brief.tries
        ],
        "prompt": None if brief.prompt is None else brief.prompt.name,
        "holdout_since": iso(brief.holdout.since),
        "tests": len(brief.tests.cases),
        "personal_data_taken_out": brief.scrubbed,
    }


def _confusion(confusion: Confusion) -> dict[str, Any]:
    return {
        "class": confusion.label,
        "predicted": confusion.predicted,
        "n": confusion.n,
        "of": confusion.of,
        "rate": confusion.rate,
        "before_n": confusion.before_n,
        "before_of": confusion.before_of,
        "before_rate": confusion.before_rate,
        "lift": confusion.lift,
        "share_of_errors": confusion.share,
        "reverse_n": confusion.reverse_n,
    }


def _failing(failing: Failing) -> dict[str, Any]:
    own, other = failing.of_its_class, failing.of_the_other
    return {
        **_message(failing.message),
        "held_out": failing.is_held_out,
        "nearest_right": None if own is None else _message(own),
        "nearest_right_of_predicted": None if other is None else _message(other),
    }


def _message(message: Message) -> dict[str, Any]:
    row = message.row
    return {
        "id": row.id,
        "at": iso(row.at),
        "text": message.text,
        "class": row.label,
        "predicted": row.predicted,
        "confidence": row.confidence,
        "prompt_version": row.prompt_version,
    }


def _proposal(proposal: Proposal) -> dict[str, Any]:
    return {
        "is_a_proposal": True,
        "definitions": [{"class": d.label, "words": list(d.words), "messages": d.n} for d in proposal.definitions],
        "rules": [{"first": r.first, "then": list(r.then), "critical": r.is_critical} for r in proposal.rules],
        "few_shot": [_message(message) for message in proposal.examples],
        "text": proposal.text,
    }
