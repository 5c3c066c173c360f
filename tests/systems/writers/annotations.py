"""Has label-studio-sdk and argilla make annotations of the story: `python -m tests.systems.writers.annotations`.

The results of annotations are Label Studio's; the task around them is that of its JSON export, by its documentation.
"""

import tempfile
import uuid
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import argilla
from argilla.records._io import JsonIO
from label_studio_sdk.label_interface import LabelInterface

from tests.systems.databases import keep
from tests.systems.story import turns

_CLASSES: Final = ("urgent", "card", "refund", "transfer")
_INTERFACE: Final = LabelInterface(
    '<View><Text name="text" value="$text"/><Choices name="intent" toName="text">'
    + "".join(f'<Choice value="{name}"/>' for name in _CLASSES)
    + "</Choices></View>"
)
_REVIEWER: Final = uuid.UUID("11111111-1111-1111-1111-111111111111")


def _iso(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def tasks() -> Iterator[dict[str, Any]]:
    """Yield the tasks of an export; some were cancelled by one annotator and done by another."""
    for turn in turns():
        region = _INTERFACE.get_control("intent").label(turn.label)._dict()  # noqa: SLF001 - as the SDK serialises it
        region["id"] = f"r{turn.n}"
        done = {
            "id": turn.n,
            "completed_by": {"id": 1, "email": "reviewer@example.com"} if turn.n % 2 else 1,
            "result": [region],
            "was_cancelled": False,
            "ground_truth": False,
            "created_at": _iso(turn.at),
            "updated_at": _iso(turn.labelled_at),
            "lead_time": 3.2,
        }
        skipped = done | {"id": 10_000 + turn.n, "was_cancelled": True, "result": [] if turn.n % 20 else [region]}
        yield {
            "id": turn.n,
            "data": {"id": turn.span_id, "text": turn.text, "inclusion_probability": 0.5},
            "annotations": [done, skipped] if turn.n % 10 == 0 else [done],
            "predictions": [],
            "created_at": _iso(turn.at),
            "updated_at": _iso(turn.labelled_at),
        }


def records(folder: Path) -> str:
    """Return what `to_json` writes."""
    made = [
        argilla.Record(
            id=turn.span_id,
            fields={"text": turn.text},
            metadata={"labelled_at": _iso(turn.labelled_at), "inclusion_probability": 0.5},
            responses=[argilla.Response("intent", turn.label, user_id=_REVIEWER)],
        )
        for turn in turns()
    ]
    return JsonIO.to_json(made, folder / "records.json").read_text(encoding="utf-8")


def main() -> None:
    """Write the fixtures."""
    keep("label-studio", list(tasks()))
    with tempfile.TemporaryDirectory() as folder:
        keep("argilla", records(Path(folder)))


if __name__ == "__main__":
    main()
