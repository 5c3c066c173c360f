"""A label queue as a file: CSV, JSON lines, or tasks to import into Label Studio."""

import csv
import io
import json
from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from monitor.actions.label_queue.queue import Queue, QueuedPrediction
from monitor.common.json_lines import iso, to_line
from monitor.common.spreadsheet_cells import guarded, guarded_id


class Form(StrEnum):
    """How a queue is written."""

    CSV = "csv"
    JSONL = "jsonl"
    LABEL_STUDIO = "label-studio"

    @classmethod
    def of(cls, file: Path) -> "Form | None":
        """The form that a file's name asks for; None where it says nothing."""
        return _BY_SUFFIX.get(file.suffix.lower())


_BY_SUFFIX: Final = {".csv": Form.CSV, ".jsonl": Form.JSONL, ".ndjson": Form.JSONL, ".json": Form.LABEL_STUDIO}


def render(queue: Queue, form: Form, *, with_text: bool) -> str:
    """The whole file. Without `with_text` it holds nothing that a user wrote."""
    records = [_record(each, queue.monitor, with_text=with_text) for each in queue.predictions]
    match form:
        case Form.CSV:
            return _csv(records)
        case Form.JSONL:
            return "".join(f"{to_line(record)}\n" for record in records)
        case Form.LABEL_STUDIO:
            return _tasks(records)


def _record(queued: QueuedPrediction, monitor: str, *, with_text: bool) -> dict[str, Any]:
    drawn = queued.drawn
    return {
        "id": drawn.id,
        "at": iso(drawn.at),
        **({"text": drawn.text} if with_text else {}),
        "predicted": drawn.stratum.predicted,
        "confidence": drawn.confidence,
        "inclusion_probability": queued.probability,
        "stratum": str(drawn.stratum),
        "monitor": monitor,
        "reason": queued.reason,
    }


def _csv(records: Iterable[Mapping[str, Any]]) -> str:
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    for place, record in enumerate(records):
        if place == 0:
            writer.writerow(record)
        writer.writerow(guarded_id(value) if name == "id" else guarded(value) for name, value in record.items())
    return written.getvalue()


def _tasks(records: Iterable[Mapping[str, Any]]) -> str:
    """Tasks as Label Studio imports them: a list of objects whose `data` the labelling interface may name.

    There are no pre-annotations: a labeller who is shown the prediction tends to agree with it, and the misses that
    the queue looks for are those where it is wrong.
    """
    return json.dumps([{"data": record} for record in records], ensure_ascii=False, indent=1) + "\n"
