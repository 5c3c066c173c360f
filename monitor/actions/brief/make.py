"""Makes the folder: reads, compares, proposes, writes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from alerts.incident import Incident
from checks.rules.family import Family
from config.monitor import MonitorSettings
from monitor.actions.brief.confusions import Confusion, errors_of, top_confusions
from monitor.actions.brief.document import Brief, VersionLine
from monitor.actions.brief.examples import ConfusionExamples, few_shot, show
from monitor.actions.brief.likeness import Likeness
from monitor.actions.brief.promptfoo import CONFIG, PROMPT, PROPOSED, Case, Tests, render_config, render_prompt, safe
from monitor.actions.brief.proposal import propose
from monitor.actions.brief.record import render_json
from monitor.actions.brief.render import render_markdown
from monitor.actions.brief.span import IncidentMessages, around
from monitor.actions.brief.tokens import cost_of
from monitor.actions.folder import new_folder, write_files
from monitor.actions.material import Holdout, Message, NothingToExportError, disputed, hold_out, read_material
from monitor.actions.prompt import read_prompt
from monitor.history.writing.tries import Try
from monitor.log.prediction_log import PredictionLog

TESTS: Final = 30  # failing messages, and as many that guard; enough to see a prompt get better, quick to run
DAYS: Final = timedelta(days=7)  # that requests are counted over


@dataclass(frozen=True, slots=True)
class BriefSpec:
    """What is wanted: of which incident, as known at `as_of`; `holdout` is the one of earlier exports.

    `tries` are the candidates that were tried for it.
    """

    incident: Incident
    as_of: datetime
    holdout: datetime | None
    scrub: bool
    tries: tuple[Try, ...] = ()


def make_brief(log: PredictionLog, settings: MonitorSettings, spec: BriefSpec, out: Path) -> Brief:
    """Write the folder. The same log, history and spec give the same bytes.

    Raises NothingToExportError, FolderError, MappingError, ScrubberMissingError and SourceError.
    """
    incident = spec.incident
    if incident.family is not Family.QUALITY:
        raise NothingToExportError(f"{incident.id} is of {incident.family}: no change of the prompt is called for")
    material = read_material(log, settings, spec.as_of, scrub=spec.scrub)
    holdout = hold_out(material, spec.holdout)
    unclear = disputed(material.messages)
    span = around(incident, [m for m in material.messages if m.key not in unclear], spec.as_of)
    confusions = top_confusions(span, *_alarmed(incident))
    if not confusions:
        raise NothingToExportError(f"since {incident.onset:%Y-%m-%d %H:%M} no class was taken for another twice")
    likeness = Likeness()
    shown = show(span, confusions, holdout, likeness)
    examples = few_shot(span, confusions, holdout, likeness)
    learnable = [m for m in (*span.before, *span.during) if not holdout.has(m)]
    proposal = propose(confusions, learnable, examples, settings.classes)
    prompt = read_prompt(settings.prompt, _newest(span).row.prompt_version, f"monitors.{incident.monitor}.prompt")
    day = log.count_predictions(spec.as_of - DAYS, spec.as_of) / DAYS.days
    brief = Brief(
        incident=incident,
        versions=_versions(span, confusions[0].label),
        shown=shown,
        proposal=proposal,
        cost=cost_of(len(proposal.text), _of_newest(span), round(day)),
        tests=_tests(span, shown, holdout, frozenset(m.group for m in examples)),
        prompt=prompt,
        labels=tuple(sorted({m.row.label for m in material.messages})),
        holdout=holdout,
        scrubbed=material.scrubbed,
        tries=spec.tries,
    )
    with new_folder(out) as draft:
        write_files(draft, _files(brief))
    return brief


def _alarmed(incident: Incident) -> tuple[frozenset[str], frozenset[str]]:
    """Classes that are missed, and classes that are answered too often."""
    alarms = [finding for finding in incident.findings if finding.verdict.is_alarm]
    overused = frozenset(finding.subject for finding in alarms if finding.check == "class_precision")
    return frozenset(finding.subject for finding in alarms) - overused, overused


def _files(brief: Brief) -> dict[str, str]:
    system = None if brief.prompt is None else brief.prompt.text
    return {
        "brief.md": render_markdown(brief),
        "brief.json": render_json(brief),
        CONFIG: render_config(f"{brief.incident.monitor}, {brief.incident.id}", brief.tests),
        PROMPT: render_prompt(system, "", brief.labels),
        PROPOSED: render_prompt(system, brief.proposal.text, brief.labels),
    }


def _newest(span: IncidentMessages) -> Message:
    return span.during[-1]


def _of_newest(span: IncidentMessages) -> list[Message]:
    """Messages that the newest prompt version answered: their tokens are of one prompt."""
    version = _newest(span).row.prompt_version
    return [message for message in span.during if message.row.prompt_version == version]


def _versions(span: IncidentMessages, label: str) -> tuple[VersionLine, ...]:
    """How each pair of versions did on the labelled messages of a class, in the order in which they came."""
    lines: dict[tuple[str, str], list[Message]] = {}
    for message in (*span.before, *span.during):
        lines.setdefault((message.row.model_version, message.row.prompt_version), []).append(message)
    return tuple(
        VersionLine(
            model_version=model,
            prompt_version=prompt,
            first=messages[0].row.at,
            label=label,
            n=sum(m.row.label == label for m in messages),
            right=sum(m.row.label == label and m.is_right for m in messages),
        )
        for (model, prompt), messages in lines.items()
    )


def _tests(
    span: IncidentMessages, shown: Sequence[ConfusionExamples], holdout: Holdout, in_prompt: frozenset[int]
) -> Tests:
    """Failing messages of the confusions in turn, and messages of the same classes that went right."""
    errors = [_ordered(errors_of(span.during, each.confusion), holdout, in_prompt) for each in shown]
    failing = _in_turn(errors, TESTS)
    labels = _classes([each.confusion for each in shown])
    right = [m for m in (*span.before, *span.during) if m.is_right]
    taken = in_prompt | {message.group for message in failing}
    guards = _in_turn(
        [_ordered([m for m in right if m.row.label == label], holdout, taken) for label in labels], len(failing)
    )
    cases = [Case(m, guards, holdout.has(m)) for part, guards in ((failing, False), (guards, True)) for m in part]
    return safe(cases)


def _classes(confusions: Sequence[Confusion]) -> list[str]:
    """What a prompt that catches the missed classes may lose: those that they are taken for, and they themselves."""
    return list(dict.fromkeys([*(c.predicted for c in confusions), *(c.label for c in confusions)]))


def _ordered(messages: Sequence[Message], holdout: Holdout, taken: frozenset[int]) -> list[Message]:
    """One of each group that is not taken, newest first, those that are held out last."""
    different = {message.group: message for message in messages if message.group not in taken}
    return sorted(different.values(), key=lambda m: (holdout.has(m), -m.row.at.timestamp(), m.key))


def _in_turn(lists: Sequence[Sequence[Message]], most: int) -> list[Message]:
    """The first of each list, then the second of each, and so on; each message once."""
    longest = max(map(len, lists), default=0)
    turns = (each[place] for place in range(longest) for each in lists if place < len(each))
    return list({message.group: message for message in turns}.values())[:most]
