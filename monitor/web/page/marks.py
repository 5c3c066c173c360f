"""What happened beside the figures: versions, incidents, and what people did, each with a letter."""

from collections.abc import Iterator
from itertools import count
from urllib.parse import quote

from alerts.acts import ActKind
from alerts.messages.acts import DONE
from alerts.messages.numbers import when
from alerts.messages.words import WORDS
from checks.rules.finding import Verdict
from monitor.history.history import History
from monitor.history.queries.shown import Acted, Began, Lasted
from monitor.web.page.charts import LETTERS, Mark, TimeAxis


def marks_of(history: History, monitor: str, span: TimeAxis) -> Iterator[Mark]:
    """What happened in the span, in order of time. Raises HistoryError."""
    happened: list[Began | Lasted | Acted] = [
        *history.shown.versions(monitor, span.since, span.until),
        *history.shown.incidents(monitor, span.since, span.until),
        *history.shown.acts(monitor, span.since, span.until),
    ]
    happened.sort(key=lambda each: each.since if isinstance(each, Lasted) else each.at)
    letters = (LETTERS[number] if number < len(LETTERS) else str(number) for number in count())
    for letter, each in zip(letters, happened, strict=False):
        yield _mark(letter, each, span)


def _mark(letter: str, each: Began | Lasted | Acted, span: TimeAxis) -> Mark:
    if isinstance(each, Began):
        names = ", ".join(filter(None, (_named("model", each.model_version), _named("prompt", each.prompt_version))))
        return Mark(letter, "version", each.at, None, f"first answers of {names}")
    link = f"/incidents/{quote(each.incident_id if isinstance(each, Acted) else each.id)}"
    if isinstance(each, Acted):
        return Mark(letter, "act", each.at, None, f"{_did(each)} by {each.by}", link)
    ends = "open" if each.until is None else f"over {when(each.until)}"
    said = f"{WORDS[Verdict(each.severity)]} {each.family} incident, {ends}"
    until = span.until if each.until is None else min(each.until, span.until)
    return Mark(letter, each.severity, max(each.since, span.since), until, said, link)


def _did(each: Acted) -> str:
    if each.accepted is not None:
        return "advice accepted" if each.accepted else "advice rejected"
    return DONE[ActKind(each.kind)]


def _named(kind: str, version: str) -> str:
    return f"{kind} {version}" if version else ""
