"""What tells two posts apart that say different things, and not two that say the same with newer numbers."""

import hashlib

from alerts.incident import Transition


def fingerprint(step: Transition) -> str:
    """Twelve digits of how an incident stands: event, state, severity, advised action, who acknowledged it.

    The first post of an incident tells how it stands now. Where a try of it may have arrived and the incident has moved
    on since (it was resolved, say), the next try is other news, which nobody may drop as the same.
    """
    incident = step.incident
    stands = (step.event, incident.state, incident.severity, incident.advice.action, incident.acknowledged_by)
    return hashlib.sha256("\n".join(map(str, stands)).encode()).hexdigest()[:12]
