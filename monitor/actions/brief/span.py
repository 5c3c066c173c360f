"""Labelled messages before and during an incident."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from alerts.incident import Incident
from monitor.actions.material import Message


@dataclass(frozen=True, slots=True)
class IncidentMessages:
    """Messages in the order of time: `during` from the onset until the incident was resolved, `before` the onset."""

    before: tuple[Message, ...]
    during: tuple[Message, ...]


def around(incident: Incident, messages: Sequence[Message], as_of: datetime) -> IncidentMessages:
    """Cut the messages by the incident's time."""
    end = incident.resolved_at or as_of
    return IncidentMessages(
        tuple(message for message in messages if message.row.at < incident.onset),
        tuple(message for message in messages if incident.onset <= message.row.at < end),
    )
