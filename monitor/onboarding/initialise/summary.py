"""What `tunewatch init` made of a log, in words: the columns by meaning, some joined rows, what to check."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from alerts.messages.figures import percent
from alerts.messages.numbers import hours, when
from monitor.log.reading.labelled import LabelledMessage
from monitor.onboarding.initialise.proposal import Proposal
from monitor.onboarding.initialise.questions import MEANINGS
from monitor.onboarding.initialise.roles import LABELS, Chosen

NOUNS: Final = {"predictions": "prediction log", "labels": "label log"}
LONGEST_MESSAGE: Final = 60  # characters
SECONDS_IN_HOUR: Final = 3600
_WIDTH: Final = 24
_MEANINGS: Final = 12


def summary(proposal: Proposal, scrub: Callable[[str], str]) -> Iterator[str]:
    """The lines; `scrub` takes personal data out of a message."""
    for role, chosen in proposal.roles.items():
        wrote = f"{chosen.preset.system.title}'s" if chosen.preset else ""
        also = " also" if role == LABELS and chosen.relation is proposal.predictions.relation else ""
        yield f"{chosen.relation.name} is{also} taken for {wrote or 'the'} {NOUNS[role]}{_figures(role, proposal)}"
        yield from (f"  {line}" for line in _columns(role, chosen))
    if not proposal.labels and proposal.trial.survey:
        yield "no labels were found: whether answers are right cannot be told, everything else can"
    if examples := proposal.trial.examples:
        yield f"{len(examples)} labelled messages, to compare with what you know:"
        yield from (f"  {_example(each, scrub)}" for each in examples)
    if proposal.to_check:
        n = len(proposal.to_check)
        yield f"{n} thing{'s' if n > 1 else ''} to check before any figure is believed:"
        yield from (f"  {number}. {each.key}: {each.sentence}" for number, each in enumerate(proposal.to_check, 1))


def _figures(role: str, proposal: Proposal) -> str:
    survey = proposal.trial.survey
    if role == LABELS:
        said = [f"{survey.label_rows:,} rows"] if survey else []
        if proposal.share_found:
            said.append(f"{percent(proposal.share_found)} of the ids tried are ids of predictions")
        return f": {', '.join(said)}" if said else ""
    span = f", {proposal.span[0]} to {proposal.span[1]} UTC" if proposal.span[0] else ""
    return f": {survey.rows:,} predictions{span}" if survey else ""


def _columns(role: str, chosen: Chosen) -> Iterator[str]:
    if chosen.preset is not None:
        mapped = chosen.preset.part.settings.get("columns", {}) | chosen.mapping.columns
        yield from (
            f"{meaning:<{_MEANINGS}}{_how(mapped[meaning])}"
            for of, meaning in MEANINGS
            if of == role and meaning in mapped
        )
        yield from (f"{key:<{_MEANINGS}}{value}" for key, value in chosen.where.items())
        return
    for of_role, meaning in MEANINGS:
        if of_role == role and (column := chosen.mapping.columns.get(meaning)):
            yield f"{meaning:<{_MEANINGS}}{column:<{_WIDTH}}such as {chosen.relation.column(column).example}"
        elif of_role == role and meaning not in ("latency_ms", "confidence"):
            yield f"{meaning:<{_MEANINGS}}NOT FOUND"


def _spoken(text: str) -> str:
    """What was said last, where a message is a JSON list of turns."""
    try:
        turns = json.loads(text)
        last = turns[-1]["content"]
    except (ValueError, LookupError, TypeError):
        return text
    return last if isinstance(last, str) else text


def _how(mapped: object) -> str:
    """A column as a person writes it."""
    if isinstance(mapped, Mapping) and "unit" in mapped:
        return f"{_how(mapped['column'])}, in {mapped['unit']}"
    if isinstance(mapped, Mapping):
        return f"from {_how(mapped['start'])} to {_how(mapped['end'])}"
    return " or ".join(map(_how, mapped)) if isinstance(mapped, list) else str(mapped).removesuffix("?")


def _example(row: LabelledMessage, scrub: Callable[[str], str]) -> str:
    text = " ".join(scrub(_spoken(row.text)).split())
    shown = text if len(text) <= LONGEST_MESSAGE else f"{text[:LONGEST_MESSAGE]}…"
    message = f"message “{shown}”" if shown else f"message {row.id}"
    agrees = "and labelled so" if row.label == row.predicted else f"labelled {row.label}"
    later = hours(max(0.0, (row.labelled_at - row.at).total_seconds() / SECONDS_IN_HOUR)).replace(".0 ", " ")
    return f"{when(row.at)}: {message} was predicted {row.predicted}, {agrees}, {later} later"
