"""The card of an advice, for a person and as one JSON object."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from alerts.incident import Incident
from alerts.messages.advising import certainty, recommendation
from alerts.messages.candidates import tried_in_words
from alerts.messages.cards import SAYS, change
from alerts.messages.numbers import when
from alerts.messages.words import STATES, WORDS
from checks.advice.deciding.explanation import Explanation, Flip, Score
from checks.advice.deciding.model import Signal
from monitor.cli.output.styles import STYLES
from monitor.common.terminal import printable
from monitor.history.writing.tries import Try


def explanation_parts(incident: Incident, card: Explanation, tries: Sequence[Try] = ()) -> Iterator[RenderableType]:
    """The parts, from what is advised down to what would change it."""
    advice = card.advice
    yield Text.assemble(
        (f"{WORDS[incident.severity]} ", STYLES[incident.severity]),
        f"{incident.family} incident {incident.id} of ",
        (printable(incident.monitor), "bold"),
        f": {STATES[incident.state]}, as of {when(incident.updated_at)}",
    )
    yield Text(printable(recommendation(advice, incident.findings)), "bold cyan")
    if sure := certainty(advice):
        yield Text(f"  {sure}")
    yield from _section("Why", (_sentence(reason) for reason in advice.reasons))
    yield from _section("The scores", _scores(card.scores))
    yield from _section("What was observed", _observed(advice.signals))
    yield from _section("What speaks against it", (_sentence(each.sentence) for each in card.against))
    yield from _section("What is missing", (_sentence(each.sentence) for each in card.missing))
    yield from _section("What would change it", (_sentence(change(flip)) for flip in card.flips))
    yield from _section("What was tried", (_sentence(_tried(each)) for each in tries))


def explanation_record(incident: Incident, card: Explanation, tries: Sequence[Try] = ()) -> dict[str, Any]:
    """The card as one JSON object; `signals` with their numbers."""
    advice = card.advice
    return {
        "type": "explanation",
        "incident": incident.id,
        "monitor": incident.monitor,
        "at": incident.updated_at,
        "action": advice.action,
        "score": advice.score,
        "runner_up": advice.runner_up,
        "abstained": advice.abstained,
        "experiment": advice.experiment,
        "reasons": advice.reasons,
        "scores": [_score_record(score) for score in card.scores],
        "signals": [_signal_record(signal) for signal in advice.signals],
        "against": [signal.name for signal in card.against],
        "missing": [signal.name for signal in card.missing],
        "flips": [_flip_record(flip) for flip in card.flips],
        "tried": [
            {
                "at": each.at,
                "candidate": each.candidate,
                "decision": each.verdict.decision,
                "verdict": each.said,
                "canary": each.canary,
            }
            for each in tries
        ],
    }


def _tried(each: Try) -> str:
    return f"{when(each.at)}: {tried_in_words(each.candidate, each.said)} {each.canary}".strip()


def _section(heading: str, parts: Iterable[RenderableType]) -> Iterator[RenderableType]:
    found = list(parts)
    if found:
        yield Text()
        yield Text(heading, "bold")
        yield from (Padding(part, (0, 0, 0, 2), expand=False) for part in found)


def _sentence(text: str) -> Text:
    return Text(f"- {printable(text)}")


def _scores(scores: Iterable[Score]) -> Iterator[Table]:
    table = Table.grid(padding=(0, 2, 0, 0))
    for score in scores:
        made_of = ", ".join(f"{item.signal} {item.weight:+.2g}" for item in score.contributions)
        table.add_row(score.action.value, f"{score.total:.2f}", made_of)
        for gate in score.gates:
            table.add_row("", "closed", Text(f"{gate.gate}: {printable(gate.sentence)}"))
    if table.row_count:
        yield table


def _observed(signals: Iterable[Signal]) -> Iterator[Table]:
    table = Table.grid(padding=(0, 2, 0, 0))
    for signal in signals:
        table.add_row(signal.name, SAYS[signal.holds], Text(printable(signal.sentence)))
    if table.row_count:
        yield table


def _score_record(score: Score) -> dict[str, Any]:
    return {
        "action": score.action,
        "total": score.total,
        "open": score.is_open,
        "contributions": [{"signal": item.signal, "weight": item.weight} for item in score.contributions],
        "gates": [{"gate": gate.gate, "sentence": gate.sentence} for gate in score.gates],
    }


def _signal_record(signal: Signal) -> dict[str, Any]:
    return {
        "name": signal.name,
        "family": signal.family,
        "holds": signal.holds,
        "sentence": signal.sentence,
        "numbers": dict(signal.numbers),
    }


def _flip_record(flip: Flip) -> dict[str, Any]:
    return {
        "signal": flip.signal,
        "says": flip.says,
        "instead": flip.instead,
        "action": flip.action,
        "abstained": flip.abstained,
    }
