"""The neutral message: what is told, before any channel's markup."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from alerts.incident import Incident, State, Transition
from alerts.messages.acts import standing_in_words
from alerts.messages.advising import certainty
from alerts.messages.commands import next_commands
from alerts.messages.figures import once
from alerts.messages.first_line import first_line
from alerts.messages.forms import capital
from alerts.messages.hurt import hurt
from alerts.messages.links import Link
from alerts.messages.numbers import when, window
from alerts.messages.words import (
    ICONS,
    STATES,
    WORDS,
    action,
    alarming,
    news,
    problem,
    short_problem,
    since,
    worst,
)
from checks.rules.finding import Finding, Verdict

MAX_REASONS = 5
"""Reasons shown; the strongest come first, and the history keeps all."""

MAX_OTHERS = 20
"""Other findings shown, so that a bot with a hundred classes does not bury the worst one."""


@dataclass(frozen=True, slots=True)
class Message:
    """Plain sentences without any markup; a renderer escapes every one of them.

    `headline` is the first line, enough for a lock screen: what broke, since which change, who is hurt and what to do,
    or what is new. `problem`, `since`, `hurt` ("" where no number is carried) and `action` are what to read at three at
    night. `reasons` speak for the action, strongest first; `others` are the
    findings beside the worst one; `facts` are only needed later; `commands` are to be typed,
    and `links` to be followed.
    """

    badge: str
    monitor: str
    headline: str
    news: str
    problem: str
    since: str
    hurt: str
    action: str
    certainty: str
    reasons: tuple[str, ...]
    others: tuple[str, ...]
    facts: tuple[str, ...]
    commands: tuple[str, ...]
    links: tuple[Link, ...] = ()

    @property
    def told(self) -> str:
        """The problem, and when the incident began."""
        return f"{self.problem}; {self.since}"

    @property
    def title(self) -> str:
        """The first line without its badge and without what to do: what stays true for a while."""
        said = self.headline.removeprefix(f"{self.badge} ")
        return said.rpartition(" → ")[0] or said


def root_message(step: Transition) -> Message:
    """How the incident stands after a step, whole; a channel that can keeps this in one place and up to date."""
    incident = step.incident
    first = worst(incident)
    said = problem(first)
    reasons, others = _once(said, _reasons(step), _listed(incident.findings[1:]))
    return Message(
        badge=_badge(incident),
        monitor=incident.monitor,
        headline=first_line(incident, f"{_badge(incident)} {incident.monitor}: "),
        news="",
        problem=said,
        since=since(incident),
        hurt=_hurt(incident, first),
        action=action(step),
        certainty=_certainty(step),
        reasons=reasons,
        others=others,
        facts=(
            _state(step),
            f"window {window(first.window_start, first.window_end)}",
            *_onset(incident, first),
            *_report(incident),
            _id(incident),
        ),
        commands=next_commands(incident),
    )


def first_message(step: Transition, present: Transition) -> Message:
    """What is said of an incident for the first time, however late: how it stands, or that it came and went.

    `step` is the earliest that was not told, `present` how the incident stands now.
    """
    now = root_message(present)
    if present.incident.state is not State.RESOLVED:
        return now
    incident, over = step.incident, present.incident
    opened = f"opened {WORDS[over.severity]} {when(over.opened_at or over.since)}"
    ended = f"resolved {when(over.resolved_at or present.at)}"
    first = worst(incident)
    return replace(
        now,
        headline=f"{now.badge} {incident.monitor}: {opened}, {ended}: {short_problem(first)}",
        news=f"{opened}, {ended}, not told before",
        problem=problem(first),
        others=(f"now: {problem(worst(present.incident))}", *_listed(incident.findings[1:])),
        facts=(_state(present), *_onset(incident), *_report(present.incident), _id(incident)),
    )


def reply_message(step: Transition) -> Message:
    """What one step tells, where the rest of the incident stands above it."""
    incident = step.incident
    shown = step.joined or alarming(incident)[:1] or incident.findings[:1]
    said = step.outcome.sentence.removesuffix(".") if step.outcome else problem(shown[0])
    reasons, others = _once(said, _reasons(step), _listed(shown[1:]))
    return Message(
        badge=_badge(incident),
        monitor=incident.monitor,
        headline=f"{_badge(incident)} {incident.monitor}: {news(step)}",
        news=news(step),
        problem=said,
        since=since(incident),
        hurt="" if step.outcome else _hurt(incident, shown[0]),
        action=action(step),
        certainty=_certainty(step),
        reasons=reasons,
        others=others,
        facts=(_state(step), _id(incident)),
        commands=(),
    )


def _badge(incident: Incident) -> str:
    """Icon and word: the severity while it lasts, the state once it is past."""
    match incident.state:
        case State.RESOLVED:
            return f"{ICONS[Verdict.OK]} RESOLVED"
        case State.RECOVERING:
            return "🔵 RECOVERING"
        case _:
            return f"{ICONS[incident.severity]} {WORDS[incident.severity]}"


def _hurt(incident: Incident, finding: Finding) -> str:
    """Nobody by what is over, though the finding alarmed to the end: somebody ended it, or its data did."""
    return "" if incident.state is State.RESOLVED else capital(hurt(finding, interval=True))


def _once(said: str, reasons: tuple[str, ...], others: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Reasons and other findings, in which a figure that stands further up is only named."""
    told = once((*reasons, *others), said)
    return told[: len(reasons)], told[len(reasons) :]


def _certainty(step: Transition) -> str:
    return "" if step.incident.state is State.RESOLVED else certainty(step.incident.advice)


def _reasons(step: Transition) -> tuple[str, ...]:
    return () if step.incident.state is State.RESOLVED else step.incident.advice.reasons[:MAX_REASONS]


def _state(step: Transition) -> str:
    incident = step.incident
    known = f"{STATES[incident.state]} as of {when(step.at)}"
    return ", ".join(filter(None, (known, standing_in_words(incident))))


def _onset(incident: Incident, shown: Finding | None = None) -> tuple[str, ...]:
    """Where the data begins that showed the incident; nothing where the window of what is shown says it."""
    if shown is not None and shown.window_start == incident.onset:
        return ()
    return (f"the data that showed it begins {when(incident.onset)}",)


def _report(incident: Incident) -> tuple[str, ...]:
    return (f"report {incident.report}",) if incident.report else ()


def _id(incident: Incident) -> str:
    return f"incident {incident.id}"


def _listed(findings: Sequence[Finding]) -> tuple[str, ...]:
    lines = tuple(f"{ICONS[f.verdict]} {WORDS[f.verdict]}: {problem(f)}" for f in findings[:MAX_OTHERS])
    left = len(findings) - MAX_OTHERS
    return (*lines, f"and {left} more") if left > 0 else lines
