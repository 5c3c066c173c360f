"""What is said of a candidate, for a person and as one JSON object."""

from collections.abc import Iterator
from typing import Any

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from alerts.messages.candidates import (
    DECIDED,
    canary_in_words,
    difference_in_words,
    failures_in_words,
    level_in_words,
    number_in_words,
    verdict_in_words,
)
from checks.candidates.verdict import Decision
from monitor.actions.candidates.judging import Judgement
from monitor.actions.candidates.sample import Role, Sample
from monitor.common.terminal import printable

_STYLES = {Decision.SHIP: "bold green", Decision.KEEP: "bold red", Decision.MORE_LABELS: "bold yellow"}


def judgement_parts(sample: Sample, judged: Judgement) -> Iterator[RenderableType]:
    """The verdict, then what it rests on."""
    verdict = judged.verdict
    now = " ".join(filter(None, (sample.scope.model_version, sample.scope.prompt_version))) or "what answers now"
    yield Text.assemble(
        (f"{DECIDED[verdict.decision]}  ", _STYLES[verdict.decision]),
        (printable(judged.candidate), "bold"),
        f" beside {printable(now)} of {printable(sample.monitor)}",
    )
    yield Text(printable(verdict_in_words(verdict)))
    if said := canary_in_words(judged.canary):
        yield Text(printable(said))
    yield from _section("In production", (difference_in_words(each) for each in verdict.differences))
    changes = (number_in_words(c.name, c.now, c.candidate, c.low, c.high, c.n) for c in judged.changes)
    yield from _section("Beside that", changes)
    yield from _section("Right, and no longer", _broken(judged))
    yield from _section("How sure", _notes(sample, judged))


def _broken(judged: Judgement) -> Iterator[str]:
    for item, said in judged.broken:
        kind = " (guard)" if Role.GUARD in item.roles else ""
        yield f"{item.label} answered {said!r}{kind}: {item.text[:120]}"
    if judged.n_broken > len(judged.broken):
        yield f"and {judged.n_broken - len(judged.broken):,} more"


def _notes(sample: Sample, judged: Judgement) -> Iterator[str]:
    yield level_in_words(judged.verdict.tail, judged.question.candidates)
    if pair := judged.verdict.discordant:
        yield f"McNemar's exact test: {pair.won} won, {pair.lost} lost, p = {pair.p:.2g}"
    if judged.problems:
        listed = ", ".join(f"{n} {problem.value.replace('_', ' ')}" for problem, n in judged.problems.items())
        yield f"answers that count as wrong: {listed}"
    if judged.strangers:
        yield f"{judged.strangers:,} answers are to no message of the sample"
    if judged.respelled:
        yield (
            f"{judged.respelled:,} answers are not spelled as their class, and count as it: what reads the answers "
            "must take them so, too"
        )
    if sample.scope.unseen:
        yield (
            f"{sample.scope.unseen:,} of {sample.scope.predictions:,} predictions are of a predicted class without a "
            "label: nothing is said of them"
        )
    if not sample.scope.ripe:
        yield "most labels are still to come, and the first to come are no fair sample"
    yield failures_in_words(*judged.failures)


def _section(heading: str, lines: Iterator[str]) -> Iterator[RenderableType]:
    found = [line for line in lines if line]
    if found:
        yield Text()
        yield Text(heading, "bold")
        yield from (Padding(Text(f"- {printable(line)}"), (0, 0, 0, 2), expand=False) for line in found)


def judgement_record(sample: Sample, judged: Judgement) -> dict[str, Any]:
    """All of it as one JSON object."""
    verdict, plan, pair = judged.verdict, judged.canary, judged.verdict.discordant
    return {
        "type": "try",
        "monitor": sample.monitor,
        "incident": sample.incident,
        "candidate": judged.candidate,
        "decision": verdict.decision,
        "reason": verdict.reason,
        "verdict": verdict_in_words(verdict),
        "candidates": judged.question.candidates,
        "tail": verdict.tail,
        "differences": [
            {
                "measure": each.measure,
                "class": each.name,
                "now": each.now,
                "candidate": each.candidate,
                "change": each.change,
                "low": each.low,
                "high": each.high,
                "n": each.n,
            }
            for each in verdict.differences
        ],
        "changes": [
            {"of": c.name, "now": c.now, "candidate": c.candidate, "low": c.low, "high": c.high, "n": c.n}
            for c in judged.changes
        ],
        "mcnemar": None if pair is None else {"won": pair.won, "lost": pair.lost, "p": pair.p},
        "needed": [
            {"class": each.name, "messages": each.labels, "labelled_already": each.there, "to_label": each.to_label}
            for each in verdict.more
        ],
        "canary": None
        if plan is None
        else {"share": plan.share, "days": plan.days, "labels": plan.labels, "class": plan.name},
        "problems": dict(judged.problems),
        "strangers": judged.strangers,
        "respelled": judged.respelled,
        "failures": {"right": judged.failures[0], "of": judged.failures[1]},
        "broken": judged.n_broken,
        "broken_examples": [{"id": item.id, "label": item.label, "answer": said} for item, said in judged.broken],
    }
