"""What stands around an incident for those who act: what is silenced, what was just done, and what can be."""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote

from alerts.incident import Incident, Transition
from alerts.messages.acts import silence_in_words
from alerts.messages.forms import capital
from alerts.messages.words import news
from alerts.routing.matching import Facts
from alerts.routing.silence import Silence
from monitor.history.history import History
from monitor.web.page.asked import SPANS, Asked
from monitor.web.page.offers import Offer, offers

LONGEST: Final = max(SPANS, key=lambda name: SPANS[name])


@dataclass(frozen=True, slots=True)
class Quiet:
    """A silence that covers the incident."""

    number: int
    said: str


@dataclass(frozen=True, slots=True)
class Desk:
    """All of it, in words; `key` tells the forms of this page from those of another, `figures` is a link to charts."""

    done: tuple[str, ...]
    quiet: tuple[Quiet, ...]
    offers: tuple[Offer, ...]
    key: str
    figures: str


def desk(history: History, incident: Incident, now: datetime, done: str) -> Desk:
    """Ask the history; `done` is the time of what somebody has just done, as the link has it. Raises HistoryError."""
    silences = history.queries.silences(now)
    facts = Facts.of(incident)
    quiet = tuple(
        Quiet(each.id, capital(silence_in_words(each)))
        for each in silences
        if each.is_on(now) and each.covers(facts) and incident.resolved_at is None
    )
    return Desk(
        done=tuple(_done(history.queries.incident_events(incident.id), silences, done)) if done else (),
        quiet=quiet,
        offers=tuple(offers(incident)),
        key=secrets.token_hex(8),
        figures=_figures(history, incident),
    )


def _figures(history: History, incident: Incident) -> str:
    """The charts of the monitor over a span that the incident began in, of the first class that it is about."""
    newest, page = history.charted.newest(incident.monitor), f"/monitors/{quote(incident.monitor)}"
    if newest is None:
        return page
    ago = newest.as_of - incident.onset
    span = next((name for name, length in SPANS.items() if length >= 2 * ago), LONGEST)
    known = newest.classes("recall")
    return Asked(span, next((each.subject for each in incident.findings if each.subject in known), "")).link(page)


def _done(steps: Sequence[Transition], silences: Sequence[Silence], done: str) -> Iterator[str]:
    """What people did at that very time: a link cannot tell of what nobody did."""
    for step in steps:
        if step.reason.is_of_somebody and _text(step.at) == done:
            yield capital(news(step))
    for silence in silences:
        if _text(silence.starts_at) == done:
            yield capital(silence_in_words(silence))


def _text(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
