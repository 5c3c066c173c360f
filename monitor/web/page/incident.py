"""One incident: how it stands, what was found, what was advised and why, what came of it, and what happened when."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from alerts.incident import Event, Incident, Reason, State, Transition
from alerts.messages.acts import standing_in_words
from alerts.messages.advising import ACTIONS, certainty, recommendation
from alerts.messages.cards import SAYS, change
from alerts.messages.commands import next_commands
from alerts.messages.figures import percent
from alerts.messages.forms import capital
from alerts.messages.numbers import when
from alerts.messages.words import OUTCOMES, STATES, WORDS, news, problem, short_problem
from checks.advice.deciding.explanation import Explanation, explain
from checks.advice.deciding.model import Action
from checks.outcome.judge import Worked
from checks.rules.finding import Verdict
from monitor.history.history import History
from monitor.history.queries.shown import Followed
from monitor.web.page.overview import level

MOST_STEPS: Final = 200
"""Steps that are shown, the newest: an incident that is open for a year has more than anybody reads."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the timeline; `details` are sentences below it."""

    at: datetime
    said: str
    state: str
    details: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A finding in words; `level` is for its look."""

    level: str
    verdict: str
    said: str
    check: str


@dataclass(frozen=True, slots=True)
class Scored:
    """An action on the card: its score, what it is made of, and what closes it."""

    action: str
    total: str
    made_of: str
    closed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Observed:
    """A signal: what it says and in which words."""

    name: str
    says: str
    sentence: str


@dataclass(frozen=True, slots=True)
class IncidentInWords:
    """All of one incident, in words."""

    incident: Incident
    title: str
    level: str
    state: str
    standing: str
    findings: tuple[Found, ...]
    certainty: str
    scores: tuple[Scored, ...]
    observed: tuple[Observed, ...]
    against: tuple[str, ...]
    missing: tuple[str, ...]
    changes: tuple[str, ...]
    outcomes: tuple[str, ...]
    steps: tuple[Step, ...]
    left_out: int
    commands: tuple[str, ...]

    @property
    def is_over(self) -> bool:
        """Whether nobody can do anything about it any more."""
        return self.incident.state is State.RESOLVED


def shown(history: History, incident: Incident) -> IncidentInWords:
    """Ask the history for what belongs to it. Raises HistoryError."""
    steps = history.queries.incident_events(incident.id)
    card = explain(incident.advice)
    return IncidentInWords(
        incident=incident,
        title=_title(incident, steps),
        level="ok" if incident.state is State.RESOLVED else level((incident,)),
        state=f"{WORDS[incident.severity]} {incident.family} incident, {STATES[incident.state]}",
        standing=standing_in_words(incident),
        findings=tuple(
            Found(_LEVELS[each.verdict], WORDS[each.verdict], problem(each), each.check) for each in incident.findings
        ),
        certainty=certainty(incident.advice),
        scores=tuple(_scores(card)),
        observed=tuple(Observed(each.name, SAYS[each.holds], each.sentence) for each in incident.advice.signals),
        against=tuple(each.sentence for each in card.against),
        missing=tuple(each.sentence for each in card.missing),
        changes=tuple(map(change, card.flips)),
        outcomes=tuple(_outcomes(steps, history.shown.followed(incident.id))),
        steps=tuple(map(_step, steps[-MOST_STEPS:])),
        left_out=max(len(steps) - MOST_STEPS, 0),
        commands=next_commands(incident),
    )


def _title(incident: Incident, steps: Sequence[Transition]) -> str:
    """What is wrong, or was when people were first told: the findings of one that is over are well."""
    opening = next((step for step in steps if step.event is Event.OPENED), None)
    told = opening.incident if incident.state is State.RESOLVED and opening is not None else incident
    return short_problem(told.findings[0]) if told.findings else incident.id


_LEVELS: Final = {
    Verdict.CRITICAL: "critical",
    Verdict.WARNING: "warning",
    Verdict.OK: "ok",
    Verdict.NOT_ENOUGH_DATA: "unknown",
}


def _scores(card: Explanation) -> Iterator[Scored]:
    for score in card.scores:
        made_of = ", ".join(f"{item.signal} {item.weight:+.2g}" for item in score.contributions)
        closed = tuple(f"{gate.gate}: {gate.sentence}" for gate in score.gates)
        yield Scored(score.action.value, f"{score.total:.2f}", made_of, closed)


def _step(step: Transition) -> Step:
    return Step(step.at, news(step), STATES[step.incident.state], tuple(_details(step)))


def _details(step: Transition) -> Iterator[str]:
    yield from map(problem, step.joined)
    if step.outcome is not None:
        yield step.outcome.sentence
    if step.event is Event.OPENED or step.advises_anew or step.reason is Reason.ADVICE_CHANGED:
        yield f"→ {recommendation(step.incident.advice, step.incident.findings)}"


def _outcomes(steps: Sequence[Transition], followed: Sequence[Followed]) -> Iterator[str]:
    """What came of advice as it was told, then what is waited for, and what nobody tried."""
    for step in steps:
        if step.outcome is not None and step.outcome.worked.is_told:
            yield f"{capital(OUTCOMES[step.outcome.worked])}. {step.outcome.sentence}"
    for each in followed:
        action = ACTIONS[Action(each.action)]
        if each.outcome == _WAITING:
            of = f"{each.metric} of {each.class_name}" if each.class_name else each.metric
            yield f"Whether it works is not known yet ({action}): {of} is to reach {percent(each.goal)}."
        elif each.outcome == Worked.NOT_TRIED:
            yield f"Not tried ({when(each.frozen_at)}): {action}."


_WAITING: Final = "waiting"
