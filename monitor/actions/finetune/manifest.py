"""What is in the folder, how it was made, and the proof that its parts share nothing: `manifest.json`."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from importlib import metadata
from typing import Any

from config.duration import format_duration
from monitor.actions.finetune.dataset import Dataset, Limits, Split
from monitor.actions.finetune.format import Format
from monitor.actions.finetune.proof import Overlap
from monitor.actions.material import HELD_OUT, RIPE, Material
from monitor.actions.prompt import Prompt
from monitor.common.json_lines import iso
from monitor.common.near_duplicates import COMPARED, GRAM, SIMILAR

FINDERS = ("phonenumbers", "python-stdnum")


@dataclass(frozen=True)
class Made:
    """A folder of training data, and all that is to be said of it; `digests` are the SHA-256 of its files."""

    monitor: str
    form: Format
    limits: Limits
    material: Material
    dataset: Dataset
    prompt: Prompt | None
    overlaps: tuple[Overlap, ...]
    digests: Mapping[str, str]


def render_manifest(made: Made) -> str:
    """The file. It holds no time of its making, so that the same log gives the same bytes."""
    return json.dumps(_manifest(made), ensure_ascii=False, indent=2) + "\n"


def _manifest(made: Made) -> dict[str, Any]:
    messages, dataset = made.material.messages, made.dataset
    return {
        "made_by": f"tunewatch {_version('tunewatch')}",
        "monitor": made.monitor,
        "format": made.form.name,
        "format_source": made.form.source,
        "seed": made.limits.seed,
        "log": {"first": iso(messages[0].row.at), "last": iso(messages[-1].row.at), "labelled_messages": len(messages)},
        "labels": list(dataset.labels),
        "counts": {split.value: _counts(dataset, split) for split in Split},
        "holdout": {
            "since": iso(dataset.holdout.since),
            "rule": f"messages first seen, with all near duplicates, from then on; at first the newest {HELD_OUT:.0%}",
        },
        "overlap": [asdict(each) for each in made.overlaps],
        "near_duplicates": {
            "measure": f"Jaccard similarity of character {GRAM}-grams of the first {COMPARED} letters, evened out",
            "from": SIMILAR,
            "groups_with_several_labels": dataset.disputed_groups,
        },
        "left_out": dataset.left_out,
        "labels_ripe": {"after": _span(made.material.ripe_after), "share_of_labels_by_then": RIPE},
        "cap": {"times_the_smallest_class": made.limits.ratio, "fewest_per_class": made.limits.per_class},
        "personal_data": _personal(made.material),
        "prompt": None if made.prompt is None else made.prompt.name,
        "sha256": dict(made.digests),
    }


def _counts(dataset: Dataset, split: Split) -> dict[str, Any]:
    counts = dataset.counts(split)
    return {"all": counts.total(), "by_label": {label: counts[label] for label in dataset.labels}}


def _personal(material: Material) -> dict[str, Any]:
    if not material.scrubbed:
        return {"taken_out": False}
    return {
        "taken_out": True,
        "found": dict(sorted(material.personal.items())),
        "by": {name: _version(name) for name in FINDERS},
    }


def _span(span: timedelta | None) -> str | None:
    return None if span is None else format_duration(timedelta(minutes=round(span.total_seconds() / 60)))


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "unknown"
