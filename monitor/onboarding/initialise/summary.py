"""What `tunewatch init` made of a log, in words: the columns by meaning, some joined rows, what to check."""

from collections.abc import Callable, Iterator
from typing import Final

from alerts.messages.figures import percent
from alerts.messages.numbers import hours, when
from monitor.log.reading.labelled import LabelledMessage
from monitor.onboarding.initialise.proposal import Proposal
from monitor.onboarding.initialise.questions import MEANINGS
from monitor.onboarding.initialise.roles import LABELS, Chosen

NOUNS: Final = {"predictions": "the prediction log", "labels": "the label log"}
LONGEST_MESSAGE: Final = 60  # characters
SECONDS_IN_HOUR: Final = 3600
_WIDTH: Final = 24


def summary(proposal: Proposal, scrub: Callable[[str], str]) -> Iterator[str]:
    """The lines; `scrub` takes personal data out of a message."""
    for role, chosen in proposal.roles.items():
        yield f"{chosen.relation.name} is taken for {NOUNS[role]}{_figures(role, proposal)}"
        yield from (f"  {line}" for line in _columns(role, chosen))
    if not proposal.labels:
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
    for of_role, meaning in MEANINGS:
        if of_role == role and (column := chosen.mapping.columns.get(meaning)):
            yield f"{meaning:<12}{column:<{_WIDTH}}such as {chosen.relation.column(column).example}"
        elif of_role == role and meaning not in ("latency_ms", "confidence"):
            yield f"{meaning:<12}NOT FOUND"


def _example(row: LabelledMessage, scrub: Callable[[str], str]) -> str:
    text = " ".join(scrub(row.text).split())
    shown = text if len(text) <= LONGEST_MESSAGE else f"{text[:LONGEST_MESSAGE]}…"
    message = f"message “{shown}”" if shown else f"message {row.id}"
    agrees = "and labelled so" if row.label == row.predicted else f"labelled {row.label}"
    later = hours(max(0.0, (row.labelled_at - row.at).total_seconds() / SECONDS_IN_HOUR)).replace(".0 ", " ")
    return f"{when(row.at)}: {message} was predicted {row.predicted}, {agrees}, {later} later"
