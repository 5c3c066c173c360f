"""Makes the folder: reads, splits, writes, proves."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from config.monitor import MonitorSettings
from monitor.actions.finetune.card import hub_card, render_card
from monitor.actions.finetune.dataset import Dataset, Limits, Split, split_up
from monitor.actions.finetune.format import Example, Format
from monitor.actions.finetune.manifest import Made, render_manifest
from monitor.actions.finetune.proof import prove
from monitor.actions.folder import new_folder, write_files
from monitor.actions.material import NothingToExportError, hold_out, read_material
from monitor.actions.prompt import Prompt, read_prompt
from monitor.common.json_lines import iso, to_line
from monitor.common.spreadsheet_cells import to_csv
from monitor.log.prediction_log import PredictionLog

ROWS = ("split", "line", "id", "at", "label", "group")


@dataclass(frozen=True, slots=True)
class FinetuneSpec:
    """What is wanted: of which monitor, for whom, as known at `as_of`; `holdout` is the one of earlier exports."""

    monitor: str
    form: Format
    as_of: datetime
    limits: Limits
    holdout: datetime | None
    scrub: bool


def make_finetune(log: PredictionLog, settings: MonitorSettings, spec: FinetuneSpec, out: Path) -> Made:
    """Write the folder. The same log and the same spec give the same bytes.

    Raises NothingToExportError, FolderError, FormatError, MappingError, ScrubberMissingError and SourceError.
    """
    material = read_material(log, settings, spec.as_of, scrub=spec.scrub)
    holdout = hold_out(material, spec.holdout)
    dataset = split_up(material, holdout, spec.limits)
    _check_takers(dataset, spec.form)
    newest = material.messages[-1].row.prompt_version
    prompt = read_prompt(settings.prompt, newest, f"monitors.{spec.monitor}.prompt") if spec.form.takes_prompt else None
    with new_folder(out) as draft:
        files = _files(dataset, spec.form, prompt)
        write_files(draft, files)
        overlaps = prove(draft, spec.form, dataset.labels)
        made = Made(
            monitor=spec.monitor,
            form=spec.form,
            limits=spec.limits,
            material=material,
            dataset=dataset,
            prompt=prompt,
            overlaps=overlaps,
            digests={name: hashlib.sha256(text.encode()).hexdigest() for name, text in files.items()},
        )
        write_files(draft, {"manifest.json": render_manifest(made), "DATACARD.md": render_card(made)})
        if spec.form.name == "hf":
            write_files(draft, {"README.md": hub_card(made)})
    return made


def _check_takers(dataset: Dataset, form: Format) -> None:
    n = len(dataset.splits[Split.TRAIN])
    if n < form.fewest:
        raise NothingToExportError(f"{form.name} takes no fewer than {form.fewest} training examples; there are {n}")
    if not dataset.splits[Split.TEST]:
        raise NothingToExportError("no message is new enough to test with; --new-holdout chooses the newest 20% anew")


def _files(dataset: Dataset, form: Format, prompt: Prompt | None) -> Mapping[str, str]:
    system = None if prompt is None else prompt.text
    files = {
        f"{split}{form.suffix}": form.write([Example(m.text, m.row.label) for m in part], system, dataset.labels)
        for split, part in dataset.splits.items()
    }
    files["rows.csv"] = _rows(dataset)
    if form.name == "hf":
        files["labels.json"] = to_line(_numbers(dataset.labels)) + "\n"
    return files


def _numbers(labels: tuple[str, ...]) -> dict[str, dict[str, object]]:
    """Number of each class and class of each number, as the configuration of a `transformers` model has them."""
    return {
        "id2label": {str(number): label for number, label in enumerate(labels)},
        "label2id": {label: number for number, label in enumerate(labels)},
    }


def _rows(dataset: Dataset) -> str:
    """Which prediction each line is of, so that a person's message can be found and taken out again."""
    numbers = {group: n for n, group in enumerate(sorted({m.group for part in dataset.splits.values() for m in part}))}
    return to_csv(
        ROWS,
        (
            {
                "split": split.value,
                "line": line,
                "id": message.row.id,
                "at": iso(message.row.at),
                "label": message.row.label,
                "group": numbers[message.group],
            }
            for split, part in dataset.splits.items()
            for line, message in enumerate(part, start=1)
        ),
    )
