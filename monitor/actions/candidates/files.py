"""The folder of a sample: the messages in four forms, and a manifest that says what they stand for."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import yaml

from checks.candidates.differences import Measure
from checks.candidates.sampling import Drawn, Stratum
from monitor.actions.brief.promptfoo import CONFIG, PROMPT, is_plain, render_prompt
from monitor.actions.candidates.sample import BATCH, CSV, MANIFEST, SAMPLE, Item, Role, Sample, Scope
from monitor.actions.finetune.format import json_lines
from monitor.actions.markdown import document
from monitor.common.json_lines import iso
from monitor.common.spreadsheet_cells import to_csv

VERSION: Final = 1
"""Of the manifest: a folder of a later one cannot be judged by an earlier tunewatch."""

MODEL: Final = "PUT-YOUR-MODEL-HERE"

COLUMNS: Final = ("id", "at", "text", "label", "now", "roles", "weight", "inclusion_probability", "stratum")

_HEAD: Final = """\
# yaml-language-server: $schema=https://promptfoo.dev/config-schema.json
# Messages of customers: keep this file where such data may lie.
# 1. Put your candidate's prompt into prompt.json, and its model in place of echo, such as openai:chat:MODEL,
#    anthropic:messages:MODEL, or a script that asks your bot: exec:./ask.sh.
# 2. npx promptfoo@latest eval --output answers.json
# 3. tunewatch try judge . --answers answers.json
"""


class SampleFolderError(Exception):
    """The folder is none that `try sample` made, or was changed since; the message says what is wrong."""


def render(sample: Sample, system: str | None) -> dict[str, str]:
    """All files by name; `system` is the prompt that answers now, None where the configuration names none."""
    lines = json_lines(_line(item, sample.parts) for item in sample.items)
    plain = [item for item in sample.items if is_plain(item.text) and is_plain(item.label)]
    files = {
        SAMPLE: lines,
        CSV: to_csv(COLUMNS, (_row(item, sample.parts) for item in sample.items)),
        BATCH: json_lines(_request(item, system, sample.classes) for item in sample.items),
        CONFIG: _promptfoo(sample, plain),
        PROMPT: render_prompt(system, "", sample.classes),
    }
    files[MANIFEST] = json.dumps(_manifest(sample, files), ensure_ascii=False, indent=2) + "\n"
    files["README.md"] = document(
        "candidates/README.md.jinja", sample=sample, roles=Role, left_out=len(sample.items) - len(plain)
    )
    return files


def _line(item: Item, parts: Sequence[Drawn]) -> dict[str, Any]:
    """A message; numbers that are not logged are left out."""
    logged = {
        "confidence": item.confidence,
        "latency_ms": item.latency_ms,
        "prompt_tokens": item.prompt_tokens,
        "completion_tokens": item.completion_tokens,
    }
    return {
        "id": item.id,
        "at": iso(item.at),
        "text": item.text,
        "label": item.label,
        "now": item.now,
        "roles": [role.value for role in item.roles],
        "part": item.part,
        "stratum": _stratum(item, parts),
        "weight": item.weight,
        "inclusion_probability": item.probability,
        **{name: value for name, value in logged.items() if value is not None},
    }


def _stratum(item: Item, parts: Sequence[Drawn]) -> str | None:
    return None if item.part is None else str(parts[item.part].stratum)


def _row(item: Item, parts: Sequence[Drawn]) -> dict[str, Any]:
    line = _line(item, parts)
    return {name: line[name] for name in COLUMNS} | {
        "roles": " ".join(item.roles),
        "weight": "" if item.weight is None else item.weight,
        "inclusion_probability": "" if item.probability is None else item.probability,
        "stratum": line["stratum"] or "",
    }


def asked(system: str | None, text: str, classes: Sequence[str]) -> list[dict[str, str]]:
    """The chat that asks for the class of a message."""
    said = system or f"Answer with one class and nothing else. The classes: {', '.join(classes)}."
    return [{"role": "system", "content": said}, {"role": "user", "content": text}]


def _request(item: Item, system: str | None, classes: Sequence[str]) -> dict[str, Any]:
    """A line of OpenAI's batch input (https://developers.openai.com/api/docs/guides/batch)."""
    body = {"model": MODEL, "messages": asked(system, item.text, classes), "temperature": 0}
    return {"custom_id": item.id, "method": "POST", "url": "/v1/chat/completions", "body": body}


def _promptfoo(sample: Sample, items: Sequence[Item]) -> str:
    config = {
        "description": f"{sample.monitor}: a candidate on {len(items)} messages",
        "prompts": [f"file://{PROMPT}"],
        "providers": ["echo"],
        "defaultTest": {"options": {"transform": "output.trim()"}},
        "tests": [
            {
                "description": f"{item.label}, is answered {item.now}",
                "vars": {"text": item.text},
                "assert": [{"type": "equals", "value": item.label}],
                "metadata": {"id": item.id, "roles": [role.value for role in item.roles]},
            }
            for item in items
        ],
    }
    return _HEAD + yaml.safe_dump(config, sort_keys=False, allow_unicode=True, width=120)


def _manifest(sample: Sample, files: Mapping[str, str]) -> dict[str, Any]:
    scope = sample.scope
    return {
        "version": VERSION,
        "monitor": sample.monitor,
        "incident": sample.incident,
        "as_of": iso(sample.as_of),
        "seed": sample.seed,
        "answers_now": {"model_version": scope.model_version, "prompt_version": scope.prompt_version},
        "window": {"start": iso(scope.start), "end": iso(scope.end), "labels_ripe": scope.ripe},
        "held_out_since": iso(scope.held_out_since),
        "production": {
            "predictions": scope.predictions,
            "of_classes_without_a_label": scope.unseen,
            "share_that_is_held_out": scope.eligible,
        },
        "classes": list(sample.classes),
        "critical": list(sample.critical),
        "precise": list(sample.precise),
        "aims": [{"measure": measure.value, "class": name} for measure, name in sample.aims],
        "candidates": sample.candidates,
        "size": {"messages": len(sample.items)} | {role.value: sample.count(role) for role in Role},
        "strata": [
            {
                "class": part.stratum.label,
                "right": part.stratum.right,
                "drawn": len(part.keys),
                "there": part.there,
                "mass": part.mass,
                "squares": part.squares,
                "certain": part.certain,
            }
            for part in sample.parts
        ],
        "labels_a_day": sample.labels_a_day,
        "delay_days": sample.delay_days,
        "personal_data_taken_out": sample.scrubbed,
        "sha256": {name: hashlib.sha256(text.encode()).hexdigest() for name, text in files.items()},
    }


def read_sample(folder: Path) -> tuple[Sample, str]:
    """The sample of a folder as it was made, and the SHA-256 of its messages. Raises SampleFolderError."""
    manifest = folder / MANIFEST
    try:
        said = json.loads(manifest.read_text(encoding="utf-8"))
        lines = (folder / SAMPLE).read_bytes()
    except FileNotFoundError as error:
        raise SampleFolderError(f"{error.filename} is not there: name a folder that `try sample` made") from None
    except (OSError, ValueError) as error:
        raise SampleFolderError(f"{folder} cannot be read: {error}") from None
    if not isinstance(said, dict) or said.get("version") != VERSION:
        raise SampleFolderError(f"{manifest} is not of this version of tunewatch: draw the sample anew")
    digest = hashlib.sha256(lines).hexdigest()
    if said["sha256"][SAMPLE] != digest:
        raise SampleFolderError(
            f"{folder / SAMPLE} was changed since it was drawn, so its weights no longer hold: draw it anew"
        )
    try:
        return _sample(said, [json.loads(line) for line in lines.decode().split("\n") if line]), digest
    except (KeyError, TypeError, ValueError) as error:
        raise SampleFolderError(
            f"{manifest} was changed since it was written ({error!r}): draw the sample anew"
        ) from None


def _sample(said: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]) -> Sample:
    keys: dict[int, list[str]] = {}
    for line in lines:
        if line["part"] is not None:
            keys.setdefault(line["part"], []).append(line["id"])
    parts = tuple(
        Drawn(
            Stratum(part["class"], part["right"]),
            tuple(keys[place]),
            part["there"],
            part["mass"],
            part["squares"],
            certain=part["certain"],
        )
        for place, part in enumerate(said["strata"])
    )
    production, window, now = said["production"], said["window"], said["answers_now"]
    return Sample(
        monitor=said["monitor"],
        incident=said["incident"],
        as_of=_time(said["as_of"]),
        seed=said["seed"],
        scope=Scope(
            now["model_version"],
            now["prompt_version"],
            _time(window["start"]),
            _time(window["end"]),
            _time(said["held_out_since"]),
            production["predictions"],
            production["of_classes_without_a_label"],
            production["share_that_is_held_out"],
            window["labels_ripe"],
        ),
        classes=tuple(said["classes"]),
        critical=tuple(said["critical"]),
        precise=tuple(said["precise"]),
        aims=tuple((Measure(each["measure"]), each["class"]) for each in said["aims"]),
        candidates=said["candidates"],
        parts=parts,
        items=tuple(map(_item, lines)),
        labels_a_day=said["labels_a_day"],
        delay_days=said["delay_days"],
        scrubbed=said["personal_data_taken_out"],
    )


def _item(line: Mapping[str, Any]) -> Item:
    return Item(
        id=line["id"],
        at=_time(line["at"]),
        text=line["text"],
        label=line["label"],
        now=line["now"],
        roles=tuple(map(Role, line["roles"])),
        part=line["part"],
        weight=line["weight"],
        probability=line["inclusion_probability"],
        confidence=line.get("confidence"),
        latency_ms=line.get("latency_ms"),
        prompt_tokens=line.get("prompt_tokens"),
        completion_tokens=line.get("completion_tokens"),
    )


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
