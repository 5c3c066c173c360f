"""What whoever checks the labels must know, in words."""

from collections import Counter
from dataclasses import dataclass
from typing import Final

from alerts.incident import Incident
from monitor.actions.label_audit.doubts import Doubt, Reason
from monitor.actions.markdown import code, plural, table

TOLD: Final = {
    Reason.CONTRADICTED: "the same text, or almost, has another label as often or more often",
    Reason.LABELLERS_DISAGREE: "two people gave this prediction different labels",
    Reason.CORRECTED: "the label was another one before",
    Reason.CLASSIFIER_DISAGREES: "a classifier that has not seen it is sure of another class",
}

STEPS: Final = """\
1. In Label Studio make a project with the interface of `labeling-config.xml` and import `label-studio.json`; or work in
   `labels.csv`, with the columns `label` and `suggested` hidden.
2. Label each message anew, without looking at the label that it has.
3. Write the id, the new label and the time to the label log: the latest label counts, and tunewatch corrects its
   figures by itself."""


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
    rows = [(code(reason), TOLD[reason], f"{counts[reason]:,}") for reason in Reason if counts[reason]]
    parts = [
        f"# {incident.monitor}: labels to check",
        _found(audit, incident),
        "**Messages of customers. Keep the folder where such data may lie, and delete it when it has served.**",
        table(("reason", "what it means", "labels"), rows),
        STEPS,
        _notes(audit, scrubbed=scrubbed),
    ]
    return "\n\n".join(parts) + "\n"


def _found(audit: Audit, incident: Incident) -> str:
    return (
        f"{len(audit.doubts):,} of {plural(audit.found, 'label')} in doubt, out of {audit.read:,} that were read, for "
        f"incident {code(incident.id)}. The most doubtful come first."
    )


def _notes(audit: Audit, *, scrubbed: bool) -> str:
    held = plural(audit.held_out_during, "message")
    notes = [
        f"Messages that are held out for testing are not listed; {held} of the incident are among them.",
        "A doubt is no error: some of these labels are right, and the message is hard.",
        "Personal data was taken out by its form; names and addresses have none and are still there."
        if scrubbed
        else "**Personal data was left in (`--no-scrub`).**",
    ]
    return "\n".join(f"- {note}" for note in notes)
