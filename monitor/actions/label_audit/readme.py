"""What whoever checks the labels must know, in words."""

from collections import Counter
from dataclasses import dataclass
from typing import Final

from alerts.incident import Incident
from monitor.actions.label_audit.doubts import Doubt, Reason
from monitor.actions.markdown import document

TOLD: Final = {
    Reason.CONTRADICTED: "the same text, or almost, has another label as often or more often",
    Reason.LABELLERS_DISAGREE: "two people gave this prediction different labels",
    Reason.CORRECTED: "the label was another one before",
    Reason.CLASSIFIER_DISAGREES: "a classifier that has not seen it is sure of another class",
}


@dataclass(frozen=True, slots=True)
class Audit:
    """The labels to check, most doubtful first; `found` were in doubt, `held_out` messages were not looked at."""

    doubts: tuple[Doubt, ...]
    found: int
    read: int
    held_out: int
    held_out_during: int


def render_readme(audit: Audit, incident: Incident, *, scrubbed: bool) -> str:
    """`README.md`."""
    counts = Counter(reason for doubt in audit.doubts for reason in doubt.reasons)
    return document(
        "label_audit/README.md.jinja", audit=audit, incident=incident, told=TOLD, counts=counts, scrubbed=scrubbed
    )
