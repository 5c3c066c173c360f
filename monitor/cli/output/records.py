"""What the history holds, as flat records: one shape for JSON lines and for CSV."""

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

from alerts.incident import Incident
from alerts.messages.event_json import advice_json, finding_json
from monitor.common.json_lines import iso
from monitor.common.spreadsheet_cells import guarded
from monitor.common.terminal import hand_over
from monitor.history.queries.queries import Belief

Record = Mapping[str, Any]


def incident_record(incident: Incident) -> dict[str, Any]:
    """One incident as it stands; every value is a scalar, or None."""
    worst = incident.findings[0] if incident.findings else None
    return {
        "incident": incident.id,
        "monitor": incident.monitor,
        "family": incident.family,
        "state": incident.state,
        "severity": incident.severity,
        "since": incident.since,
        "onset": incident.onset,
        "opened_at": incident.opened_at,
        "resolved_at": incident.resolved_at,
        "updated_at": incident.updated_at,
        "acknowledged_by": incident.acknowledged_by,
        "check": worst.check if worst else None,
        "subject": worst.subject if worst else None,
        "value": worst.value if worst else None,
        "action": incident.advice.action,
    }


def incident_details(incident: Incident) -> dict[str, Any]:
    """What does not fit a flat record: the findings as last seen, and the advice with its reasons."""
    return {
        "findings": [finding_json(finding) for finding in incident.findings],
        "advice": advice_json(incident.advice),
    }


def belief_record(monitor: str, belief: Belief) -> dict[str, Any]:
    """One metric as one cycle believed it."""
    e = belief.estimate
    return {
        "as_of": belief.as_of,
        "monitor": monitor,
        "metric": e.metric,
        "class": e.class_name,
        "slice": e.slice,
        "window_start": e.window_start,
        "window_end": e.window_end,
        "value": e.value,
        "low": e.low,
        "high": e.high,
        "raw": e.raw,
        "n": e.n,
        "n_labelled": e.n_labelled,
        "coverage": e.coverage,
        "provisional": e.provisional,
    }


def print_csv(records: Iterable[Record]) -> None:
    """Print the records with a heading; nothing where there are none. Times are in UTC, unknown values empty.

    Texts that a spreadsheet would take for formulas are guarded by an apostrophe.
    """
    for place, record in enumerate(records):
        if place == 0:
            hand_over(_csv_line(record))
        hand_over(_csv_line(_cell(value) for value in record.values()))


def _csv_line(cells: Iterable[Any]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(cells)
    return line.getvalue()


def _cell(value: Any) -> Any:  # noqa: ANN401 - of any scalar
    return iso(value) if hasattr(value, "astimezone") else guarded(value)
