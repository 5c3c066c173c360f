"""What is sent to Alertmanager; pure.

Source: https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml and
https://prometheus.io/docs/alerting/latest/clients/
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from alerts.incident import State, Transition
from alerts.messages.event_json import utc
from alerts.messages.links import PAGE, REPORT, Link
from alerts.messages.message import root_message
from alerts.messages.text import render_text
from checks.rules.family import Family
from checks.rules.finding import Verdict

LASTS: Final = timedelta(hours=1)
"""How long an alert lasts after it was sent last: far longer than between two sendings, so that an upgrade of tunewatch
or a short outage resolves nothing; and not for ever, where tunewatch is gone for good."""

NAMES: Final = {
    Family.QUALITY: "ChatbotQuality",
    Family.LATENCY: "ChatbotLatency",
    Family.DATA: "ChatbotData",
    Family.WATCH: "TunewatchBlind",
    Family.RETIREMENT: "ChatbotModelRetires",
}
"""The label `alertname`, by family."""

Json = dict[str, Any]


def alert(step: Transition, at: datetime, links: Sequence[Link] = ()) -> Json:
    """How an incident stands at a time: where it is resolved, it ended; else it lasts until it is sent again."""
    incident = step.incident
    ends = incident.resolved_at or step.at if incident.state is State.RESOLVED else at + LASTS
    return _alert(step, incident.severity, ends, links)


def ended_warning(step: Transition, links: Sequence[Link] = ()) -> Json:
    """The end of the warning that became critical: alerts are told apart by labels, of which the severity is one."""
    return _alert(step, Verdict.WARNING, step.at, links)


def _alert(step: Transition, severity: Verdict, ends: datetime, links: Sequence[Link]) -> Json:
    incident, message = step.incident, root_message(step)
    return {
        "labels": {
            "alertname": NAMES[incident.family],
            "monitor": incident.monitor,
            "severity": severity.value,
            "family": incident.family.value,
            "incident": incident.id,
        },
        "annotations": {
            "summary": message.title,
            "action": message.action,
            "description": render_text(replace(message, links=tuple(links))),
            **{f"{link.kind}_url": link.url for link in links},
        },
        "startsAt": utc(incident.since),
        "endsAt": utc(ends),
        **_source(links),
    }


def _source(links: Sequence[Link]) -> Json:
    """Where the alert comes from: its page, else the report of its rows."""
    url = next((link.url for kind in (PAGE, REPORT) for link in links if link.kind == kind), None)
    return {} if url is None else {"generatorURL": url}
