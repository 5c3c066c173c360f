"""Makes the folder: reads, doubts, writes."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import quoteattr

from alerts.incident import Incident
from config.monitor import MonitorSettings
from monitor.actions.folder import new_folder, write_files
from monitor.actions.label_audit.doubts import Doubt, find_doubts
from monitor.actions.label_audit.readme import Audit, render_readme
from monitor.actions.material import NothingToExportError, hold_out, read_material
from monitor.common.json_lines import iso
from monitor.common.spreadsheet_cells import to_csv
from monitor.log.prediction_log import PredictionLog

COLUMNS: Final = (
    *("id", "at", "text", "label", "suggested", "reasons", "margin"),
    *("predicted", "during_incident", "label_rows", "labellers", "monitor"),
)


@dataclass(frozen=True, slots=True)
class AuditSpec:
    """What is wanted: of which incident, as known at `as_of`, at most `budget` labels."""

    incident: Incident
    as_of: datetime
    holdout: datetime | None
    budget: int
    scrub: bool


def make_audit(log: PredictionLog, settings: MonitorSettings, spec: AuditSpec, out: Path) -> Audit:
    """Write the folder. The same log, history and spec give the same bytes.

    Raises NothingToExportError, FolderError, ScrubberMissingError and SourceError.
    """
    incident = spec.incident
    material = read_material(log, settings, spec.as_of, scrub=spec.scrub)
    holdout = hold_out(material, spec.holdout)
    messages = [message for message in material.messages if not holdout.has(message)]
    end = incident.resolved_at or spec.as_of
    during = frozenset(m.row.id for m in material.messages if incident.onset <= m.row.at < end)
    doubts = find_doubts(messages, during)
    if not doubts:
        raise NothingToExportError(f"none of {len(messages):,} labels is in doubt")
    audit = Audit(
        doubts=tuple(doubts[: spec.budget]),
        found=len(doubts),
        read=len(messages),
        held_out=len(material.messages) - len(messages),
        held_out_during=sum(holdout.has(m) and m.row.id in during for m in material.messages),
    )
    records = [_record(doubt, incident.monitor) for doubt in audit.doubts]
    labels = sorted({message.row.label for message in material.messages})
    files = {
        "label-studio.json": json.dumps([{"data": each} for each in records], ensure_ascii=False, indent=1) + "\n",
        "labels.csv": to_csv(COLUMNS, records),
        "labeling-config.xml": _interface(labels),
        "README.md": render_readme(audit, incident, scrubbed=spec.scrub),
    }
    with new_folder(out) as draft:
        write_files(draft, files)
    return audit


def _record(doubt: Doubt, monitor: str) -> dict[str, Any]:
    row = doubt.message.row
    return {
        "id": row.id,
        "at": iso(row.at),
        "text": doubt.message.text,
        "label": row.label,
        "suggested": doubt.suggested or "",
        "reasons": " ".join(doubt.reasons),
        "margin": round(doubt.margin, 3),
        "predicted": row.predicted,
        "during_incident": doubt.during,
        "label_rows": row.label_rows,
        "labellers": row.labellers,
        "monitor": monitor,
    }


def _interface(labels: Sequence[str]) -> str:
    """A labelling interface that shows the message alone: who sees a label tends to agree with it."""
    choices = "\n".join(f"    <Choice value={quoteattr(label)}/>" for label in labels)
    return (
        '<View>\n  <Text name="text" value="$text"/>\n'
        f'  <Choices name="label" toName="text" choice="single">\n{choices}\n  </Choices>\n</View>\n'
    )
